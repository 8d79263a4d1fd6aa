// Runs k6 with the traffic, and reads what it measured.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kept } from '../../test/servers/kept.ts';

const version = 'v1.8.1';
const traffic = fileURLToPath(new URL('traffic.js', import.meta.url));
const WRONG_ANSWERS_TOLD = 20;

export interface TrafficOptions {
  readonly folder: string;
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Seconds since the start between which freshness is told apart. */
  readonly away: { readonly from: number; readonly to: number };
}

export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface TrafficReport {
  readonly routes: readonly (Times & { readonly name: string; readonly wrong: number; readonly turnedAway: number })[];
  /** Requests that were due and could not be sent, as too many were under way. */
  readonly dropped: number;
  readonly freshness: Times | undefined;
  readonly freshnessWhileAway: Times | undefined;
  /** The first answers that were not as they must be. */
  readonly wrongAnswers: readonly string[];
}

/** The program, built when it is not there yet. @throws Error without a Go that is new enough. */
export async function builtK6(): Promise<string> {
  const folder = await kept(`k6-${version}`, async (into) => {
    console.log(`building k6 ${version}, which takes some minutes the first time …`);
    const { status, stderr, error } = spawnSync('nice', ['go', 'install', `go.k6.io/k6@${version}`], {
      env: { ...process.env, GOBIN: into, GOFLAGS: '-mod=mod' },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`k6 could not be built: ${error?.message ?? stderr}`);
  });
  return join(folder, 'k6');
}

/** Resolves when all is sent and answered. @throws Error when k6 itself fails. */
export async function sendTraffic(k6: string, options: TrafficOptions): Promise<TrafficReport> {
  const summary = join(options.folder, 'summary.json');
  const environment = {
    URL: options.url,
    RATE: options.requestsPerSecond,
    SECONDS: options.seconds,
    AWAY_FROM_S: options.away.from,
    AWAY_TO_S: options.away.to,
    SUMMARY: summary,
  };
  const given = Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const child = spawn(k6, ['run', '--quiet', '--no-usage-report', '--address', '', ...given, traffic], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  let said = '';
  const wrongAnswers: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-20_000);
    for (const line of chunk.split('\n')) {
      if (line.includes('WRONG') && wrongAnswers.length < WRONG_ANSWERS_TOLD) wrongAnswers.push(line);
    }
  });
  const [code] = (await once(child, 'close')) as [number | null];
  process.off('exit', end);
  if (code !== 0) throw new Error(`k6 ended with ${code}:\n${said}`);
  return { ...reportOf(JSON.parse(readFileSync(summary, 'utf8')) as Metrics), wrongAnswers };
}

type Metrics = Readonly<Record<string, { readonly values: Readonly<Record<string, number>> }>>;

function reportOf(metrics: Metrics): Omit<TrafficReport, 'wrongAnswers'> {
  const routes = Object.keys(metrics).flatMap((metric) => {
    const name = /^http_req_duration\{name:(.*)\}$/.exec(metric)?.[1];
    const times = timesOf(metrics[metric]);
    if (name === undefined || times === undefined) return [];
    const count = (what: string) => metrics[`${what}{name:${name}}`]?.values['count'] ?? 0;
    return [{ name, ...times, wrong: count('wrong'), turnedAway: count('turned_away') }];
  });
  return {
    routes,
    dropped: metrics['dropped_iterations']?.values['count'] ?? 0,
    freshness: timesOf(metrics['freshness']),
    freshnessWhileAway: timesOf(metrics['freshness_while_away']),
  };
}

function timesOf(metric: Metrics[string] | undefined): Times | undefined {
  const { count = 0, med = 0, max = 0, 'p(99)': p99 = 0 } = metric?.values ?? {};
  return count === 0 ? undefined : { count, p50: med, p99, max };
}
