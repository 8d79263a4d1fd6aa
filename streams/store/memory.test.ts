import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bug, StateUnusable } from '../errors.ts';
import { MemoryStateStore } from './memory.ts';
import { storeContract } from './store.contract.ts';

const META = Buffer.from('meta');
const write = (value: string) => [{ table: 't', key: 'a', value: Buffer.from(value) }];

storeContract('memory', async () => {
  const states = new MemoryStateStore();
  return { open: async () => states, remove: async () => undefined };
});

test('a fault before apply leaves the former state, one after it the new state', async () => {
  let failing: 'before' | 'after' | null = null;
  const states = new MemoryStateStore({
    onApply: (task, moment) => {
      if (moment === failing) throw new Error(`${task} died ${moment}`);
    },
  });
  const store = await states.open('customers.0');
  await store.apply(write('1'), META);
  failing = 'before';
  await assert.rejects(store.apply(write('2'), META), /customers\.0 died before/);
  assert.equal(store.get('t', 'a')?.toString(), '1');
  failing = 'after';
  await assert.rejects(store.apply(write('3'), META), /died after/);
  assert.equal(store.get('t', 'a')?.toString(), '3');
});

test('a crash keeps what was applied, drops what was on its way, and ends the open stores', async () => {
  const states = new MemoryStateStore();
  const store = await states.open('customers.0');
  await store.apply(write('1'), META);
  const onItsWay = store.apply(write('2'), META);
  states.crash();
  await assert.rejects(onItsWay, Bug);
  assert.throws(() => store.get('t', 'a'), Bug);
  assert.equal((await states.open('customers.0')).get('t', 'a')?.toString(), '1');
});

test('a torn store is refused until it is wiped', async () => {
  const states = new MemoryStateStore();
  await (await states.open('customers.0')).apply(write('1'), META);
  states.tear('customers.0');
  await assert.rejects(states.open('customers.0'), StateUnusable);
  await states.wipe('customers.0');
  assert.equal((await states.open('customers.0')).meta, null);
});
