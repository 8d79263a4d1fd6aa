import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ItemPairsBuilder } from './item-pairs.ts';
import { SparseScores } from './sparse-scores.ts';

test('equal pairs are added up, and only the heaviest are kept', () => {
  const builder = new ItemPairsBuilder(5);
  for (const [from, to, weight] of [[3, 1, 1], [0, 4, 2], [3, 2, 1], [3, 1, 0.5], [3, 4, 1]] as const) builder.add(from, to, weight); // prettier-ignore
  const pairs = builder.build(2);
  const scores = new SparseScores(5);
  pairs.addRow(3, 10, scores);
  assert.deepEqual([...scores.best(9)], [1, 2]);
  assert.deepEqual([...scores.values], [0, 15, 10, 0, 0]);
  scores.clear();
  pairs.addRow(1, 1, scores);
  assert.equal(scores.count, 0);
});

test('the same as adding up in a map, however many pairs', () => {
  const pair = fc.tuple(fc.nat(6), fc.nat(6), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 60 }), (pairs) => {
      const builder = new ItemPairsBuilder(7);
      const sums = Array.from({ length: 7 }, () => new Float64Array(7));
      for (const [from, to, weight] of pairs) {
        builder.add(from, to, weight);
        (sums[from] as Float64Array)[to] = (sums[from]?.[to] ?? 0) + weight;
      }
      const built = builder.build(7);
      const scores = new SparseScores(7);
      for (let item = 0; item < 7; item += 1) {
        built.addRow(item, 1, scores);
        assert.deepEqual(scores.values, sums[item]);
        scores.clear();
      }
    }),
  );
  const many = new ItemPairsBuilder(3);
  for (let at = 0; at < 200_000; at += 1) many.add(at % 3, 1, 1);
  assert.deepEqual([...many.build(1).weight], [66_667, 66_667, 66_666]);
});
