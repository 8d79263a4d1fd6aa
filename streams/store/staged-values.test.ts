// Proves that memory is nobody else's until it is given back, and that little of it is kept.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StagedValues } from './staged-values.ts';

test('what is taken at the same time is not shared; what was given back serves again', () => {
  const values = new StagedValues();
  const one = values.take(100);
  const other = values.take(100);
  assert.notEqual(one.buffer, other.buffer);
  values.giveBack(one);
  assert.equal(values.take(200), one);
});

test('there is always room for what was asked for', () => {
  const values = new StagedValues();
  values.giveBack(values.take(1));
  for (const bytes of [1, 65_536, 65_537, 1_000_000]) assert.ok(values.take(bytes).length >= bytes);
});

test('what is very large is not kept', () => {
  const values = new StagedValues();
  const large = values.take(9 * 2 ** 20);
  values.giveBack(large);
  assert.notEqual(values.take(9 * 2 ** 20), large);
});
