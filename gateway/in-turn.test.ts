import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneAfterTheOther } from './in-turn.ts';

test('acts on the same key wait for each other, others do not, and a failure holds nobody up', async () => {
  const inTurn = oneAfterTheOther();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = inTurn(['a', 'b'], async () => {
    await gate.promise;
    done.push('first');
    throw new Error('it failed');
  });
  const second = inTurn(['b', 'c'], async () => void done.push('second'));
  const third = inTurn(['c'], async () => void done.push('third'));
  await inTurn(['x'], async () => void done.push('other'));
  assert.deepEqual(done, ['other']);
  gate.resolve();
  await assert.rejects(first, /it failed/);
  await Promise.all([second, third]);
  assert.deepEqual(done, ['other', 'first', 'second', 'third']);
});
