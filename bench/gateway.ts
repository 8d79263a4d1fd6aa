// Recommendations read per second, with keys, limits, metrics and all else that is on, against the least that Node can do: both
// answer the same bytes from lmdb, in turns, so that whatever else the machine does troubles both.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { open } from 'lmdb';
import { createShop } from '../demo/shop.ts';
import type { FreshetProcess } from '../test/end-to-end/freshet-process.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { loadHttp, type HttpLoad } from './lib/http-load.ts';
import { cpuSecondsOf } from './lib/process-cost.ts';
import { rounded } from './lib/quantiles.ts';
import { withShop } from './lib/shop-folder.ts';

const SEED = 1;
const CUSTOMERS = 1_000;
const ROUNDS = 6;
const CONNECTIONS = 32;
/** Both sides are sent it; only one looks at it. */
const KEY = 'for-the-bench-alone';

interface Server {
  readonly name: 'freshet' | 'bare';
  readonly pid: number;
  readonly port: number;
}

interface Slice {
  readonly perSecond: number;
  readonly cpuUs: number;
}

export function run({ seconds = 20 }: BenchOptions): Promise<Figures> {
  return withShop(
    async (freshet, folder) => {
      const paths = createShop(SEED)
        .customers.slice(0, CUSTOMERS)
        .map(({ customer_id }) => `/api/v1/recommendations/${customer_id}`);
      const bareFolder = join(folder, 'bare');
      const bytesPerAnswer = await keepAnswers(bareFolder, freshet, paths);
      const [bare, bareProcess] = await startBare(bareFolder);
      try {
        const full: Server = { name: 'freshet', pid: freshet.pid, port: Number(new URL(freshet.url).port) };
        const compared = await compare(full, bare, {
          paths,
          key: KEY,
          connections: CONNECTIONS,
          seconds: seconds / ROUNDS,
        });
        const half = { port: full.port, paths, key: KEY, connections: CONNECTIONS, seconds };
        const atHalf = await loadHttp({ ...half, perSecond: compared.freshet.requests_per_second / 2 });
        return {
          goal_ratio: 0.6,
          goal_ms_p99_at_half: 20,
          bytes_per_answer: bytesPerAnswer,
          ...compared,
          at_half: atHalf,
        };
      } finally {
        bareProcess.kill();
      }
    },
    { API_KEYS: `${KEY}:admin` },
  );
}

/** In turns; the first of each is not counted. */
async function compare(full: Server, bare: Server, load: Omit<HttpLoad, 'port'>) {
  const slices: Record<Server['name'], Slice[]> = { freshet: [], bare: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const server of [full, bare]) {
      const slice = await measure(server, load);
      console.log(`${server.name}: ${slice.perSecond} a second, ${rounded(slice.cpuUs)} µs of CPU each`);
      if (round > 0) slices[server.name].push(slice);
    }
  }
  const freshet = summary(slices.freshet);
  const least = summary(slices.bare);
  return {
    ratio: rounded(freshet.requests_per_second / least.requests_per_second),
    ratio_by_cpu: rounded(least.cpu_us_per_request / freshet.cpu_us_per_request),
    freshet,
    bare: least,
  };
}

async function measure({ pid, port }: Server, load: Omit<HttpLoad, 'port'>): Promise<Slice> {
  const cpuBefore = cpuSecondsOf(pid) ?? Number.NaN;
  const { requests, requests_per_second: perSecond } = await loadHttp({ ...load, port });
  return { perSecond, cpuUs: (((cpuSecondsOf(pid) ?? Number.NaN) - cpuBefore) * 1e6) / requests };
}

function summary(slices: readonly Slice[]) {
  const middle = (values: number[]) => values.sort((one, other) => one - other)[values.length >> 1] ?? 0;
  return {
    requests_per_second: middle(slices.map(({ perSecond }) => perSecond)),
    cpu_us_per_request: rounded(middle(slices.map(({ cpuUs }) => cpuUs))),
  };
}

/** Answers the bytes of one on average. */
async function keepAnswers(folder: string, freshet: FreshetProcess, paths: readonly string[]): Promise<number> {
  const store = open<Buffer, string>({ path: folder, encoding: 'binary' });
  let bytes = 0;
  for (const path of paths) {
    const answer = Buffer.from((await freshet.ask('GET', path)).text);
    bytes += answer.length;
    await store.put(path, answer);
  }
  await store.close();
  return Math.round(bytes / paths.length);
}

async function startBare(folder: string): Promise<[Server, ChildProcess]> {
  const file = new URL('./lib/bare-server.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [file, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return [{ name: 'bare', pid: child.pid ?? 0, port: Number(port) }, child];
}
