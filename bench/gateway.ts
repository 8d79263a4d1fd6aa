// Recommendations read and events written per second, with keys, limits, metrics and all else that is on. Reads against the least
// that Node can do: both answer the same bytes from lmdb, in turns, so that whatever else the machine does troubles both.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { open } from 'lmdb';
import { createShop } from '../demo/shop.ts';
import type { FreshetProcess } from '../test/end-to-end/freshet-process.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { loadHttp, type Ask, type HttpLoad } from './lib/http-load.ts';
import { postAsks } from './lib/post-asks.ts';
import { cpuSecondsOf } from './lib/process-cost.ts';
import { rounded } from './lib/quantiles.ts';
import { withShop } from './lib/shop-folder.ts';
import { workedOff } from './lib/worked-off.ts';

const SEED = 1;
/** Their lists fit into what the gateway keeps, so that answers are found prepared. */
const CUSTOMERS = 1_000;
/** More than the gateway keeps lists of: asked in turn, each list is made anew. */
const MANY_CUSTOMERS = 3_000;
const ROUNDS = 5;
const CONNECTIONS = 32;
const BATCHES = [1, 100, 1_000] as const;
const POSTS_AT_ONCE = 8;
/** Both sides are sent it; only one looks at it. */
const KEY = 'for-the-bench-alone';
/** What the product promises. */
const PROMISE = { requests_per_second: 12_000, ms: 85 };

interface Server {
  readonly name: 'freshet' | 'bare';
  readonly pid: number;
  readonly port: number;
}

interface Slice {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly p50: number;
  readonly p99: number;
}

export function run({ seconds = 15 }: BenchOptions): Promise<Figures> {
  return withShop(
    async (freshet, folder) => {
      const asks = createShop(SEED)
        .customers.slice(0, MANY_CUSTOMERS)
        .map(({ customer_id }): Ask => ({ path: `/api/v1/recommendations/${customer_id}` }));
      const bareFolder = join(folder, 'bare');
      const bytesPerAnswer = await keepAnswers(bareFolder, freshet, asks);
      const [bare, bareProcess] = await startBare(bareFolder);
      try {
        const full: Server = { name: 'freshet', pid: freshet.pid, port: Number(new URL(freshet.url).port) };
        const load = { key: KEY, connections: CONNECTIONS, seconds: seconds / ROUNDS };
        const prepared = await compare(full, bare, { ...load, asks: asks.slice(0, CUSTOMERS) });
        const anew = await compare(full, bare, { ...load, asks });
        const perSecond = prepared.freshet.requests_per_second;
        const half = { ...load, asks: asks.slice(0, CUSTOMERS), seconds: seconds / 2, perSecond: perSecond / 2 };
        const [atHalf, bareAtHalf] = [await measure(full, half), await measure(bare, half)];
        return {
          goal_ratio: 0.6,
          goal_ms_p99_at_half: 20,
          bytes_per_answer: bytesPerAnswer,
          ...prepared,
          anew,
          // At the same rate a write costs both the same: whoever has to be woken up by it makes it dearer than at full load.
          at_half: {
            requests_per_second: atHalf.perSecond,
            ms_p50: atHalf.p50,
            ms_p99: atHalf.p99,
            cpu_us_per_request: rounded(atHalf.cpuUs),
            bare_cpu_us_per_request: rounded(bareAtHalf.cpuUs),
            ratio_by_cpu: rounded(bareAtHalf.cpuUs / atHalf.cpuUs),
          },
          promised: { ...PROMISE, share_reached: rounded(perSecond / PROMISE.requests_per_second) },
          posts: await posts(freshet, full, seconds / ROUNDS),
        };
      } finally {
        bareProcess.kill();
      }
    },
    // The limits are on, but not reached.
    { API_KEYS: `${KEY}:admin`, RATE_LIMIT_PER_KEY: '1000000' },
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

/** Each event is one of its own. What they cause is processed meanwhile, by the same process, and worked off before the next. */
async function posts(freshet: FreshetProcess, server: Server, seconds: number): Promise<Figures[]> {
  const figures: Figures[] = [];
  for (const batch of BATCHES) {
    await workedOff(freshet);
    const { perSecond, cpuUs, p99 } = await measure(server, {
      asks: postAsks(SEED, batch),
      key: KEY,
      connections: POSTS_AT_ONCE,
      seconds,
    });
    const one = { events_per_post: batch, posts_per_second: perSecond, events_per_second: perSecond * batch };
    figures.push({ ...one, cpu_us_per_event: rounded(cpuUs / batch), ms_p99: p99 });
    console.log(figures.at(-1));
  }
  return figures;
}

async function measure({ pid, port }: Server, load: Omit<HttpLoad, 'port'>): Promise<Slice> {
  const cpuBefore = cpuSecondsOf(pid) ?? Number.NaN;
  const { requests, requests_per_second: perSecond, ms } = await loadHttp({ ...load, port });
  const cpuSeconds = (cpuSecondsOf(pid) ?? Number.NaN) - cpuBefore;
  return { perSecond, cpuUs: (cpuSeconds * 1e6) / requests, p50: ms.p50, p99: ms.p99 };
}

function summary(slices: readonly Slice[]) {
  const middle = (values: number[]) => values.sort((one, other) => one - other)[values.length >> 1] ?? 0;
  return {
    requests_per_second: middle(slices.map(({ perSecond }) => perSecond)),
    cpu_us_per_request: rounded(middle(slices.map(({ cpuUs }) => cpuUs))),
    ms_p99: middle(slices.map(({ p99 }) => p99)),
  };
}

/** Answers the bytes of one on average. */
async function keepAnswers(folder: string, freshet: FreshetProcess, asks: readonly Ask[]): Promise<number> {
  const store = open<Buffer, string>({ path: folder, encoding: 'binary' });
  let bytes = 0;
  for (const { path } of asks) {
    const answer = Buffer.from((await freshet.ask('GET', path)).text);
    bytes += answer.length;
    await store.put(path, answer);
  }
  await store.close();
  return Math.round(bytes / asks.length);
}

async function startBare(folder: string): Promise<[Server, ChildProcess]> {
  const file = new URL('./lib/bare-server.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [file, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return [{ name: 'bare', pid: child.pid ?? 0, port: Number(port) }, child];
}
