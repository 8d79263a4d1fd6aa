// Proves who goes first when several tasks wait for their turn, and that none waits for ever.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StageTurns, type Asker } from './stage-turns.ts';

const hurried: Asker = { lingerMs: 10, isInBatch: false };
const patient: Asker = { lingerMs: 1_000, isInBatch: false };

/** Turns that are given one by one, and the names of those who had theirs. */
function givenTurns() {
  const due: (() => void)[] = [];
  const had: string[] = [];
  const turns = new StageTurns((callback) => due.push(callback));
  return {
    had,
    ask: (name: string, asker: Asker) => void turns.next(asker).then(() => had.push(name)),
    giveAll: async () => {
      for (let next = due.shift(); next !== undefined; next = due.shift()) {
        next();
        await Promise.resolve();
      }
    },
  };
}

test('a stage in a hurry goes before a patient one that asked earlier', async () => {
  const { ask, giveAll, had } = givenTurns();
  ask('items', patient);
  ask('customers', hurried);
  ask('customers too', hurried);
  await giveAll();
  assert.deepEqual(had, ['customers', 'customers too', 'items']);
});

test('a batch that is under way goes before one that has not begun', async () => {
  const { ask, giveAll, had } = givenTurns();
  ask('next', hurried);
  ask('under way', { ...hurried, isInBatch: true });
  await giveAll();
  assert.deepEqual(had, ['under way', 'next']);
});

test('patient ones get on although those in a hurry never cease', async () => {
  const { ask, giveAll, had } = givenTurns();
  ask('items', patient);
  for (let number = 0; number < 20; number += 1) ask('customers', hurried);
  await giveAll();
  assert.equal(had.length, 21);
  assert.equal(had.indexOf('items'), 4);
});

test('each turn is given on its own: what is due in between runs', async () => {
  const due: (() => void)[] = [];
  const turns = new StageTurns((callback) => due.push(callback));
  let had = 0;
  for (let number = 0; number < 3; number += 1) void turns.next(hurried).then(() => (had += 1));
  assert.equal(due.length, 1);
  due.shift()?.();
  await Promise.resolve();
  assert.deepEqual([had, due.length], [1, 1]);
});
