// A thread that takes tokens from buckets it shares with others, as quickly as it can, and tells how many it got.
import { parentPort, workerData } from 'node:worker_threads';
import { TokenBuckets, type Limit } from '../http/token-buckets.ts';

export interface TakeTokens {
  readonly limit: Limit;
  readonly memory: SharedArrayBuffer;
  readonly names: readonly string[];
  readonly times: number;
  readonly nowMs: number;
}

const { limit, memory, names, times, nowMs } = workerData as TakeTokens;
const buckets = new TokenBuckets(limit, memory);
let got = 0;
for (let time = 0; time < times; time += 1) for (const name of names) if (buckets.take(name, nowMs).ok) got += 1;
parentPort?.postMessage(got);
