// What Redis costs: memory per customer, filling it from the log, lists read through the serving store against the bare client with
// auto-pipelining, and how soon another connection learns of progress. Redis is a server of its own, started for this.
import { Redis } from 'ioredis';
import { stages } from '../processors/topology.ts';
import * as topics from '../schemas/topics.ts';
import { openRedisServingStore, type RedisServingStore } from '../serving/redis/redis-serving-store.ts';
import { wallClock } from '../streams/index.ts';
import { runSink } from '../streams/run.ts';
import { serveSink, servingTarget } from '../system/serve.ts';
import { openLog, prefix } from '../test/faults/processing.ts';
import { RedisServer } from '../test/servers/redis.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { cpuSecondsOf } from './lib/process-cost.ts';
import { quantiles, rounded } from './lib/quantiles.ts';
import { withCustomers } from './lib/seed-customers.ts';

const CUSTOMERS = 5_000;
const ROUNDS = 5;
/** Readers at the same time, as a gateway has that many requests. */
const CONCURRENT = 64;
/** What one list's items need. */
const TOGETHER = 20;
const PROGRESS_TOLD = 1_000;
const PROGRESS_EVERY_MS = 2;

const ofCustomers = [topics.profiles, topics.segments, topics.recommendations, topics.erasures].map(({ name }) => name);

export async function run({ customers = CUSTOMERS, seconds = 20, folder }: BenchOptions): Promise<Figures> {
  const server = await RedisServer.start();
  const connection = { urls: [server.url], prefix };
  const store = await openRedisServingStore(connection);
  try {
    const filled = await withCustomers(customers, folder, (dataDir) => fill(store, dataDir));
    return {
      ...filled,
      ...memoryOf(server),
      ...(await compareReads(store, server, seconds)),
      progress_told_ms: await progressTold(store, await openRedisServingStore(connection)),
    };
  } finally {
    await store.close();
    await server.remove();
  }
}

/** As the sink does after a FLUSHALL. */
async function fill(store: RedisServingStore, dataDir: string): Promise<Figures> {
  const log = await openLog(dataDir);
  const definition = serveSink(stages);
  const target = servingTarget({ store, log, prefix });
  const startMs = performance.now();
  const sink = runSink({ definition, target, log, prefix, instance: 'bench', clock: wallClock, observer: {} });
  await sink.started;
  let entries = 0;
  for (;;) {
    const positions = await store.positions();
    const ends = await Promise.all(positions.map((position) => log.offsets(position)));
    entries = positions.reduce((sum, { offset }) => sum + offset, 0);
    if (positions.length > 0 && positions.every(({ offset }, at) => offset >= (ends[at]?.end ?? 0))) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const seconds = (performance.now() - startMs) / 1_000;
  await sink.stop();
  await log.close();
  return { offsets_filled: entries, fill_seconds: rounded(seconds), offsets_per_second: rounded(entries / seconds) };
}

/** By MEMORY USAGE, which counts the key, the value and their places in the table. */
function memoryOf(server: RedisServer): Figures {
  const usedMib = Number(/^used_memory:(\d+)/m.exec(server.cli('INFO', 'memory'))?.[1]) / 2 ** 20;
  const script = `local sum, count = 0, 0
    for _, key in ipairs(redis.call('KEYS', ARGV[1])) do sum = sum + redis.call('MEMORY', 'USAGE', key); count = count + 1 end
    return sum .. ' ' .. count`;
  const collections = ofCustomers.map((name) => {
    const [bytes = 0, keys = 0] = server.cli('EVAL', script, '0', `${prefix}:${name}:*`).split(' ').map(Number);
    return { name, keys, bytes_per_key: keys === 0 ? 0 : rounded(bytes / keys), bytes };
  });
  const customers = collections[0]?.keys ?? 0; // each has a profile
  const perCustomer = collections.reduce((sum, { bytes }) => sum + bytes, 0) / customers;
  return {
    customers,
    redis_mib: rounded(usedMib),
    redis_bytes_per_customer: Math.round(perCustomer),
    redis_collections: collections.map(({ name, keys, bytes_per_key }) => ({ name, keys, bytes_per_key })),
  };
}

type Read = (customer: number) => Promise<unknown>;

async function compareReads(store: RedisServingStore, server: RedisServer, seconds: number): Promise<Figures> {
  const bare = new Redis(server.url, { enableAutoPipelining: true });
  const { name } = topics.recommendations;
  const ids = (await bare.keys(`${prefix}:${name}:*`)).map((key) => key.slice(`${prefix}:${name}:`.length));
  const id = (at: number): string => ids[at % ids.length] ?? '';
  const some = (at: number): string[] => Array.from({ length: TOGETHER }, (_, place) => id(at + place));
  const variants: Record<string, Read> = {
    bare_get: (at) => bare.getBuffer(`${prefix}:${name}:${id(at)}`),
    store_get: (at) => store.get(name, id(at)),
    bare_mget: (at) => bare.mgetBuffer(...some(at).map((each) => `${prefix}:${name}:${each}`)),
    store_get_many: (at) => store.getMany(some(at).map((key) => ({ collection: name, key }))),
  };
  const slices = new Map(Object.keys(variants).map((variant) => [variant, [] as Slice[]]));
  const sliceMs = (seconds * 1_000) / (ROUNDS + 1) / slices.size;
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [variant, read] of Object.entries(variants)) {
      const slice = await measure(read, sliceMs, server.pid);
      if (round > 0) slices.get(variant)?.push(slice);
    }
  }
  bare.disconnect();
  const figures = Object.fromEntries([...slices].map(([variant, of]) => [variant, summary(of)]));
  const ratio = (ours: string, theirs: string) =>
    rounded((figures[ours]?.per_second ?? 0) / (figures[theirs]?.per_second ?? 1));
  return {
    reads: figures,
    ratio_get: ratio('store_get', 'bare_get'),
    ratio_get_many: ratio('store_get_many', 'bare_mget'),
  };
}

interface Slice {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly redisUs: number;
}

async function measure(read: Read, ms: number, redisPid: number): Promise<Slice> {
  const startMs = performance.now();
  const [cpu, redisCpu] = [process.cpuUsage(), cpuSecondsOf(redisPid) ?? 0];
  let count = 0;
  const reader = async (first: number): Promise<void> => {
    for (let at = first; performance.now() - startMs < ms; at += CONCURRENT) {
      await read(at);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, (_, first) => reader(first)));
  const took = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  const redisUs = ((cpuSecondsOf(redisPid) ?? 0) - redisCpu) * 1e6;
  return { perSecond: (count * 1_000) / took, cpuUs: (user + system) / count, redisUs: redisUs / count };
}

function summary(slices: readonly Slice[]) {
  const median = (of: (slice: Slice) => number) => rounded(quantiles(slices.map(of)).p50);
  return {
    per_second: median(({ perSecond }) => perSecond),
    cpu_us: median(({ cpuUs }) => cpuUs),
    redis_us: median(({ redisUs }) => redisUs),
  };
}

/** From the call that writes it to the answer of one who waits for it through another connection. */
async function progressTold(store: RedisServingStore, other: RedisServingStore) {
  const input = { stage: 'bench', topic: 'bench', partition: 0 };
  const took: number[] = [];
  for (let offset = 0; offset < PROGRESS_TOLD; offset += 1) {
    const waiting = other.waitForProgress({ ...input, offset }, 10_000);
    const startMs = performance.now();
    const writing = store.write([], [{ ...input, offset: offset + 1 }]);
    await waiting;
    took.push(performance.now() - startMs);
    await writing;
    await wallClock.sleep(PROGRESS_EVERY_MS);
  }
  await other.close();
  return quantiles(took);
}
