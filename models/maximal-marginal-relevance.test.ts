import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spreadByRelevance } from './maximal-marginal-relevance.ts';

/** Items of one ten are alike, others are not. */
const similarity = (one: number, other: number) => (Math.floor(one / 10) === Math.floor(other / 10) ? 1 : 0);
const items = [11, 12, 13, 21, 31];
const scores = [1, 0.9, 0.8, 0.5, 0.1];

test('the more difference counts, the sooner another kind comes', () => {
  const spread = (diversity: number, limit = 5) => spreadByRelevance(items, scores, { diversity, limit, similarity });
  assert.deepEqual(spread(0), items);
  assert.deepEqual(spread(0.5), [11, 21, 31, 12, 13]);
  assert.deepEqual(spread(0.2), [11, 12, 13, 21, 31]);
  assert.deepEqual(spread(0.4), [11, 21, 12, 13, 31]);
  assert.deepEqual(spread(1, 3), [11, 21, 31]);
});

test('short and flat lists', () => {
  const options = { diversity: 0.5, limit: 3, similarity };
  assert.deepEqual(spreadByRelevance([], [], options), []);
  assert.deepEqual(spreadByRelevance([7], [2], options), [7]);
  assert.deepEqual(spreadByRelevance([11, 12, 21], [3, 3, 3], options), [11, 21, 12]);
});
