// Proves that folding in finds the least squares that are not negative, and that what each item adds is never negative and adds up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { solveNonNegative } from './non-negative-least-squares.ts';
import { NonNegativeTastes } from './non-negative-tastes.ts';

test('where least squares would be negative the rest is solved without it', () => {
  const x = new Float64Array(2);
  solveNonNegative(x, Float64Array.of(2, 1, 1, 2), Float64Array.of(4, 1)); // without the bound: 7/3 and −2/3
  assert.ok(Math.abs((x[0] as number) - 2) < 1e-9 && x[1] === 0, x.join(' '));
  solveNonNegative(x, Float64Array.of(2, 1, 1, 2), Float64Array.of(3, 3));
  assert.ok(x.every((value) => Math.abs(value - 1) < 1e-6), x.join(' ')); // prettier-ignore
});

test('parts are not negative and add up to the score; somebody without a history has no tastes', () => {
  const count = 3;
  const numbers = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 2, noNaN: true })), {
    minLength: 6 * count,
    maxLength: 6 * count,
  });
  const histories = fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 6 });
  fc.assert(
    fc.property(numbers, histories, (values, history) => {
      const items = Float32Array.from(values);
      const tastes = new NonNegativeTastes({ solving: 'non_negative', count, items, gram: gramOf(items, count) });
      tastes.fold(history);
      assert.equal(tastes.places, history.length);
      for (let item = 0; item < 6; item += 1) {
        const parts = history.map((_, place) => tastes.partOf(item, place));
        assert.ok(parts.every((part) => part >= 0));
        const sum = parts.reduce((all, part) => all + part, 0);
        assert.ok(Math.abs(sum - tastes.scoreOf(item)) < 1e-9 * (1 + sum), `${sum} ${tastes.scoreOf(item)}`);
      }
    }),
  );
});

function gramOf(items: Float32Array, count: number): Float64Array {
  return Float64Array.from({ length: count * count }, (_, cell) => {
    const [row, column] = [Math.floor(cell / count), cell % count];
    let sum = 0;
    for (let first = 0; first < items.length; first += count)
      sum += (items[first + row] as number) * (items[first + column] as number);
    return sum;
  });
}
