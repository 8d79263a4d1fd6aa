// Each figure was worked out by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giniOf, ShownItems } from './catalogue-metrics.ts';

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} instead of ${expected}`);
}

test('two lists that share one of two items', () => {
  const shown = new ShownItems([8, 4, 2, 2]);
  shown.add([0, 1], 2);
  shown.add([0, 2], 2);
  near(shown.coverage, 3 / 4);
  near(shown.averagePopularity, (8 + 4 + 8 + 2) / 4);
  near(shown.novelty, (1 + 2 + 1 + 3) / 4); // 16 in all: halves, quarters, eighths
  near(shown.diversity, 1 / 2);
  // shown 0 1 1 2: (−3·0 − 1·1 + 1·1 + 3·2) ÷ (4 · 4)
  near(shown.gini, 6 / 16);
});

test('the extremes', () => {
  assert.equal(giniOf([5, 5, 5]), 0);
  near(giniOf([0, 0, 0, 7]), 3 / 4);
  const same = new ShownItems([1, 1]);
  for (let time = 0; time < 3; time += 1) same.add([1], 1);
  assert.equal(same.diversity, 0);
  const nothing = new ShownItems([1, 1]);
  assert.deepEqual(
    [nothing.coverage, nothing.averagePopularity, nothing.novelty, nothing.gini, nothing.diversity],
    [0, 0, 0, 0, 0],
  );
});
