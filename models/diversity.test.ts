import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NO_CATEGORY, spreadCategories } from './diversity.ts';

const ranking = fc
  .array(
    fc.record({
      score: fc.double({ min: 0, max: 10, noNaN: true }),
      category: fc.integer({ min: NO_CATEGORY, max: 3 }),
    }),
  )
  .map((all) => all.toSorted((one, other) => other.score - one.score));

function spread(all: readonly { score: number; category: number }[], keep: number) {
  return spreadCategories(
    all.map(({ score }) => score),
    all.map(({ category }) => category),
    keep,
  );
}

describe('spreading over categories', () => {
  it('lets another category in before the third of one', () => {
    const all = [10, 9, 8, 6].map((score, place) => ({ score, category: place === 3 ? 2 : 1 }));
    assert.deepEqual(spread(all, 0.8).order, [0, 1, 3, 2]);
  });

  it('changes nothing when everything is kept, or nothing has a category', () => {
    fc.assert(
      fc.property(ranking, (all) => {
        const inOrder = all.map((_, place) => place);
        assert.deepEqual(spread(all, 1).order, inOrder);
        assert.deepEqual(spread(all.map(({ score }) => ({ score, category: NO_CATEGORY })), 0.5).order, inOrder); // prettier-ignore
      }),
    );
  });

  it('keeps every item once, in falling order of what it counts now, and the best first', () => {
    fc.assert(
      fc.property(ranking, fc.double({ min: 0, max: 1, noNaN: true }), (all, keep) => {
        const { order, scores } = spread(all, keep);
        assert.deepEqual([...order].sort((a, b) => a - b), all.map((_, place) => place)); // prettier-ignore
        const falling = [...order].map((place) => scores[place] as number);
        assert.deepEqual(
          falling,
          falling.toSorted((a, b) => b - a),
        );
        if (all.length > 0) assert.equal(order[0], 0);
      }),
    );
  });
});
