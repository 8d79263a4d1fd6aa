// Twice as many requests as can be answered, for a minute: how late those are that are answered, what becomes of the others and of
// the memory, and how soon all is well again. Of ten requests nine read a list and one posts an event; they are sent at their time,
// whatever became of those before.
import { setTimeout as sleep } from 'node:timers/promises';
import { createShop } from '../demo/shop.ts';
import type { FreshetProcess } from '../test/end-to-end/freshet-process.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { loadHttp, type Ask, type HttpLoadFigures } from './lib/http-load.ts';
import { postAsks } from './lib/post-asks.ts';
import { ownMibOf } from './lib/process-cost.ts';
import { withShop } from './lib/shop-folder.ts';

const SEED = 1;
const KEY = 'for-the-bench-alone';
/** Enough of them that requests can be sent at their time while others wait. */
const CONNECTIONS = 1_500;
const CONNECTIONS_AT_CAPACITY = 32;
const CAPACITY_SECONDS = 8;
const CALM_SECONDS = 3;
const LOOK_EVERY_MS = 1_000;
/** A dear question, so that the side that asks, which shares the machine, can ask twice as much as is answered. */
const QUESTION = '?explain=full&limit=20&diversity=0.3';

export function run({ seconds = 60 }: BenchOptions): Promise<Figures> {
  return withShop(
    async (freshet) => {
      const load = { port: Number(new URL(freshet.url).port), key: KEY, asks: mixed() };
      const atCapacity = await loadHttp({ ...load, connections: CONNECTIONS_AT_CAPACITY, seconds: CAPACITY_SECONDS });
      const capacity = atCapacity.requests_per_second;
      console.log(`it can answer ${capacity} a second`);
      const calm = { ...load, connections: CONNECTIONS_AT_CAPACITY, seconds: CALM_SECONDS, perSecond: capacity / 4 };
      const before = told(await loadHttp(calm));
      const memory = watchMemory(freshet);
      const perSecond = capacity * 2;
      const over = await loadHttp({ ...load, connections: CONNECTIONS, seconds, perSecond });
      const mib = memory.end();
      const after = told(await loadHttp(calm));
      return {
        seconds,
        capacity_per_second: capacity,
        offered_per_second: Math.round((over.requests + over.refused) / seconds),
        overloaded: told(over),
        memory_mib: mib,
        calm_before: before,
        calm_at_once_after: after,
      };
    },
    { API_KEYS: `${KEY}:admin`, RATE_LIMIT_PER_KEY: '1000000' },
  );
}

function mixed(): Ask[] {
  const posts = postAsks(SEED, 1);
  return createShop(SEED).customers.map(({ customer_id }, index): Ask => {
    const post = index % 10 === 9 ? posts[index % posts.length] : undefined;
    return post ?? { path: `/api/v1/recommendations/${customer_id}${QUESTION}` };
  });
}

function told({ requests_per_second, refused, ms }: HttpLoadFigures): Figures {
  return { answered_per_second: requests_per_second, refused, ms };
}

/** The process's own memory, each second. */
function watchMemory({ pid }: FreshetProcess): { end(): Figures } {
  const mib: number[] = [];
  const ending = new AbortController();
  const watch = async () => {
    while (!ending.signal.aborted) {
      mib.push(ownMibOf(pid) ?? Number.NaN);
      await sleep(LOOK_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined); // it is over
    }
  };
  void watch();
  return {
    end: () => {
      ending.abort();
      const third = Math.ceil(mib.length / 3);
      return {
        first: mib[0],
        most_in_second_third: Math.max(...mib.slice(third, 2 * third)),
        most_in_last_third: Math.max(...mib.slice(-third)),
      };
    },
  };
}
