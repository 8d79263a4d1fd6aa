import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContentNeighbours } from './content-neighbours.ts';

test('cosines by hand; items without text are like nothing', () => {
  // Of four items, `red` is in two, `lamp` in two, `desk` in one.
  const model = new ContentNeighbours(['red lamp', 'lamps', 'red desk', '']);
  const scores = new Float64Array(4);
  model.score(Int32Array.of(0), scores);
  const [two, one] = [Math.log(5 / 3) + 1, Math.log(5 / 2) + 1];
  const expected = [1, Math.SQRT1_2, (Math.SQRT1_2 * two) / Math.hypot(two, one), 0];
  scores.forEach((score, item) => assert.ok(Math.abs(score - (expected[item] ?? NaN)) < 1e-12, `${item}: ${score}`));
  expected.forEach((cosine, item) => assert.ok(Math.abs(model.similarity(0, item) - cosine) < 1e-12, `${item}`));
  model.score(Int32Array.of(3), scores);
  assert.deepEqual([...scores], [0, 0, 0, 0]);
  assert.equal(new ContentNeighbours([]).bytes, 4);
});
