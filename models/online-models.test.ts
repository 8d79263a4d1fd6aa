import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { IncrementalMf } from './incremental-mf.ts';
import { LiveCoVisits } from './live-co-visits.ts';

test('live co-visits: the share of an item’s customers who have the other', () => {
  const model = new LiveCoVisits({ items: 4, historyMax: 2 });
  const histories = new Map<string, number[]>();
  for (const [user, item] of [
    ['a', 0],
    ['a', 1],
    ['b', 0],
    ['b', 2],
    ['c', 0],
    ['c', 1],
  ] as const) {
    // prettier-ignore
    const history = histories.get(user) ?? [];
    histories.set(user, history);
    model.learn(history, item);
    history.push(item);
  }
  const scores = new Float64Array(4);
  model.score([0], scores);
  assert.deepEqual([...scores], [0, 2 / 3, 1 / 3, 0]);
  scores.fill(0);
  model.score([2, 3, 1], scores); // only the latest two count, and 3 is unknown
  assert.deepEqual([...scores], [1, 0, 0, 0]);
});

test('live co-visits keep the strongest of too many', () => {
  const model = new LiveCoVisits({ items: 9, historyMax: 9, partnersMax: 2 });
  for (const item of [1, 2, 3, 4, 1, 2]) model.learn([0], item);
  const before = model.bytes;
  model.learn([0], 5);
  const scores = new Float64Array(9);
  model.learn([], 0);
  model.score([0], scores);
  assert.deepEqual([...scores].map((score) => score > 0), [false, true, true, false, false, false, false, false, false]); // prettier-ignore
  assert.ok(model.bytes < before);
});

test('incremental factors: each event makes itself likelier', () => {
  const options = { users: 3, items: 3, factors: 4, rate: 0.2, lambda: 0.01 };
  const model = new IncrementalMf({ ...options, random: seededRandom(1) });
  for (let time = 0; time < 60; time += 1) model.learn(1, 2);
  assert.ok(model.scoreOf(1, 2) > 0.9 && Math.abs(model.scoreOf(0, 1)) < 0.2);
});
