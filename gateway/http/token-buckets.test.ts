import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { TakeTokens } from '../testing/take-tokens.ts';
import { bucketMemory, TokenBuckets } from './token-buckets.ts';

const nowMs = 1_000_000;

test('threads that take from the same buckets get together what one would, to the token', async () => {
  const given: TakeTokens = {
    limit: { name: 'key', perSecond: 1_000 },
    memory: bucketMemory(),
    names: ['anna', 'ben', 'carla'],
    times: 20_000,
    nowMs,
  };
  const got = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const worker = new Worker(new URL('../testing/take-tokens.ts', import.meta.url), { workerData: given });
      const [count] = (await once(worker, 'message')) as [number];
      return count;
    }),
  );
  assert.equal(
    got.reduce((sum, count) => sum + count, 0),
    3 * 10_000,
  );
});

test('of very many each has a bucket of their own; beyond, who came least recently begins anew', () => {
  const buckets = new TokenBuckets({ name: 'address', perSecond: 1 });
  const take = (from: number, to: number, atMs: number) => {
    let fresh = 0;
    for (let number = from; number < to; number += 1)
      fresh += Number(buckets.take(`203.0.113.${number}`, atMs).remaining === 9);
    return fresh;
  };
  // So few that, wherever the hashes put them, no row gets more than it has places for.
  assert.equal(take(0, 5_000, nowMs), 5_000);
  assert.equal(take(0, 5_000, nowMs), 0);
  // Ten times as many as there is room for: those who came in between have taken all places.
  take(5_000, 1_300_000, nowMs + 1);
  assert.ok(take(0, 5_000, nowMs + 1) > 4_750);
});

test('a clock that is set back takes nothing away', () => {
  const buckets = new TokenBuckets({ name: 'key', perSecond: 1 });
  buckets.take('a', 100_000);
  assert.equal(buckets.take('a', 50_000).remaining, 8);
  assert.equal(buckets.take('a', 51_000).remaining, 8);
});
