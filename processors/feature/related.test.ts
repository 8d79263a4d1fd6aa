// Neighbours and complements against what is computed by hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addHeat, EMPTY_HEAT } from '../../models/decay.ts';
import type { ItemActivity } from '../../schemas/types.ts';
import { at } from '../testing/given.ts';
import { emptyActivity } from './apply-item-event.ts';
import { boughtTogetherOf } from './bought-together.ts';
import { featuresOf } from './features-of.ts';
import { limits, SESSION_HALF_LIFE_MS } from './limits.ts';
import { neighboursOf } from './neighbours.ts';
import type { Occurrences } from './occurrences.ts';

const sessions = (count: number) => addHeat(EMPTY_HEAT, count, at(0), SESSION_HALF_LIFE_MS);

function known(items: Record<string, { sessions?: number; baskets?: number }>): Occurrences {
  const byItem = Object.entries(items).map(([itemId, counts]) => {
    const { sessions: count = 0, baskets: own = 0 } = counts;
    return [itemId, { sessionHeat: sessions(count), baskets: own }] as const;
  });
  return { byItem: new Map(byItem) };
}

function pan(rest: Partial<ItemActivity>): ItemActivity {
  return { ...emptyActivity('pan'), updated_at: at(0), ...rest };
}

describe('neighbours', () => {
  it('are those that share more sessions than their own popularity explains', () => {
    const covisits = new Map([
      ['bestseller', sessions(8)],
      ['lid', sessions(8)],
    ]);
    const neighbours = neighboursOf(
      pan({ session_heat: sessions(16), covisits }),
      known({ bestseller: { sessions: 400 }, lid: { sessions: 9 } }),
    );
    assert.deepEqual(
      neighbours.map(({ item_id, score }) => [item_id, score.toFixed(6)]),
      [
        ['lid', ((8 / Math.sqrt(16 * 9)) * (8 / 16)).toFixed(6)],
        ['bestseller', ((8 / Math.sqrt(16 * 400)) * (8 / 16)).toFixed(6)],
      ],
    );
  });

  it('need more than one chance meeting, and an item that the lookup does not know yet is no better', () => {
    const covisits = new Map([
      ['chance', sessions(1)],
      ['lid', sessions(8)],
    ]);
    const [first, second] = neighboursOf(pan({ session_heat: sessions(9), covisits }), known({}));
    assert.equal(first?.item_id, 'lid');
    assert.ok((second?.score ?? 1) <= 1 / 9 + 0.03);
  });
});

describe('bought together', () => {
  it('the most promising come first: those that are bought with it rather than with anything', () => {
    const basket_counts = new Map([
      ['salt', 10],
      ['lid', 8],
      ['new', 2],
    ]);
    const together = boughtTogetherOf(
      pan({ baskets: 20, basket_counts }),
      known({ lid: { baskets: 10 }, salt: { baskets: 50 } }),
    );
    assert.deepEqual(together, [
      { item_id: 'lid', count: 8 },
      { item_id: 'new', count: 2 },
      { item_id: 'salt', count: 10 },
    ]);
  });

  it('needs more than one basket', () => {
    const once = pan({ baskets: 20, basket_counts: new Map([['lid', 1]]) });
    assert.deepEqual(boughtTogetherOf(once, known({ lid: { baskets: 1 } })), []);
  });
});

it('lists are bounded, and the best come first', () => {
  const covisits = new Map(Array.from({ length: 100 }, (_, index) => [`item-${index}`, sessions(index + 1)]));
  const basket_counts = new Map(Array.from({ length: 100 }, (_, index) => [`item-${index}`, index + 1]));
  const features = featuresOf(pan({ session_heat: sessions(200), baskets: 150, covisits, basket_counts }), known({}));
  assert.equal(features.neighbours.length, limits.neighboursMax);
  assert.equal(features.bought_together.length, limits.boughtTogetherMax);
  for (const list of [features.neighbours.map(({ score }) => score)]) {
    assert.deepEqual(
      list,
      list.toSorted((a, b) => b - a),
    );
  }
  assert.equal(features.neighbours[0]?.item_id, 'item-99');
});

it('conversion is smoothed, and never above 1', () => {
  const conversionOf = (views: number, purchases: number) =>
    featuresOf(pan({ views, purchases }), known({})).conversion;
  assert.equal(conversionOf(0, 0), 1 / 50);
  assert.equal(conversionOf(950, 99), 0.1);
  assert.equal(conversionOf(0, 5000), 1);
});
