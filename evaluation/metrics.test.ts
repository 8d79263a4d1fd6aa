// Each figure was worked out by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averagePrecisionAt, hitAt, ndcgAt, recallAt, reciprocalRankAt } from './metrics.ts';

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} instead of ${expected}`);
}

test('one right item at rank 3', () => {
  assert.equal(hitAt([3], 3), 1);
  assert.equal(hitAt([3], 2), 0);
  near(reciprocalRankAt([3], 3), 1 / 3);
  assert.equal(reciprocalRankAt([3], 2), 0);
  near(recallAt([3], 1, 3), 1);
  near(ndcgAt([3], 1, 3), 1 / 2); // log2(4) = 2
  assert.equal(ndcgAt([3], 1, 2), 0);
  near(averagePrecisionAt([3], 1, 3), 1 / 3);
});

test('four right items, of which three were found, at 1, 3 and 6', () => {
  const ranks = [1, 3, 6];
  near(recallAt(ranks, 4, 5), 2 / 4);
  near(reciprocalRankAt(ranks, 5), 1);
  // gains 1 and 1/2; the best list of five has four right ones: 1 + 1/log2(3) + 1/2 + 1/log2(5)
  near(ndcgAt(ranks, 4, 5), 1.5 / (1 + 0.6309297535714575 + 0.5 + 0.43067655807339306));
  near(averagePrecisionAt(ranks, 4, 5), (1 + 2 / 3) / 4);
  near(averagePrecisionAt(ranks, 4, 2), 1 / 2); // only two places, one of them right
  near(averagePrecisionAt(ranks, 4, 6), (1 + 2 / 3 + 3 / 6) / 4);
});

test('more right items than places: the ideal list has as many as there are places', () => {
  near(ndcgAt([1, 2], 9, 2), 1);
  near(averagePrecisionAt([1, 2], 9, 2), 1);
  near(recallAt([1, 2], 9, 2), 2 / 9);
});

test('nothing found and nothing to find', () => {
  for (const relevant of [0, 3]) {
    assert.deepEqual(
      [hitAt([], 5), reciprocalRankAt([], 5), recallAt([], relevant, 5), ndcgAt([], relevant, 5)],
      [0, 0, 0, 0],
    );
    assert.equal(averagePrecisionAt([], relevant, 5), 0);
  }
});
