import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EMPTY_HEAT } from './decay.ts';
import { ItemIndex, type ItemBehaviour, type ItemFacts } from './item-index.ts';

const offered: ItemFacts = {
  in_stock: true,
  hidden: false,
  published_at: null,
  expires_at: null,
  categories: [],
  brand: null,
  price: null,
};
const seen: ItemBehaviour = { day_heat: 1, neighbours: [], baskets: 0, baskets_opened: 0, bought_together: [] };

function neighboursOf(index: ItemIndex, itemId: string): [string, number][] {
  const id = index.idOf(itemId);
  if (id < 0) return [];
  return Array.from({ length: index.neighbourCount(id) }, (_, at) => [
    index.nameOf(index.neighbourAt(id, at)),
    index.neighbourScoreAt(id, at),
  ]);
}

function complementsOf(index: ItemIndex, itemId: string): [string, number][] {
  const id = index.idOf(itemId);
  if (id < 0) return [];
  return Array.from({ length: index.complementCount(id) }, (_, at) => [
    index.nameOf(index.complementAt(id, at)),
    index.complementScoreAt(id, at),
  ]);
}

function isAvailable(index: ItemIndex, itemId: string, timeMs = 1000): boolean {
  const id = index.idOf(itemId);
  return id >= 0 && index.isAvailable(id, timeMs);
}

describe('an item index', () => {
  it('offers what is in stock, not hidden, published and not expired', () => {
    const index = new ItemIndex();
    index.describe('plain', offered);
    index.describe('sold out', { ...offered, in_stock: false });
    index.describe('hidden', { ...offered, hidden: true });
    index.describe('timed', { ...offered, published_at: 500, expires_at: 1500 });
    index.observe('never described', seen);
    assert.equal(isAvailable(index, 'plain'), true);
    assert.equal(isAvailable(index, 'sold out'), false);
    assert.equal(isAvailable(index, 'hidden'), false);
    assert.equal(isAvailable(index, 'never described'), false);
    assert.deepEqual([499, 500, 1499, 1500].map((timeMs) => isAvailable(index, 'timed', timeMs)), [false, true, true, false]); // prettier-ignore
  });

  it('follows the shop: out of stock, back again, gone', () => {
    const index = new ItemIndex();
    index.describe('tent', offered);
    index.describe('tent', { ...offered, in_stock: false });
    assert.equal(isAvailable(index, 'tent'), false);
    index.describe('tent', offered);
    assert.equal(isAvailable(index, 'tent'), true);
    index.describe('tent', null);
    assert.equal(index.idOf('tent'), -1);
    assert.equal(index.described, 0);
  });

  it('knows categories at every level, brand and price', () => {
    const index = new ItemIndex();
    index.describe('tent', { ...offered, categories: ['Outdoor', 'Camping'], brand: 'Peak', price: 99.5 });
    const id = index.idOf('tent');
    assert.equal(index.categoryOf(id), index.numberOf('Camping'));
    assert.ok(index.isIn(id, index.numberOf('Outdoor')));
    assert.equal(index.isIn(id, index.numberOf('Shoes')), false);
    assert.equal(index.brandOf(id), index.numberOf('Peak'));
    assert.equal(index.priceOf(id), 99.5);
    assert.deepEqual(index.attributesOf('tent'), { categories: ['Outdoor', 'Camping'], brand: 'Peak', price: 99.5 });
    index.describe('bare', offered);
    assert.deepEqual(index.attributesOf('bare'), { categories: [], brand: null, price: null });
    assert.equal(index.attributesOf('unknown'), undefined);
  });

  it('keeps neighbours before they are described, and after their item is', () => {
    const index = new ItemIndex();
    index.observe('tent', { ...seen, neighbours: [{ item_id: 'stove', score: 0.5 }] });
    index.describe('stove', offered);
    index.describe('tent', offered);
    index.describe('stove', null);
    assert.deepEqual(neighboursOf(index, 'tent'), [['stove', 0.5]]);
    index.observe('tent', null);
    assert.equal(index.idOf('stove'), -1);
    assert.deepEqual(neighboursOf(index, 'tent'), []);
    assert.equal(index.dayHeatOf(index.idOf('tent')), EMPTY_HEAT);
  });

  it('weighs complements by what they add to chance, by the baskets as they are now', () => {
    const index = new ItemIndex();
    const bought_together = [
      { item_id: 'pegs', count: 4 },
      { item_id: 'bag', count: 4 },
      { item_id: 'never', count: 0 },
    ];
    index.observe('tent', { ...seen, baskets: 8, baskets_opened: 8, bought_together });
    assert.deepEqual(complementsOf(index, 'tent'), [['pegs', 0], ['bag', 0]], 'half of all baskets have them, for all that is known'); // prettier-ignore
    index.observe('pegs', { ...seen, baskets: 4 });
    index.observe('bag', { ...seen, baskets: 16, baskets_opened: 24 });
    assert.deepEqual(complementsOf(index, 'tent'), [['pegs', 4 / 8 - 4 / 32], ['bag', 0]]); // prettier-ignore
    index.observe('bag', { ...seen, baskets: 24, baskets_opened: 24 });
    assert.deepEqual(complementsOf(index, 'tent')[1], ['bag', 4 / 8 - 24 / 32], 'less than by chance');
    index.observe('bag', null);
    assert.deepEqual(complementsOf(index, 'tent')[0], ['pegs', 0], 'its baskets are no longer counted');
  });

  it('cuts what is longer than its limits', () => {
    const index = new ItemIndex({ neighboursMax: 2, categoriesMax: 1 });
    const neighbours = ['a', 'b', 'c'].map((item_id, at) => ({ item_id, score: 3 - at }));
    index.observe('tent', { ...seen, neighbours });
    index.describe('tent', { ...offered, categories: ['Outdoor', 'Camping'] });
    assert.deepEqual(neighboursOf(index, 'tent'), [['a', 3], ['b', 2]]); // prettier-ignore
    assert.equal(index.numberOf('Outdoor'), -1);
  });

  it('agrees with plain maps after any changes', () => {
    const id = fc.integer({ min: 0, max: 8 }).map((number) => `i${number}`);
    const neighbours = fc.array(fc.record({ item_id: id, score: fc.integer({ min: 1, max: 9 }) }), { maxLength: 5 });
    const facts = fc.record({
      in_stock: fc.boolean(),
      categories: fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
    });
    const change = fc.oneof(
      fc.record({ id, facts: fc.option(facts) }),
      fc.record({ id, neighbours: fc.option(neighbours) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const index = new ItemIndex();
        const stock = new Map<string, { in_stock: boolean; categories: string[] }>();
        const near = new Map<string, { item_id: string; score: number }[]>();
        for (const one of changes) {
          if ('facts' in one) {
            index.describe(one.id, one.facts && { ...offered, ...one.facts });
            if (one.facts === null) stock.delete(one.id);
            else stock.set(one.id, one.facts);
          } else {
            index.observe(one.id, one.neighbours && { ...seen, neighbours: one.neighbours });
            if (one.neighbours === null) near.delete(one.id);
            else near.set(one.id, one.neighbours);
          }
        }
        assert.equal(index.described, stock.size);
        for (let number = 0; number <= 8; number += 1) {
          const itemId = `i${number}`;
          assert.equal(isAvailable(index, itemId), stock.get(itemId)?.in_stock ?? false);
          assert.deepEqual(neighboursOf(index, itemId), (near.get(itemId) ?? []).map(({ item_id, score }) => [item_id, score])); // prettier-ignore
          const last = stock.get(itemId)?.categories.at(-1);
          if (last !== undefined) assert.equal(index.categoryOf(index.idOf(itemId)), index.numberOf(last));
        }
      }),
    );
  });

  it('takes less than a kilobyte for an item with 30 neighbours and 30 complements', () => {
    const index = new ItemIndex();
    const items = 5000;
    for (let at = 0; at < items; at += 1) {
      index.describe(`i${at}`, { ...offered, categories: ['a', 'b', 'c'], brand: 'd' });
      index.observe(`i${at}`, {
        day_heat: at,
        neighbours: Array.from({ length: 30 }, (_, place) => ({ item_id: `i${(at + place) % items}`, score: 1 })),
        baskets: 5,
        baskets_opened: 2,
        bought_together: Array.from({ length: 30 }, (_, place) => ({ item_id: `i${(at + place) % items}`, count: 2 })),
      });
    }
    assert.ok(index.bytes / items < 1000, `${index.bytes / items} bytes`);
  });

  it('keeps its memory while the assortment changes', () => {
    const index = new ItemIndex();
    const passThrough = (from: number) => {
      for (let at = from; at < from + 20_000; at += 1) {
        index.describe(`i${at}`, { ...offered, categories: [`c${at % 1000}`] });
        index.observe(`i${at}`, { ...seen, neighbours: [{ item_id: `i${at - 1}`, score: 1 }, { item_id: `i${at + 1}`, score: 1 }] }); // prettier-ignore
        index.describe(`i${at - 500}`, null);
        index.observe(`i${at - 500}`, null);
      }
      return index.bytes;
    };
    const settled = passThrough(0);
    assert.equal(passThrough(20_000), settled);
    assert.equal(index.described, 500);
  });
});
