// The same as `gateway` from Redis: lists read per second with all that is on, against node:http and ioredis with auto-pipelining, which
// answer the same bodies from the same Redis; with one gateway's thread and with two.
import { Redis } from 'ioredis';
import { createShop } from '../demo/shop.ts';
import type { FreshetProcess } from '../test/end-to-end/freshet-process.ts';
import { RedisServer } from '../test/servers/redis.ts';
import { compare, startBare, type Server } from './lib/against-bare.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import type { Ask } from './lib/http-load.ts';
import { rounded } from './lib/quantiles.ts';
import { withShop } from './lib/shop-folder.ts';

const SEED = 1;
const CUSTOMERS = 1_000;
/** More than lists are kept of. */
const MANY_CUSTOMERS = 3_000;
const CONNECTIONS = 64;
const WORKERS = [1, 2] as const;
const KEY = 'for-the-bench-alone';
const PROMISE = { requests_per_second: 12_000, ms: 85 };

export async function run({ seconds = 15 }: BenchOptions): Promise<Figures> {
  const figures: Figures[] = [];
  for (const workers of WORKERS) figures.push({ workers, ...(await withWorkers(workers, seconds)) });
  return { goal_ratio: 0.6, promised: PROMISE, by_workers: figures };
}

async function withWorkers(workers: number, seconds: number): Promise<Figures> {
  const redis = await RedisServer.start();
  try {
    return await withShop((freshet) => againstBare(freshet, redis, { workers, seconds }), {
      API_KEYS: `${KEY}:admin`,
      RATE_LIMIT_PER_KEY: '1000000', // on, but not reached
      REDIS_URL: redis.url,
      GATEWAY_WORKERS: String(workers),
    });
  } finally {
    await redis.remove();
  }
}

async function againstBare(
  freshet: FreshetProcess,
  redis: RedisServer,
  { workers, seconds }: { readonly workers: number; readonly seconds: number },
): Promise<Figures> {
  const asks = createShop(SEED)
    .customers.slice(0, MANY_CUSTOMERS)
    .map(({ customer_id }): Ask => ({ path: `/api/v1/recommendations/${customer_id}` }));
  await keepAnswers(redis, freshet, asks);
  const [bare, bareProcess] = await startBare('./bare-redis-server.ts', [redis.url, String(workers)]);
  try {
    const full: Server = { name: 'freshet', pid: freshet.pid, port: Number(new URL(freshet.url).port) };
    const load = { key: KEY, connections: CONNECTIONS, seconds };
    const prepared = await compare(full, bare, { ...load, asks: asks.slice(0, CUSTOMERS) });
    const anew = await compare(full, bare, { ...load, asks });
    const share = rounded(prepared.freshet.requests_per_second / PROMISE.requests_per_second);
    return { prepared, anew, share_of_promise: share };
  } finally {
    bareProcess.kill();
  }
}

async function keepAnswers({ url }: RedisServer, freshet: FreshetProcess, asks: readonly Ask[]): Promise<void> {
  const redis = new Redis(url);
  for (const { path } of asks) await redis.set(`bare:${path}`, (await freshet.ask('GET', path)).text);
  redis.disconnect();
}
