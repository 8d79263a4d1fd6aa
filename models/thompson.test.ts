import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { leastRegret, policies, regretOf, type Policy } from './testing/simulated-bandit.ts';
import { drawByThompson } from './thompson.ts';

describe('Thompson sampling', () => {
  const arms = [
    { successes: 30, trials: 100 },
    { successes: 3, trials: 100 },
    { successes: 0, trials: 0 },
  ];

  it('tries what is good most often, what is unknown sometimes, and everything now and then', () => {
    const random = seededRandom(3);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 2_000; draw += 1) {
      const { chosen } = drawByThompson(arms, random);
      counts[chosen] = (counts[chosen] ?? 0) + 1;
    }
    const [good = 0, bad = 0, unknown = 0] = counts;
    assert.ok(good > unknown && unknown > bad && bad > 0, counts.join());
  });

  it('says truly how probable each choice was: weighted by it, every arm counts as much as there were draws', () => {
    const random = seededRandom(5);
    const draws = 5_000;
    const weighted = [0, 0, 0];
    for (let draw = 0; draw < draws; draw += 1) {
      const { chosen, probability } = drawByThompson(arms, random);
      weighted[chosen] = (weighted[chosen] ?? 0) + 1 / probability;
    }
    for (const sum of weighted) assert.ok(Math.abs(sum / draws - 1) < 0.15, `${sum / draws}`);
  });

  it('depends on nothing but the random numbers', () => {
    assert.deepEqual(drawByThompson(arms, seededRandom(9)), drawByThompson(arms, seededRandom(9)));
    assert.deepEqual(drawByThompson([{ successes: 0, trials: 0 }], seededRandom(1)), { chosen: 0, probability: 1 });
  });

  it('it loses less than other ways, and in the end hardly any more', () => {
    const rates = [0.02, 0.03, 0.05, 0.05, 0.1];
    const mean = (policy: Policy, rounds: number) =>
      [1, 2, 3, 4, 5].reduce((sum, seed) => sum + regretOf(policy, rates, rounds, seededRandom(seed)) / 5, 0);
    const thompson = policies['thompson'] as Policy;
    const regret = mean(thompson, 20_000);
    for (const other of ['uniform', 'epsilon_greedy', 'ucb1'])
      assert.ok(regret < 0.7 * mean(policies[other] as Policy, 20_000), `${regret} against ${other}`);
    assert.ok(regret < 3 * leastRegret(rates, 20_000), `${regret} against ${leastRegret(rates, 20_000)}`);
    const withShares = mean(policies['thompson_with_shares'] as Policy, 2_000);
    assert.ok(withShares < 0.6 * mean(policies['uniform'] as Policy, 2_000), `${withShares} with shares`);
    assert.ok(
      regret - mean(thompson, 10_000) < 0.35 * regret,
      'it learns: the second half costs far less than the first',
    );
  });
});
