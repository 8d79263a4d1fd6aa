import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { leastRegret, policies, regretOf, type Policy } from './testing/simulated-bandit.ts';
import { drawThompson } from './thompson-sampling.ts';

test('it loses less than other ways, and in the end hardly any more', () => {
  const rates = [0.02, 0.03, 0.05, 0.05, 0.1];
  const mean = (policy: Policy, rounds: number) =>
    [1, 2, 3, 4, 5].reduce((sum, seed) => sum + regretOf(policy, rates, rounds, seededRandom(seed)) / 5, 0);
  const thompson = policies['thompson'] as Policy;
  const regret = mean(thompson, 20_000);
  for (const other of ['uniform', 'epsilon_greedy', 'ucb1'])
    assert.ok(regret < 0.7 * mean(policies[other] as Policy, 20_000), `${regret} against ${other}`);
  assert.ok(regret < 3 * leastRegret(rates, 20_000), `${regret} against ${leastRegret(rates, 20_000)}`);
  assert.ok(
    regret - mean(thompson, 10_000) < 0.35 * regret,
    'it learns: the second half costs far less than the first',
  );
});

test('what is known to be bad is shown least, what is good or unknown more often', () => {
  const items = [{ shown: 1000, clicked: 100 }, { shown: 1000, clicked: 95 }, { shown: 1000, clicked: 10 }, { shown: 0, clicked: 0 }]; // prettier-ignore
  const random = seededRandom(3);
  const counts = [0, 0, 0, 0];
  for (let draw = 0; draw < 2_000; draw += 1) {
    const { chosen } = drawThompson(items, random);
    counts[chosen] = (counts[chosen] ?? 0) + 1;
  }
  const [good = 0, , bad = 0, unknown = 0] = counts;
  assert.ok(good > unknown && unknown > bad && bad > 0, counts.join(' '));
});

test('propensities are true: weighted by them, every item counts as much as there were draws', () => {
  const items = [{ shown: 100, clicked: 30 }, { shown: 100, clicked: 3 }, { shown: 0, clicked: 0 }]; // prettier-ignore
  const random = seededRandom(5);
  const draws = 5_000;
  const weighted = [0, 0, 0];
  for (let draw = 0; draw < draws; draw += 1) {
    const { chosen, propensity } = drawThompson(items, random);
    weighted[chosen] = (weighted[chosen] ?? 0) + 1 / propensity;
  }
  for (const sum of weighted) assert.ok(Math.abs(sum / draws - 1) < 0.15, `${sum / draws}`);
  assert.deepEqual(drawThompson([{ shown: 0, clicked: 0 }], seededRandom(1)), { chosen: 0, propensity: 1 });
});
