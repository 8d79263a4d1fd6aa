// Recommendations read and events written per second, with keys, limits, metrics and all else that is on. Reads against the least
// that Node can do: both answer the same bytes from lmdb, in turns, so that whatever else the machine does troubles both.
import { join } from 'node:path';
import { open } from 'lmdb';
import { createShop } from '../demo/shop.ts';
import type { FreshetProcess } from '../test/end-to-end/freshet-process.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { compare, measure, startBare, type Server } from './lib/against-bare.ts';
import type { Ask } from './lib/http-load.ts';
import { postAsks } from './lib/post-asks.ts';
import { rounded } from './lib/quantiles.ts';
import { withShop } from './lib/shop-folder.ts';
import { workedOff } from './lib/worked-off.ts';

const SEED = 1;
/** Their lists fit into what the gateway keeps, so that answers are found prepared. */
const CUSTOMERS = 1_000;
/** More than the gateway keeps lists of: asked in turn, each list is made anew. */
const MANY_CUSTOMERS = 3_000;
const CONNECTIONS = 32;
const BATCHES = [1, 100, 1_000] as const;
const POSTS_AT_ONCE = 8;
/** Of the seconds given: what is posted has to be worked off afterwards. */
const POST_SECONDS_SHARE = 5;
/** Both sides are sent it; only one looks at it. */
const KEY = 'for-the-bench-alone';
/** What the product promises. */
const PROMISE = { requests_per_second: 12_000, ms: 85 };

export function run({ seconds = 15 }: BenchOptions): Promise<Figures> {
  return withShop(
    async (freshet, folder) => {
      const asks = createShop(SEED)
        .customers.slice(0, MANY_CUSTOMERS)
        .map(({ customer_id }): Ask => ({ path: `/api/v1/recommendations/${customer_id}` }));
      const bareFolder = join(folder, 'bare');
      const bytesPerAnswer = await keepAnswers(bareFolder, freshet, asks);
      const [bare, bareProcess] = await startBare('./bare-server.ts', [bareFolder]);
      try {
        const full: Server = { name: 'freshet', pid: freshet.pid, port: Number(new URL(freshet.url).port) };
        const load = { key: KEY, connections: CONNECTIONS, seconds };
        const prepared = await compare(full, bare, { ...load, asks: asks.slice(0, CUSTOMERS) });
        const perSecond = prepared.freshet.requests_per_second;
        const half = { ...load, asks: asks.slice(0, CUSTOMERS), seconds: seconds / 2, perSecond: perSecond / 2 };
        const [atHalf, bareAtHalf] = [await measure(full, half), await measure(bare, half)];
        const anew = await compare(full, bare, { ...load, asks });
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
            // How much of that is the client's and the machine's.
            bare_ms_p50: bareAtHalf.p50,
            bare_ms_p99: bareAtHalf.p99,
          },
          promised: { ...PROMISE, share_reached: rounded(perSecond / PROMISE.requests_per_second) },
          posts: await posts(freshet, full, seconds / POST_SECONDS_SHARE),
        };
      } finally {
        bareProcess.kill();
      }
    },
    // The limits are on, but not reached.
    { API_KEYS: `${KEY}:admin`, RATE_LIMIT_PER_KEY: '1000000' },
  );
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
