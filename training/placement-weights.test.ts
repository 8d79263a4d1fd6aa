// Placements whose customers want different things, and who look at what stands first: what is learnt is what sources are worth, not where they stood.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import type { PlacedItem } from './placement-outcomes.ts';
import { learnPlacements } from './placement-weights.ts';

const SOURCES = ['session_knn', 'bought_together', 'popular'] as const;
type Worth = Readonly<Record<(typeof SOURCES)[number], number>>;

/** Lists of six; what a source's items are is mostly told by their rank: sessions first, what is popular last. */
function shownIn(placements: Readonly<Record<string, Worth>>, lists: number, seed: number): PlacedItem[] {
  const random = seededRandom(seed);
  return Object.entries(placements).flatMap(([placement, worth]) =>
    Array.from({ length: lists }, (_, list) =>
      [1, 2, 3, 4, 5, 6].map((rank): PlacedItem => {
        const usual = Math.floor((rank - 1) / 2);
        const algorithm = SOURCES[random() < 0.5 ? usual : Math.floor(3 * random())] as (typeof SOURCES)[number];
        const isTaken = random() < (0.3 / rank) * worth[algorithm];
        return { customerId: `c${list}`, placement, algorithm, rank, isTaken, itemId: 'pan', propensity: 1 };
      }),
    ).flat(),
  );
}

const alike: Worth = { session_knn: 0.5, bought_together: 0.5, popular: 0.5 };

describe('weights of placements', () => {
  it('follow what is wanted there, in spite of what everybody looks at first', () => {
    const basket: Worth = { session_knn: 0.4, bought_together: 0.9, popular: 0.3 };
    const learnt = learnPlacements(shownIn({ home: alike, basket, account: alike }, 4_000, 1));
    assert.deepEqual(learnt.map(({ placement }) => placement), ['account', 'basket', 'home']); // prettier-ignore
    const { factors = {}, evidence = 0 } = learnt[1] ?? {};
    const [sessions, bought, popular] = SOURCES.map((name) => factors[name] ?? 1) as [number, number, number];
    assert.ok(bought > 1.2 * sessions && bought > 1.2 * popular, JSON.stringify(factors));
    assert.ok(evidence > 3, `${evidence}`);
  });

  it('are those of all placements where all want the same, however many look', () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const learnt = learnPlacements(shownIn({ home: alike, basket: alike }, 2_000, seed));
      assert.deepEqual(learnt.map(({ factors }) => factors), [{}, {}]); // prettier-ignore
    }
  });

  it('are not told by counts: what is taken most there because it stands first is not worth most', () => {
    const placed = shownIn({ home: alike, basket: { ...alike, popular: 1 } }, 4_000, 2);
    const taken = (algorithm: string) => placed.filter((one) => one.placement === 'basket' && one.algorithm === algorithm && one.isTaken).length; // prettier-ignore
    assert.ok(taken('session_knn') > taken('popular'), 'by counts alone');
    const factors = learnPlacements(placed)[0]?.factors ?? {};
    assert.ok((factors['popular'] ?? 1) > 1.2 * (factors['session_knn'] ?? 1), JSON.stringify(factors));
  });

  it('are not learnt from few outcomes', () => {
    assert.deepEqual(learnPlacements(shownIn({ home: alike }, 50, 3)), []);
    assert.deepEqual(learnPlacements([]), []);
  });
});
