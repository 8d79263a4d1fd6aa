import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { InteractionMatrix } from './interaction-matrix.ts';
import { NonNegativeFactors } from './non-negative-factors.ts';

test('a matrix of two kinds is taken apart without a rest, and somebody new is put together from them', () => {
  const matrix = new InteractionMatrix([[0, 1], [0, 1], [2, 3, 4], [2, 3, 4], []], 5); // prettier-ignore
  const model = new NonNegativeFactors(matrix, { factors: 2, iterations: 200, random: seededRandom(2) });
  assert.ok(model.residual < 1e-6, `${model.residual}`);
  const scores = new Float64Array(5);
  model.score(Int32Array.of(2, 3), scores);
  assert.ok((scores[4] as number) > 0.5 && (scores[0] as number) < 1e-6, scores.join(' '));
  model.score(new Int32Array(0), scores);
  assert.deepEqual([...scores], [0, 0, 0, 0, 0]);
});

test('more iterations never fit worse, and ratings count', () => {
  const random = seededRandom(8);
  const histories = Array.from({ length: 30 }, () => [0, 1, 2, 3, 4, 5, 6, 7].filter(() => random() < 0.4));
  const matrix = new InteractionMatrix(histories, 8);
  const ratings = Float64Array.from({ length: matrix.ones }, () => 1 + Math.floor(5 * random()));
  const residuals = [1, 2, 5, 20, 100].map(
    (iterations) =>
      new NonNegativeFactors(matrix, { factors: 3, iterations, ratings, random: seededRandom(1) }).residual,
  );
  for (let at = 1; at < residuals.length; at += 1) assert.ok((residuals[at] as number) <= (residuals[at - 1] as number) + 1e-9, residuals.join(' ')); // prettier-ignore
  const norm = Math.sqrt(ratings.reduce((sum, rating) => sum + rating ** 2, 0));
  assert.ok((residuals[4] as number) < 0.7 * norm);
});
