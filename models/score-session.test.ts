import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { scoreSession } from './score-session.ts';

const neighbours: Record<string, { item_id: string; score: number }[]> = {
  tent: [{ item_id: 'stove', score: 0.8 }, { item_id: 'lamp', score: 0.4 }], // prettier-ignore
  shoes: [{ item_id: 'socks', score: 0.9 }, { item_id: 'stove', score: 0.3 }], // prettier-ignore
};
const neighboursOf = (itemId: string) => neighbours[itemId] ?? [];

describe('scoring a session of somebody unknown', () => {
  it('offers what goes with its items, the latest counting most, then what is popular', () => {
    const list = scoreSession({
      session: ['shoes', 'tent'],
      neighboursOf,
      fallback: ['mug', 'stove', 'tent'],
      limit: 5,
    });
    assert.deepEqual(
      list.map(({ item_id, algorithm, because }) => [item_id, algorithm, because]),
      [
        ['stove', 'co_visitation', ['tent', 'shoes']],
        ['socks', 'co_visitation', ['shoes']],
        ['lamp', 'co_visitation', ['tent']],
        ['mug', 'popular', []],
      ],
    );
    assert.equal(list[0]?.score, 1);
  });

  it('offers what is popular to those of whom nothing is known', () => {
    const list = scoreSession({ session: [], neighboursOf, fallback: ['mug', 'pen', 'mug'], limit: 5 });
    assert.deepEqual(list.map(({ item_id }) => item_id), ['mug', 'pen']); // prettier-ignore
  });

  it('never offers what may not be offered', () => {
    const isOffered = (itemId: string) => itemId !== 'stove' && itemId !== 'mug';
    const list = scoreSession({ session: ['tent'], neighboursOf, fallback: ['mug', 'pen'], limit: 5, isOffered });
    assert.deepEqual(list.map(({ item_id }) => item_id), ['lamp', 'pen']); // prettier-ignore
  });

  it('answers falling finite scores, each item once, with reasons from the session', () => {
    const item = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e');
    const related = fc.dictionary(
      item,
      fc.array(fc.record({ item_id: item, score: fc.double({ min: 0, max: 5, noNaN: true }) })),
    );
    fc.assert(
      fc.property(
        fc.array(item),
        related,
        fc.array(item),
        fc.integer({ min: 0, max: 6 }),
        (session, near, fallback, limit) => {
          const list = scoreSession({ session, neighboursOf: (itemId) => near[itemId] ?? [], fallback, limit });
          assert.ok(list.length <= limit);
          assert.equal(new Set(list.map(({ item_id }) => item_id)).size, list.length);
          list.forEach(({ item_id, score, because }, place) => {
            assert.ok(score > 0 && score <= (list[place - 1]?.score ?? 1));
            assert.notEqual(item_id, session.at(-1));
            assert.ok(because.every((own) => session.includes(own)));
          });
        },
      ),
    );
  });
});
