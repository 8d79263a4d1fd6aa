import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { DependencyUnavailable } from '../streams/errors.ts';
import { MemoryStateStore } from '../streams/store/memory.ts';
import { EmbeddedServingStore, openEmbeddedServingStore } from './embedded.ts';
import { servingContract } from './serving.contract.ts';

const batch = {
  topic: 'profiles',
  partition: 0,
  nextOffset: 1,
  entries: [{ collection: 'profiles', key: 'anna', value: Buffer.from('a'), offset: 0 }],
};

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'freshet-serving-'));
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

servingContract('embedded', async () => {
  const folder = newFolder();
  return { open: () => openEmbeddedServingStore(folder), remove: async () => remove(folder) };
});

servingContract('embedded, in memory', async () => {
  const states = new MemoryStateStore();
  return { open: () => EmbeddedServingStore.on(states, null), remove: async () => undefined };
});

test('one that was not closed before the machine went down is empty and says why', async () => {
  const folder = newFolder();
  const store = await openEmbeddedServingStore(folder);
  await store.write([batch]);
  await store.close();
  const marker = join(folder, 'trust.json');
  const state = JSON.parse(readFileSync(marker, 'utf8')) as object;
  writeFileSync(marker, JSON.stringify({ ...state, bootId: 'another', closedBytes: null }));
  const again = await openEmbeddedServingStore(folder);
  assert.match(again.wiped ?? '', /machine went down/);
  assert.deepEqual(await again.positions(), []);
  assert.equal(again.get('profiles', 'anna'), null);
  await again.close();
  remove(folder);
});

test('one of another layout is emptied and says why', async () => {
  const states = new MemoryStateStore();
  const entry = { table: 'profiles', key: 'anna', value: Buffer.from('a') };
  await (await states.open('serving')).apply([entry], Buffer.from('layout 0'));
  const store = await EmbeddedServingStore.on(states, null);
  assert.equal(store.wiped, 'it has layout 0, not layout 1');
  assert.equal(store.get('profiles', 'anna'), null);
});

test('a failed write changes neither entries nor position, shows in health, and does not stop the next one', async () => {
  let failing = true;
  const states = new MemoryStateStore({
    onApply: () => {
      if (failing) throw new DependencyUnavailable('disk', 'the disk is full');
    },
  });
  const store = await EmbeddedServingStore.on(states, null);
  const waiting = store.waitForProgress({ stage: 's', topic: 't', partition: 0, offset: 0 }, 10_000);
  const progress = [{ stage: 's', topic: 't', partition: 0, offset: 1 }];
  await assert.rejects(store.write([batch], progress), DependencyUnavailable);
  assert.deepEqual(store.health(), { ok: false, problem: 'the disk is full' });
  assert.deepEqual(
    [await store.positions(), store.get('profiles', 'anna'), store.progress({ stage: 's', topic: 't', partition: 0 })],
    [[], null, 0],
  );
  failing = false;
  await store.write([batch], progress);
  assert.equal(store.health().ok, true);
  assert.equal(store.get('profiles', 'anna')?.toString(), 'a');
  assert.equal(await waiting, true);
});

test('writes that come together, or soon after one another, share a transaction', async () => {
  let applied = 0;
  const sleeping: (() => void)[] = [];
  const clock = { nowMs: () => 0, sleep: () => new Promise<void>((resolve) => void sleeping.push(resolve)) };
  const states = new MemoryStateStore({ onApply: (_, moment) => void (applied += moment === 'after' ? 1 : 0) });
  const store = await EmbeddedServingStore.on(states, null, { clock });
  const write = (partition: number, at = 0) =>
    store.write([{ ...batch, partition, nextOffset: at + 1, entries: [{ ...batch.entries[0]!, offset: at }] }]);
  await Promise.all([write(0), write(1), write(2)]);
  assert.equal(applied, 1);
  const soonAfter = [write(0, 1), write(1, 1)];
  await turn();
  assert.equal(applied, 1, 'it waits for others');
  const later = write(2, 1);
  sleeping.forEach((wake) => wake());
  await Promise.all([...soonAfter, later]);
  assert.equal(applied, 2);
  assert.deepEqual(
    (await store.positions()).map(({ offset }) => offset),
    [2, 2, 2],
  );
});

test('what is written after a reset is not lost with it', async () => {
  const store = await EmbeddedServingStore.on(new MemoryStateStore(), null);
  const former = store.write([batch]);
  const reset = store.reset();
  const later = store.write([{ ...batch, partition: 1 }]);
  await Promise.all([former, reset, later]);
  assert.deepEqual(await store.positions(), [{ topic: 'profiles', partition: 1, offset: 1 }]);
});

test('a closed store refuses to answer, as it would seem empty', async () => {
  const store = await EmbeddedServingStore.on(new MemoryStateStore(), null);
  await store.close();
  assert.throws(() => store.get('profiles', 'anna'), DependencyUnavailable);
  await assert.rejects(store.write([batch]), DependencyUnavailable);
  assert.equal(store.health().ok, false);
});
