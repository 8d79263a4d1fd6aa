// What exploring costs, on a simulated shelf whose click rates are known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { leastRegret, policies, regretOf, type Policy } from './testing/simulated-bandit.ts';

test('Thompson sampling loses less than other ways, and in the end hardly any more', () => {
  const rates = [0.02, 0.03, 0.05, 0.05, 0.1];
  const mean = (policy: Policy, rounds: number) =>
    [1, 2, 3].reduce((sum, seed) => sum + regretOf(policy, rates, rounds, seededRandom(seed)) / 3, 0);
  const thompson = policies['thompson'] as Policy;
  const regret = mean(thompson, 10_000);
  for (const other of ['uniform', 'ucb1'])
    assert.ok(regret < 0.8 * mean(policies[other] as Policy, 10_000), `${regret} against ${other}`);
  assert.ok(regret - mean(thompson, 5_000) < 0.45 * regret, 'it learns: the second half costs less than the first');
  assert.ok(leastRegret(rates, 10_000) < regret);
});
