import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { bootstrapInterval, pairedTest, quantile } from './statistics.ts';

test('quantiles lie between neighbours', () => {
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
  assert.equal(quantile([1, 2, 3, 4], 1), 4);
  assert.equal(quantile([], 0.5), 0);
});

test('an interval is as wide as theory says: a mean of 900 coin throws is sure to 1.96 · 0.5 ÷ 30', () => {
  const throws = Array.from({ length: 900 }, (_, at) => at % 2);
  const { low, high } = bootstrapInterval(throws, Array<number>(900).fill(1));
  assert.ok(Math.abs(high - low - 2 * 1.96 * (0.5 / 30)) < 0.006, `${low} to ${high}`);
});

test('ten events of one session are not ten observations', () => {
  const alone = bootstrapInterval(
    Array.from({ length: 1000 }, (_, at) => Math.floor(at / 10) % 2),
    Array<number>(1000).fill(1),
  );
  const together = bootstrapInterval(
    Array.from({ length: 100 }, (_, at) => 10 * (at % 2)),
    Array<number>(100).fill(10),
  );
  assert.ok(together.high - together.low > 2.5 * (alone.high - alone.low));
});

test('a true difference is found, and none where there is none', () => {
  const random = seededRandom(7);
  const sizes = Array<number>(400).fill(1);
  const base = sizes.map(() => (random() < 0.3 ? 1 : 0));
  const better = base.map((one) => (one === 1 || random() < 0.1 ? 1 : 0));
  const found = pairedTest(better, base, sizes);
  assert.ok(found.difference > 0.04 && found.p < 0.01 && found.interval.low > 0);
  const other = base.toReversed();
  const none = pairedTest(other, base, sizes);
  assert.ok(none.p > 0.05 && none.interval.low < 0 && none.interval.high > 0);
  assert.equal(pairedTest(base, base, sizes).p, 1);
});

test('the same data give the same answer', () => {
  const sums = Array.from({ length: 50 }, (_, at) => (at * 7) % 5);
  const sizes = Array<number>(50).fill(3);
  assert.deepEqual(bootstrapInterval(sums, sizes), bootstrapInterval(sums, sizes));
  assert.deepEqual(pairedTest(sums, sums.toReversed(), sizes), pairedTest(sums, sums.toReversed(), sizes));
});
