import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { estimateOffPolicy, type LoggedChoice } from './off-policy.ts';

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} instead of ${expected}`);
}

test('four choices by hand: weights 2, 1, 0 and 8 cut to 4', () => {
  const choice = (reward: number, propensity: number, targetPropensity: number): LoggedChoice => ({
    reward,
    propensity,
    targetPropensity,
    expected: 0.25,
    expectedOfTarget: 0.5,
  });
  const log = [choice(1, 0.25, 0.5), choice(0, 0.5, 0.5), choice(1, 0.5, 0), choice(1, 0.125, 1)];
  const estimate = estimateOffPolicy(log, 4);
  near(estimate.logged, 3 / 4);
  near(estimate.ips, (2 + 0 + 0 + 4) / 4);
  near(estimate.snips, 6 / 7);
  near(estimate.dr, 0.5 + (2 * 0.75 - 0.25 + 0 + 4 * 0.75) / 4);
  near(estimate.effectiveSampleSize, 49 / 21);
  near(estimate.clippedShare, 1 / 4);
  near(estimate.meanWeight, 7 / 4);
  // of 2 0 0 4 around 1.5: 0.25 + 2.25 + 2.25 + 6.25 = 11
  near(estimate.standardErrors.ips, Math.sqrt(11 / 3 / 4));
});

test('a simulated shop whose truth is known: all three find it, and the model makes the estimate surer', () => {
  const rates = [0.1, 0.2, 0.6];
  const [logging, target] = [[0.6, 0.3, 0.1], [0.1, 0.2, 0.7]] as const; // prettier-ignore
  const truth = rates.reduce((sum, rate, action) => sum + rate * (target[action] as number), 0);
  const random = seededRandom(3);
  const log = Array.from({ length: 20_000 }, (): LoggedChoice => {
    const draw = random();
    const action = draw < 0.6 ? 0 : draw < 0.9 ? 1 : 2;
    return {
      reward: random() < (rates[action] as number) ? 1 : 0,
      propensity: logging[action] as number,
      targetPropensity: target[action] as number,
      expected: rates[action] as number,
      expectedOfTarget: truth,
    };
  });
  const estimate = estimateOffPolicy(log, 100);
  for (const name of ['ips', 'snips', 'dr'] as const)
    assert.ok(Math.abs(estimate[name] - truth) < 3 * estimate.standardErrors[name], `${name} ${estimate[name]}`);
  assert.ok(estimate.standardErrors.dr < 0.8 * estimate.standardErrors.ips);
  assert.ok(Math.abs(estimate.logged - truth) > 0.2, 'the log itself is far from it');
});

test('a log without choices, and one with an impossible propensity', () => {
  assert.equal(estimateOffPolicy([], 10).ips, 0);
  const impossible = { reward: 1, propensity: 0, targetPropensity: 1, expected: 0, expectedOfTarget: 0 };
  assert.throws(() => estimateOffPolicy([impossible], 10), /in \(0, 1\], not 0/);
});
