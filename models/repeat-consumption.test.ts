import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RepeatConsumption } from './repeat-consumption.ts';

const [MILK, TELEVISION, UNSEEN] = [0, 1, 2];

test('milk comes back after a week, a television does not', () => {
  const model = new RepeatConsumption(3);
  for (let week = 0; week < 200; week += 1) {
    model.learn({ category: MILK, gapDays: 7, times: 3 }, week % 4 !== 0);
    model.learn({ category: MILK, gapDays: 1, times: 3 }, false);
    model.learn({ category: TELEVISION, gapDays: 7, times: 1 }, false);
  }
  const chance = (category: number, gapDays: number, times: number) => model.probability({ category, gapDays, times });
  assert.ok(Math.abs(chance(MILK, 7, 3) - 0.75) < 0.03, `${chance(MILK, 7, 3)}`);
  assert.ok(chance(MILK, 1, 3) < 0.02);
  assert.ok(chance(TELEVISION, 7, 1) < 0.02);
  assert.deepEqual(model.shareOf(MILK), { occasions: 400, share: 150 / 400 });
  assert.deepEqual(model.shareOf(UNSEEN), { occasions: 0, share: 0 });
});

test('a category of which little is known is like all of them', () => {
  const model = new RepeatConsumption(3);
  for (let time = 0; time < 1000; time += 1) model.learn({ category: MILK, gapDays: 7, times: 2 }, time % 2 === 0);
  model.learn({ category: UNSEEN, gapDays: 7, times: 2 }, false);
  const chance = model.probability({ category: UNSEEN, gapDays: 7, times: 2 });
  assert.ok(chance > 0.4 && chance < 0.5, `${chance}`);
});
