import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Bug, DependencyUnavailable } from '../errors.ts';
import { openLmdbStateStore } from './lmdb.ts';
import { MemoryStateStore, type MemoryFaults } from './memory.ts';
import { storeContract } from './store.contract.ts';
import type { StoreWrite, TaskStore } from './store.ts';
import { WriteBehindStateStore } from './write-behind.ts';

storeContract('write-behind on lmdb', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-store-'));
  return {
    open: async () => new WriteBehindStateStore(await openLmdbStateStore(folder), { delayMs: 1 }),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

storeContract('write-behind that writes only at the end', async () => {
  const states = new MemoryStateStore();
  return {
    open: async () => new WriteBehindStateStore(states, { delayMs: 1e9 }),
    remove: async () => undefined,
  };
});

const put = (key: string, value: string): StoreWrite => ({ table: 't', key, value: Buffer.from(value) });
const drop = (key: string): StoreWrite => ({ table: 't', key, value: null });
const META = Buffer.from('meta');

/** Time that stands still until it is told to go on. */
function stoppedClock() {
  let wakes: (() => void)[] = [];
  return {
    nowMs: () => 0,
    sleep: () => new Promise<void>((resolve) => void wakes.push(resolve)),
    async goOn() {
      const waking = wakes;
      wakes = [];
      for (const wake of waking) wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

async function subject(options: { faults?: MemoryFaults; waitingBytesMax?: number } = {}) {
  const { faults, ...bounds } = options;
  const inner = new MemoryStateStore(faults);
  const clock = stoppedClock();
  const states = new WriteBehindStateStore(inner, { clock, ...bounds });
  const store = await states.open('customers.0');
  /** What a process started after `kill -9` would find. */
  const afterKill = async () => {
    inner.crash();
    return inner.open('customers.0');
  };
  return { states, store, clock, afterKill };
}

const keys = (store: TaskStore, bounds?: Parameters<TaskStore['range']>[1]) =>
  Array.from(store.range('t', bounds), ({ key, value }) => `${key}=${value.toString()}`);

test('several applies become one write, after the delay and not before', async () => {
  const applied: string[] = [];
  const faults = { onApply: (task: string, moment: string) => void applied.push(`${task} ${moment}`) };
  const { store, clock } = await subject({ faults });
  await store.apply([put('a', '1')], META);
  await store.apply([put('a', '2'), put('b', '1')], META);
  assert.deepEqual(applied, []);
  await clock.goOn();
  assert.deepEqual(applied, ['customers.0 before', 'customers.0 after']);
  assert.deepEqual(keys(store), ['a=2', 'b=1']);
});

test('a killed process leaves a store that is older, with the meta of its age', async () => {
  const { store, clock, afterKill } = await subject();
  await store.apply([put('a', '1')], Buffer.from('position 1'));
  await clock.goOn();
  await store.apply([put('a', '2'), drop('b')], Buffer.from('position 2'));
  assert.equal(store.meta?.toString(), 'position 2');
  const found = await afterKill();
  assert.deepEqual([keys(found), found.meta?.toString()], [['a=1'], 'position 1']);
});

test('what waits, what is under way and what is stored are read as one, the latest first', async () => {
  const { store, clock } = await subject();
  await store.apply([put('a', 'old'), put('c', 'old'), put('e', 'old'), put('g', 'old')], META);
  await clock.goOn();
  await store.apply([put('b', 'new'), drop('c'), put('e', 'new')], META);
  const written = clock.goOn(); // under way from here on
  await store.apply([put('c', 'newer'), drop('g'), put('h', 'newer'), put('x', 'newer')], META);
  for (const moment of ['under way', 'written']) {
    assert.deepEqual(keys(store), ['a=old', 'b=new', 'c=newer', 'e=new', 'h=newer', 'x=newer'], moment);
    assert.deepEqual(keys(store, { from: 'b', to: 'h', limit: 2 }), ['b=new', 'c=newer'], moment);
    assert.deepEqual([store.get('t', 'c')?.toString(), store.get('t', 'g')], ['newer', undefined], moment);
    await written;
  }
});

test('writes that came while others were under way are written too, without a further apply', async () => {
  const { store, clock, afterKill } = await subject();
  await store.apply([put('a', '1')], META);
  const first = clock.goOn();
  await store.apply([put('a', '2')], META);
  await first;
  await clock.goOn();
  assert.deepEqual(keys(await afterKill()), ['a=2']);
});

test('more than the limit waits for the database', async () => {
  let writes = 0;
  const { store } = await subject({ waitingBytesMax: 1_000, faults: { onApply: () => void (writes += 0.5) } });
  for (let round = 0; round < 10; round += 1) await store.apply([put('a', 'x'.repeat(600 + round))], META);
  assert.equal(writes, 0, 'a key that is written again takes no more room');
  for (let round = 0; round < 10; round += 1) await store.apply([put(`k${round}`, 'x'.repeat(600))], META);
  assert.equal(writes, 5);
});

test('after a failed write the next apply fails with its reason and adds nothing; then all of it is written', async () => {
  let failing = true;
  const faults = {
    onApply: () => {
      if (failing) throw new DependencyUnavailable('disk', 'the disk is full');
    },
  };
  const { store, clock, afterKill } = await subject({ faults });
  await store.apply([put('a', '1')], Buffer.from('position 1'));
  await clock.goOn();
  await assert.rejects(store.apply([put('a', '2')], Buffer.from('position 2')), /the disk is full/);
  assert.deepEqual([keys(store), store.meta?.toString()], [['a=1'], 'position 1']);
  failing = false;
  await store.apply([put('b', '3')], Buffer.from('position 3'));
  assert.deepEqual(keys(store), ['a=1', 'b=3']);
  await store.close();
  const found = await afterKill();
  assert.deepEqual([keys(found), found.meta?.toString()], [['a=1', 'b=3'], 'position 3']);
});

test('closing writes what waits; wiping does not', async () => {
  const { states, store, afterKill } = await subject();
  await store.apply([put('a', '1')], META);
  await store.close();
  await assert.rejects(store.apply([], META), Bug);
  const again = await states.open('customers.0');
  assert.deepEqual(keys(again), ['a=1']);
  await again.apply([put('a', '2')], META);
  await states.wipe('customers.0');
  assert.deepEqual(keys(await afterKill()), []);
});
