import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addHeat, EMPTY_HEAT, heatAt, heatFrom, mergeHeats } from './decay.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 1);

const addition = fc.record({
  weight: fc.double({ min: 0.001, max: 1000, noNaN: true }),
  ageMs: fc.integer({ min: 0, max: 40 * HOUR_MS }),
});

function heatOf(additions: readonly { weight: number; ageMs: number }[]): number {
  return additions.reduce((heat, { weight, ageMs }) => addHeat(heat, weight, NOW_MS - ageMs, HOUR_MS), EMPTY_HEAT);
}

function isClose(actual: number, expected: number, relative = 1e-8): void {
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.max(Math.abs(expected), 1e-12),
    `${actual} is not ${expected}`,
  );
}

describe('heat', () => {
  it('counts in full at once and half after a half-life', () => {
    const heat = addHeat(EMPTY_HEAT, 8, NOW_MS, HOUR_MS);
    isClose(heatAt(heat, NOW_MS, HOUR_MS), 8);
    isClose(heatAt(heat, NOW_MS + HOUR_MS, HOUR_MS), 4);
    isClose(heatAt(heat, NOW_MS + 3 * HOUR_MS, HOUR_MS), 1);
  });

  it('is nothing for nothing, and stays nothing', () => {
    assert.equal(heatAt(EMPTY_HEAT, NOW_MS, HOUR_MS), 0);
    assert.equal(addHeat(EMPTY_HEAT, 0, NOW_MS, HOUR_MS), EMPTY_HEAT);
    assert.equal(mergeHeats(EMPTY_HEAT, EMPTY_HEAT), EMPTY_HEAT);
  });

  it('is not changed by adding nothing', () => {
    const heat = addHeat(EMPTY_HEAT, 3, NOW_MS, HOUR_MS);
    assert.equal(addHeat(heat, 0, NOW_MS + HOUR_MS, HOUR_MS), heat);
    assert.equal(mergeHeats(heat, EMPTY_HEAT), heat);
    assert.equal(mergeHeats(EMPTY_HEAT, heat), heat);
  });

  it('never becomes NaN at the infinities', () => {
    assert.equal(mergeHeats(Infinity, Infinity), Infinity);
    assert.equal(mergeHeats(Infinity, EMPTY_HEAT), Infinity);
    assert.equal(heatAt(Infinity, NOW_MS, HOUR_MS), Infinity);
  });

  it('refuses what has no meaning', () => {
    for (const weight of [-1, NaN, Infinity])
      assert.throws(() => addHeat(EMPTY_HEAT, weight, NOW_MS, HOUR_MS), RangeError);
    for (const timeMs of [NaN, Infinity]) assert.throws(() => addHeat(EMPTY_HEAT, 1, timeMs, HOUR_MS), RangeError);
    for (const halfLifeMs of [0, -1, NaN]) assert.throws(() => heatAt(0, NOW_MS, halfLifeMs), RangeError);
  });

  it('is the plain decayed sum, whatever was added when', () => {
    fc.assert(
      fc.property(fc.array(addition, { minLength: 1, maxLength: 30 }), (additions) => {
        const plain = additions.reduce((sum, { weight, ageMs }) => sum + weight * 2 ** (-ageMs / HOUR_MS), 0);
        isClose(heatAt(heatOf(additions), NOW_MS, HOUR_MS), plain);
      }),
    );
  });

  it('does not depend on the order of arrival, nor on how it was split', () => {
    fc.assert(
      fc.property(fc.array(addition, { maxLength: 20 }), fc.array(addition, { maxLength: 20 }), (some, others) => {
        const together = heatAt(heatOf([...some, ...others]), NOW_MS, HOUR_MS);
        isClose(heatAt(heatOf([...others, ...some].reverse()), NOW_MS, HOUR_MS), together);
        isClose(heatAt(mergeHeats(heatOf(some), heatOf(others)), NOW_MS, HOUR_MS), together);
      }),
    );
  });

  it('survives years without additions and half-lives of a second', () => {
    const heat = addHeat(EMPTY_HEAT, 5, 0, 1000);
    assert.equal(heatAt(heat, NOW_MS, 1000), 0);
    isClose(heatAt(addHeat(heat, 1, NOW_MS, 1000), NOW_MS, 1000), 1, 1e-6);
  });

  it('comes back from its sum', () => {
    fc.assert(
      fc.property(addition, ({ weight, ageMs }) => {
        isClose(heatAt(heatFrom(weight, NOW_MS - ageMs, HOUR_MS), NOW_MS - ageMs, HOUR_MS), weight);
      }),
    );
  });
});
