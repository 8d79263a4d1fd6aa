// The compiled arithmetic against the same in plain loops, on shapes that don't divide evenly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../streams/random.ts';
import { Arena, arenaBytes, padded } from './arena.ts';
import { KERNELS_SOURCE_HASH } from './kernels-wasm.ts';
import { kernelsHash } from './testing/source-hash.ts';

const ROWS = 132;
const COLUMNS = 7;
const WIDTH = padded(COLUMNS);

function filled(arena: Arena, rows: number, columns: number, random: () => number): Float32Array {
  const matrix = arena.floats(rows * WIDTH);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) matrix[row * WIDTH + column] = random() - 0.5;
  return matrix;
}

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-4): void {
  assert.equal(actual.length, expected.length);
  for (let at = 0; at < actual.length; at += 1)
    assert.ok(Math.abs((actual[at] as number) - (expected[at] as number)) < tolerance, `${at}: ${actual[at]} instead of ${expected[at]}`); // prettier-ignore
}

function cell(matrix: Float32Array, row: number, column: number): number {
  return matrix[row * WIDTH + column] as number;
}

test('the module was made of the source that lies beside it', () => {
  assert.equal(KERNELS_SOURCE_HASH, kernelsHash(), 'npm run kernels');
});

test('gram, product and scores', () => {
  const random = seededRandom(3);
  const arena = new Arena(arenaBytes(ROWS * WIDTH, ROWS * WIDTH, WIDTH ** 2, WIDTH ** 2, ROWS));
  const y = filled(arena, ROWS, COLUMNS, random);
  const m = filled(arena, WIDTH, COLUMNS, random);
  const [gram, product, scores] = [arena.floats(WIDTH ** 2), arena.floats(ROWS * WIDTH), arena.floats(ROWS)];
  arena.kernels.gramOf(y.byteOffset, ROWS, WIDTH, gram.byteOffset);
  arena.kernels.multiplyRows(y.byteOffset, ROWS, WIDTH, m.byteOffset, product.byteOffset);
  arena.kernels.scoreRows(y.byteOffset, ROWS, WIDTH, m.byteOffset, scores.byteOffset);
  const sum = (count: number, term: (at: number) => number) => Array.from({ length: count }, (_, at) => term(at)).reduce((total, each) => total + each, 0); // prettier-ignore
  near(gram, Float32Array.from(gram, (_, at) => sum(ROWS, (row) => cell(y, row, Math.floor(at / WIDTH)) * cell(y, row, at % WIDTH)))); // prettier-ignore
  near(product, Float32Array.from(product, (_, at) => sum(WIDTH, (each) => cell(y, Math.floor(at / WIDTH), each) * cell(m, each, at % WIDTH)))); // prettier-ignore
  near(
    scores,
    Float32Array.from(scores, (_, row) => sum(WIDTH, (each) => cell(y, row, each) * cell(m, 0, each))),
  );
});

test('rows gather what their partners have', () => {
  const random = seededRandom(4);
  const wide = 2 * WIDTH;
  const arena = new Arena(arenaBytes(3 * WIDTH, 4 * WIDTH, 4, 4, 3, 4, 3 * wide, 4 * wide));
  const [to, from] = [filled(arena, 3, COLUMNS, random), filled(arena, 4, COLUMNS, random)];
  const before = to.slice();
  const [start, partners] = [arena.copyOf(Int32Array.of(0, 2, 2, 4)), arena.copyOf(Int32Array.of(0, 3, 1, 2))];
  const [own, others] = [arena.floats(3), arena.floats(4)];
  own.set([2, 5, 0.5]);
  others.set([1, 2, 3, 4]);
  arena.kernels.spread(start.byteOffset, partners.byteOffset, 3, own.byteOffset, others.byteOffset, from.byteOffset, WIDTH, to.byteOffset); // prettier-ignore
  const expected = Float32Array.from(before, (value, at) => {
    const column = at % WIDTH;
    const [first, third] = [2 * (cell(from, 0, column) + 4 * cell(from, 3, column)), 0.5 * (2 * cell(from, 1, column) + 3 * cell(from, 2, column))]; // prettier-ignore
    return value + ([first, 0, third][Math.floor(at / WIDTH)] as number);
  });
  near(to, expected);
  // Eight columns go a way of their own: the same to the bit as in wider rows.
  const [wideTo, wideFrom] = [[before, 3] as const, [from, 4] as const].map(([narrow, rows]) => {
    const matrix = arena.floats(rows * wide);
    for (let row = 0; row < rows; row += 1) matrix.set(narrow.subarray(row * WIDTH, (row + 1) * WIDTH), row * wide);
    return matrix;
  }) as [Float32Array, Float32Array];
  arena.kernels.spread(start.byteOffset, partners.byteOffset, 3, own.byteOffset, others.byteOffset, wideFrom.byteOffset, wide, wideTo.byteOffset); // prettier-ignore
  for (let row = 0; row < 3; row += 1)
    assert.deepEqual(wideTo.slice(row * wide, row * wide + WIDTH), to.slice(row * WIDTH, (row + 1) * WIDTH));
});

test('with as many steps as columns, conjugate gradients solve the system; rows without partners become 0', () => {
  const random = seededRandom(5);
  const arena = new Arena(arenaBytes(2 * WIDTH, 6 * WIDTH, 3, 3, 2, WIDTH ** 2, 3 * WIDTH));
  const [x, y] = [filled(arena, 2, COLUMNS, random), filled(arena, 6, COLUMNS, random)];
  const [start, partners] = [arena.copyOf(Int32Array.of(0, 3, 3)), arena.copyOf(Int32Array.of(1, 4, 5))];
  const [lambdas, gram, scratch] = [arena.floats(2), arena.floats(WIDTH ** 2), arena.floats(3 * WIDTH)];
  lambdas.fill(0.3);
  arena.kernels.gramOf(y.byteOffset, 6, WIDTH, gram.byteOffset);
  arena.kernels.solveRows(0, 2, x.byteOffset, start.byteOffset, partners.byteOffset, y.byteOffset, WIDTH, gram.byteOffset, lambdas.byteOffset, 2 * COLUMNS, scratch.byteOffset); // prettier-ignore
  const mine = [1, 4, 5];
  for (let row = 0; row < COLUMNS; row += 1) {
    let left = 0.3 * cell(x, 0, row);
    for (let column = 0; column < COLUMNS; column += 1) {
      const weight = cell(gram, row, column) + mine.reduce((sum, other) => sum + cell(y, other, row) * cell(y, other, column), 0); // prettier-ignore
      left += weight * cell(x, 0, column);
    }
    const right = mine.reduce((sum, other) => sum + cell(y, other, row), 0);
    assert.ok(Math.abs(left - right) < 1e-4, `${row}: ${left} instead of ${right}`);
  }
  assert.deepEqual([...x.subarray(WIDTH)], Array(WIDTH).fill(0));
});

test('an arena that is full says so', () => {
  const arena = new Arena(arenaBytes(4));
  assert.throws(() => arena.floats(100_000), /full/);
  assert.throws(() => new Arena(5e9), /more than an arena holds/);
});
