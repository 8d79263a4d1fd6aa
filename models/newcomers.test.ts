// What is learnt of newcomers' sessions: all of them where they are as many as elsewhere, and the logarithm of a crowd.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { addHeat, EMPTY_HEAT, heatFrom } from './decay.ts';
import { believedOf, NewcomerShares } from './newcomers.ts';

const HALF_LIFE_MS = 86_400_000;
const NOW_MS = 1_700_000_000_000;
const one = heatFrom(1, NOW_MS, HALF_LIFE_MS);

/** Item by item, sessions of others and of newcomers. */
function sharesOf(items: readonly (readonly [number, number])[]): NewcomerShares {
  const shares = new NewcomerShares();
  for (const [item, [others, newcomers]] of items.entries()) set(shares, item, others, newcomers);
  return shares;
}

function set(shares: NewcomerShares, item: number, others: number, newcomers: number): void {
  const heat = addHeat(EMPTY_HEAT, others + newcomers, NOW_MS, HALF_LIFE_MS);
  shares.set(item, heat, others + newcomers === 0 ? 0 : newcomers / (others + newcomers));
}

describe('newcomers', () => {
  it('are learnt from in full beside others, and as a crowd in parts that add up to what is believed of it', () => {
    const usual = Array.from({ length: 50 }, () => [20, 10] as const);
    const random = seededRandom(1);
    for (const [others, crowd] of [
      [0, 2_000],
      [20, 2_000],
      [100, 400],
    ] as const) {
      const shares = sharesOf([...usual, [others, 0]]);
      let learnt = 0;
      for (let came = 1; came <= crowd; came += 1) {
        if (random() < shares.admissionOf(50, one)) learnt += 1;
        set(shares, 50, others, came);
      }
      const believed = believedOf(crowd, 3 * Math.max(5, others));
      assert.ok(Math.abs(learnt - believed) < 5 * Math.sqrt(believed), `${learnt} of ${crowd}, believed ${believed}`);
    }
  });

  it('are not doubted where everybody is new, nor of an item that is not known', () => {
    const shares = sharesOf(Array.from({ length: 30 }, (_, item) => [0, 10 ** (item % 6)] as const));
    for (let item = 0; item < 30; item += 1) assert.equal(shares.admissionOf(item, one), 1);
    assert.deepEqual([shares.admissionOf(-1, one), shares.admissionOf(10_000, one)], [1, 1]);
  });

  it('are believed as before when an item with a crowd is forgotten', () => {
    const items = [
      [20, 10],
      [30, 10],
      [0, 5_000],
    ] as const;
    const shares = sharesOf(items);
    const doubted = shares.admissionOf(2, one);
    shares.set(2, EMPTY_HEAT, 0);
    assert.equal(shares.admissionOf(2, one), 1);
    set(shares, 2, 0, 5_000);
    assert.ok(doubted < 0.01 && Math.abs(shares.admissionOf(2, one) - doubted) < 1e-9);
  });
});
