import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipes } from './recipes.ts';

test('few factors of NMF are tried where there is little to learn them from', () => {
  const nmf = recipes.find(({ algorithm }) => algorithm === 'nmf');
  const tried = (interactions: number) => nmf?.choices(interactions).map(({ factors }) => factors);
  assert.deepEqual([100, 20_000, 1_000_000].map(tried), [[16], [16, 32], [16, 32, 64]]);
  assert.deepEqual(tried(10_000_000), [], 'it would take too long');
});

test('the more there is to learn from, the more factors are tried; never more than a list has the time for', () => {
  const als = recipes.find(({ algorithm }) => algorithm === 'als');
  const most = (interactions: number) =>
    Math.max(...(als?.choices(interactions) ?? []).map(({ factors = 0 }) => factors));
  assert.deepEqual([1_000, 100_000, 10_000_000].map(most), [64, 128, 128]);
});
