import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipes } from './recipes.ts';

test('the more there is to learn from, the more factors are tried; never more than a list has the time for', () => {
  const als = recipes.find(({ algorithm }) => algorithm === 'als');
  const most = (interactions: number) =>
    Math.max(...(als?.choices(interactions) ?? []).map(({ factors = 0 }) => factors));
  assert.deepEqual([1_000, 100_000, 10_000_000].map(most), [64, 128, 128]);
});
