import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { Invertible } from './inverse.ts';
import { cholesky, invertLower, solveFactored } from './symmetric.ts';

/** X·Xᵀ + I of random X: positive definite. */
function randomMatrix(n: number): Float64Array {
  const random = seededRandom(n);
  const x = Float64Array.from({ length: n * n }, () => random() - 0.5);
  return Float64Array.from({ length: n * n }, (_, place) => {
    const [row, column] = [Math.floor(place / n), place % n];
    let sum = row === column ? 1 : 0;
    for (let at = 0; at < n; at += 1) sum += (x[row * n + at] as number) * (x[column * n + at] as number);
    return sum;
  });
}

test('a matrix times its inverse is one, whatever its size against the blocks', () => {
  for (const n of [1, 2, 3, 5, 31, 32, 33, 67, 97, 130]) {
    const a = randomMatrix(n);
    const matrix = new Invertible(n);
    const { cells, stride } = matrix;
    for (let row = 0; row < n; row += 1) cells.set(a.subarray(row * n, (row + 1) * n), row * stride);
    matrix.toNegativeInverse();
    for (let row = 0; row < n; row += 1) {
      for (let column = 0; column < n; column += 1) {
        let sum = 0;
        for (let at = 0; at < n; at += 1) sum -= (a[row * n + at] as number) * (cells[at * stride + column] as number);
        assert.ok(Math.abs(sum - (row === column ? 1 : 0)) < 1e-9, `n ${n}, ${row}, ${column}: ${sum}`);
      }
    }
  }
});

test('solves with the factor', () => {
  const a = randomMatrix(40);
  const l = a.slice();
  cholesky(l, 40);
  const x = Float64Array.from({ length: 40 }, (_, at) => at - 7);
  const b = Float64Array.from({ length: 40 }, (_, row) => x.reduce((sum, value, at) => sum + (a[row * 40 + at] as number) * value, 0)); // prettier-ignore
  solveFactored(l, 40, b);
  b.forEach((value, at) => assert.ok(Math.abs(value - (x[at] as number)) < 1e-8));
});

test('a lower half times its inverse is one', () => {
  const l = randomMatrix(9);
  const inverse = l.slice();
  invertLower(inverse, 9);
  for (let row = 0; row < 9; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = 0;
      for (let at = column; at <= row; at += 1)
        sum += (l[row * 9 + at] as number) * (inverse[at * 9 + column] as number);
      assert.ok(Math.abs(sum - (row === column ? 1 : 0)) < 1e-9, `${row}, ${column}: ${sum}`);
    }
  }
});

test('a matrix that is not positive definite is refused', () => {
  assert.throws(() => cholesky(Float64Array.of(1, 2, 2, 1), 2), /not positive definite: row 1/);
  const matrix = new Invertible(1);
  assert.throws(() => matrix.toNegativeInverse(), /not positive definite: row 0/);
});
