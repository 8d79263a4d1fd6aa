import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawByThompson } from './thompson.ts';

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

describe('Thompson sampling', () => {
  const arms = [
    { successes: 30, trials: 100 },
    { successes: 3, trials: 100 },
    { successes: 0, trials: 0 },
  ];

  it('tries what is good most often, what is unknown sometimes, and everything now and then', () => {
    const random = randomFrom(3);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 2_000; draw += 1) {
      const { chosen } = drawByThompson(arms, random);
      counts[chosen] = (counts[chosen] ?? 0) + 1;
    }
    const [good = 0, bad = 0, unknown = 0] = counts;
    assert.ok(good > unknown && unknown > bad && bad > 0, counts.join());
  });

  it('says truly how probable each choice was: weighted by it, every arm counts as much as there were draws', () => {
    const random = randomFrom(5);
    const draws = 5_000;
    const weighted = [0, 0, 0];
    for (let draw = 0; draw < draws; draw += 1) {
      const { chosen, probability } = drawByThompson(arms, random);
      weighted[chosen] = (weighted[chosen] ?? 0) + 1 / probability;
    }
    for (const sum of weighted) assert.ok(Math.abs(sum / draws - 1) < 0.15, `${sum / draws}`);
  });

  it('depends on nothing but the random numbers', () => {
    assert.deepEqual(drawByThompson(arms, randomFrom(9)), drawByThompson(arms, randomFrom(9)));
    assert.deepEqual(drawByThompson([{ successes: 0, trials: 0 }], randomFrom(1)), { chosen: 0, probability: 1 });
  });
});
