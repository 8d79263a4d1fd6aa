// Another thread reads what this one writes: whole writes, never one older than the progress that it was told.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { openEmbeddedServingStore } from './embedded.ts';
import type { Answer } from './testing/read-in-thread.ts';

const KEYS = ['a', 'b', 'long'];
const INPUT = { stage: 'customers', topic: 'interactions', partition: 0 };
const ROUNDS = 200;

test('what is read in another thread is whole and as new as its progress', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-serving-'));
  const store = await openEmbeddedServingStore(folder, { writeGapMs: 0 });
  const worker = new Worker(new URL('testing/read-in-thread.ts', import.meta.url), {
    workerData: { shared: { folder, changes: store.changeMemory }, keys: KEYS },
  });
  const wrong: unknown[] = [];
  let answers = 0;
  let latest = 0;
  worker.on('message', ({ progress, values, again }: Answer) => {
    answers += 1;
    latest = progress;
    // It may be newer than the progress, as that is told after the write; but all keys are of one age, and none is older.
    const ages = new Set(values.map((value) => Number(value?.split(' ')[0])));
    if (ages.size !== 1 || [...ages].some((age) => age < progress)) wrong.push({ progress, values });
    if (again.some((value) => Number(value?.split(' ')[0]) < progress)) wrong.push({ progress, again });
  });
  await once(worker, 'online');
  await store.write([batchOf(1)], [{ ...INPUT, offset: 1 }]);
  const unfollow = store.follow((progress) => worker.postMessage(progress));
  for (let round = 2; round <= ROUNDS; round += 1) await store.write([batchOf(round)], [{ ...INPUT, offset: round }]);
  while (latest < ROUNDS) await once(worker, 'message');
  unfollow();
  worker.postMessage('close');
  await once(worker, 'exit');
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  assert.deepEqual(wrong, []);
  assert.equal(answers, ROUNDS);
});

function batchOf(round: number) {
  const entries = KEYS.map((key) => ({
    collection: 'profiles',
    key,
    value: Buffer.from(`${round} ${key === 'long' ? 'x'.repeat(20_000) : ''}`),
    offset: round - 1,
  }));
  return { topic: 'profiles', partition: 0, entries, nextOffset: round };
}
