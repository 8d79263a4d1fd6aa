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

test('the propensity is how often the item is chosen', () => {
  const items = [{ shown: 1000, clicked: 100 }, { shown: 1000, clicked: 95 }, { shown: 1000, clicked: 10 }, { shown: 0, clicked: 0 }]; // prettier-ignore
  const random = seededRandom(3);
  const counts = [0, 0, 0, 0];
  const propensities = [0, 0, 0, 0];
  const draws = 2000;
  for (let draw = 0; draw < draws; draw += 1) {
    const { chosen, propensity } = drawThompson(items, random);
    counts[chosen] = (counts[chosen] ?? 0) + 1;
    propensities[chosen] = (propensities[chosen] ?? 0) + propensity;
    assert.ok(propensity > 0 && propensity <= 1);
  }
  counts.forEach((count, at) => {
    if (count > 50) assert.ok(Math.abs((propensities[at] ?? 0) / count - count / draws) < 0.03, `item ${at}`);
  });
  assert.ok(
    (counts[2] ?? 0) === 0 && (counts[3] ?? 0) > 0,
    `${counts.join(' ')}: what is known to be bad is not shown, what is unknown is`,
  );
  assert.throws(() => drawThompson([], random), /no item/);
  assert.deepEqual(drawThompson([{ shown: 0, clicked: 0 }], random), { chosen: 0, propensity: 1 });
});
