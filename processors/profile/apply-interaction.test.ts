import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { heatAt } from '../../models/decay.ts';
import type { ItemAttributes } from '../../models/item-index.ts';
import { profiles } from '../../schemas/topics.ts';
import type { Interaction, Profile } from '../../schemas/types.ts';
import { at, interaction } from '../testing/given.ts';
import { applyInteraction, isRepeat } from './apply-interaction.ts';
import { emptyProfile } from './empty-profile.ts';
import { AFFINITY_HALF_LIFE_MS, limits } from './limits.ts';

const pan: ItemAttributes = { categories: ['Home', 'Kitchen'], brand: 'Acme', price: 40 };

/** The profile of someone who did this, in this order of arrival. */
function profileOf(interactions: readonly Interaction[], attributes?: ItemAttributes): Profile {
  const profile = emptyProfile('ann');
  for (const each of interactions) {
    if (!isRepeat(profile, each)) applyInteraction(profile, each, each.timestamp, attributes);
  }
  return profile;
}

describe('what a customer did', () => {
  it('is counted by type and channel, and remembered', () => {
    const profile = profileOf([
      interaction('view', 'pan', at(0)),
      interaction('view', 'pot', at(1), { channel: 'app' }),
      interaction('add_to_cart', 'pot', at(2), { channel: 'app' }),
    ]);
    assert.deepEqual(profile.counts, { view: 2, add_to_cart: 1 });
    assert.deepEqual(profile.channels, { web: 1, app: 2 });
    assert.deepEqual(
      profile.recent.map(({ item_id }) => item_id),
      ['pan', 'pot', 'pot'],
    );
    assert.equal(profile.first_seen, at(0));
    assert.equal(profile.last_activity, at(2));
  });

  it('counts once, however often it is delivered', () => {
    const bought = interaction('purchase', 'pan', at(0), { value: 40 });
    assert.deepEqual(profileOf([bought, bought, bought]), profileOf([bought]));
  });

  it('goes where it belongs when it arrives late', () => {
    const [first, second, third] = [0, 1, 2].map((minute) => interaction('view', `item-${minute}`, at(minute)));
    const profile = profileOf([first, third, second] as Interaction[]);
    assert.deepEqual(
      profile.recent.map(({ item_id }) => item_id),
      ['item-0', 'item-1', 'item-2'],
    );
    assert.deepEqual(profile.session?.items, ['item-0', 'item-1', 'item-2']);
    assert.equal(profile.last_activity, at(2));
  });

  it('may be of a type nobody knows: it counts, but says little', () => {
    const profile = profileOf([interaction('juggle', 'pan', at(0))], pan);
    assert.deepEqual(profile.counts, { juggle: 1 });
    assert.ok(heatAt(profile.brands[0]?.heat ?? 0, at(0), AFFINITY_HALF_LIFE_MS) < 0.5);
  });

  it('tells the language, unless a name of an object property was meant', () => {
    assert.equal(profileOf([interaction('view', 'pan', at(0), { context: { language: 'de-CH' } })]).language, 'de-CH');
    const odd = profileOf([interaction('constructor', 'pan', at(0), { channel: 'toString' })]);
    assert.deepEqual(odd.counts, { constructor: 1 });
    assert.deepEqual(odd.channels, { toString: 1 });
  });
});

describe('money', () => {
  it('is the value of the purchases', () => {
    const profile = profileOf([
      interaction('purchase', 'pan', at(0), { value: 40 }),
      interaction('purchase', 'pot', at(1), { value: 25.5, quantity: 3 }),
    ]);
    assert.equal(profile.lifetime_value, 65.5);
    assert.equal(profile.items_bought, 4);
    assert.equal(profile.last_purchase, at(1));
  });

  it('is the catalogue price times the pieces when no value is given', () => {
    assert.equal(profileOf([interaction('purchase', 'pan', at(0), { quantity: 2 })], pan).lifetime_value, 80);
    assert.equal(profileOf([interaction('purchase', 'pan', at(0), { quantity: 2 })]).lifetime_value, 0);
  });

  it('goes back with a refund, whether its value is negative or not, and so does the item', () => {
    for (const refund of [
      interaction('refund', 'pan', at(9), { value: 40 }),
      interaction('return', 'pan', at(9), { value: -40 }),
      interaction('purchase', 'pan', at(9), { value: -40 }),
    ]) {
      const profile = profileOf([interaction('purchase', 'pan', at(0), { value: 40 }), refund]);
      assert.equal(profile.lifetime_value, 0);
      assert.equal(profile.items_bought, 0);
      assert.deepEqual(profile.bought, []);
      assert.equal(profile.orders, 1, 'the order was made all the same');
      assert.equal(profile.last_activity, at(0), 'a refund is booked by the shop');
    }
  });

  it('has bought items with the latest purchase last', () => {
    const profile = profileOf([
      interaction('purchase', 'pan', at(0), { interaction_id: 'first' }),
      interaction('purchase', 'pot', at(1)),
      interaction('purchase', 'pan', at(2), { interaction_id: 'again' }),
    ]);
    assert.deepEqual(
      profile.bought.map(({ item_id, times, interaction_id }) => [item_id, times, interaction_id]).at(-1),
      ['pan', 2, 'again'],
    );
  });
});

describe('orders', () => {
  const buy = (item: string, minute: number, context: Record<string, string> = {}) =>
    interaction('purchase', item, at(minute), { context });

  it('are baskets, not items: what is bought in one session is one order', () => {
    assert.equal(profileOf([buy('pan', 0), buy('pot', 1), buy('lid', 20)]).orders, 1);
    assert.equal(profileOf([buy('pan', 0), buy('pot', 1), buy('lid', 40)]).orders, 2);
  });

  it('are told apart by the order id of the shop', () => {
    const orders = [
      buy('pan', 0, { order_id: 'o1' }),
      buy('pot', 1, { order_id: 'o2' }),
      buy('lid', 2, { order_id: 'o1' }),
    ];
    assert.equal(profileOf(orders).orders, 2);
    assert.equal(profileOf([buy('pan', 0, { basket_id: 'b' }), buy('pot', 90, { basket_id: 'b' })]).orders, 1);
  });

  it('of the past count once per half hour, since no session is known for them', () => {
    assert.equal(profileOf([buy('pan', 3000), buy('pot', 0), buy('lid', 1), buy('cup', 600)]).orders, 3);
  });
});

describe('likes', () => {
  it('are the categories, brand and price of what was dealt with, weighted by how it was', () => {
    const profile = profileOf([interaction('view', 'pan', at(0)), interaction('purchase', 'pan', at(0))], pan);
    assert.deepEqual(
      profile.categories.map(({ name }) => name),
      ['Home', 'Kitchen'],
    );
    assert.ok(Math.abs(heatAt(profile.brands[0]?.heat ?? 0, at(0), AFFINITY_HALF_LIFE_MS) - 6) < 1e-6);
    assert.ok(Math.abs(Math.exp(profile.price_taste?.mean ?? 0) - 40) < 1e-9);
  });

  it('of prices have mean and variance as computed from all at once', () => {
    const prices = [10, 20, 80];
    const profile = emptyProfile('ann');
    for (const price of prices) {
      applyInteraction(profile, interaction('view', 'x', at(0)), at(0), { categories: [], brand: null, price });
    }
    const logs = prices.map(Math.log);
    const mean = logs.reduce((sum, log) => sum + log, 0) / 3;
    const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / 3;
    assert.ok(Math.abs((profile.price_taste?.mean ?? 0) - mean) < 1e-6);
    assert.ok(Math.abs((profile.price_taste?.variance ?? 0) - variance) < 1e-6);
  });

  it('do not come from taking something out of the cart', () => {
    const profile = profileOf([interaction('remove_from_cart', 'pan', at(0))], pan);
    assert.deepEqual(profile.brands, []);
    assert.deepEqual(profile.counts, { remove_from_cart: 1 });
    assert.deepEqual(profile.session?.items, [], 'nor is it a visit of the item');
  });
});

const TYPES = [
  'view',
  'view',
  'view',
  'add_to_cart',
  'remove_from_cart',
  'purchase',
  'refund',
  'impression',
  'mystery',
];
const anyInteraction = (minutesMax: number) =>
  fc
    .record({
      id: fc.integer({ min: 0, max: 400 }),
      type: fc.constantFrom(...TYPES),
      item: fc.option(fc.integer({ min: 0, max: 300 })),
      minute: fc.integer({ min: 0, max: minutesMax }),
      value: fc.option(fc.integer({ min: 0, max: 100 })),
      channel: fc.option(fc.string({ maxLength: 3 })),
    })
    .map(({ id, type, item, minute, value, channel }) =>
      interaction(type, item === null ? null : `item-${item}`, at(minute), {
        interaction_id: `id-${id}`,
        value,
        channel,
      }),
    );

describe('whatever a customer does', () => {
  const WEEK = 7 * 24 * 60;

  it('adds up to what a recount of the distinct interactions gives', () => {
    fc.assert(
      fc.property(fc.array(anyInteraction(WEEK), { maxLength: limits.seenIdsMax }), (interactions) => {
        const profile = profileOf([...interactions, ...interactions]);
        const distinct = [...new Map(interactions.toReversed().map((each) => [each.interaction_id, each])).values()];
        const counts = Object.fromEntries(Object.entries(Object.groupBy(distinct, (each) => each.event_type)).map(([type, all]) => [type, all?.length])); // prettier-ignore
        assert.deepEqual(profile.counts, counts);
        const money = distinct.reduce((sum, { event_type, value }) => sum + signOf(event_type) * (value ?? 0), 0);
        assert.equal(profile.lifetime_value, money);
      }),
    );
  });

  it('stays within the limits, and encodes', () => {
    const attributes = fc.record({
      categories: fc.array(fc.string({ maxLength: 4 }), { maxLength: 9 }),
      brand: fc.option(fc.string({ maxLength: 3 })),
      price: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
    });
    const doing = fc.tuple(anyInteraction(WEEK), attributes);
    fc.assert(
      fc.property(fc.array(doing, { minLength: 300, maxLength: 600 }), (doings) => {
        const profile = emptyProfile('ann');
        doings.forEach(([each, item], index) => {
          const unique = {
            ...each,
            interaction_id: `${index}`,
            event_type: index % 3 === 0 ? `t${index}` : each.event_type,
          };
          applyInteraction(profile, unique, each.timestamp, item);
        });
        assertWithinLimits(profile);
        assert.deepEqual(profiles.codec.decode(profiles.codec.encode(profile)), profile);
      }),
      { numRuns: 20 },
    );
  });

  it('gives the same within a session in whatever order it arrives', () => {
    // Not refunds: one that comes before its purchase finds nothing to give back.
    const visits = fc.array(anyInteraction(29), { maxLength: 40 }).map((all) => {
      const distinct = new Map(
        all.filter((each) => each.event_type !== 'refund').map((each) => [each.interaction_id, each]),
      );
      return [...distinct.values()];
    });
    fc.assert(
      fc.property(visits, fc.infiniteStream(fc.nat()), (interactions, stream) => {
        const keys = new Map(interactions.map((each) => [each, stream.next().value ?? 0]));
        const shuffled = interactions.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
        assert.deepEqual(orderless(profileOf(shuffled, pan)), orderless(profileOf(interactions, pan)));
      }),
    );
  });
});

function signOf(eventType: string): number {
  return eventType === 'purchase' ? 1 : eventType === 'refund' ? -1 : 0;
}

/** Without what may depend on arrival by design: the rings, the order of baskets and affinities, and the last bits of the heats. */
function orderless(profile: Profile): object {
  const { seen_ids, seen_baskets, basket, categories, brands, price_taste, ...rest } = profile;
  const rounded = (heats: Profile['categories']) => heats.map(({ name, heat }) => [name, heat.toFixed(6)]);
  return {
    ...rest,
    seen: [seen_ids.length, seen_baskets.length],
    basket: new Set(basket?.items),
    categories: rounded(categories),
    brands: rounded(brands),
    taste: [price_taste?.mean.toFixed(6), price_taste?.variance.toFixed(6)],
  };
}

function assertWithinLimits(profile: Profile): void {
  assert.ok(profile.recent.length <= limits.recentMax);
  assert.ok(profile.bought.length <= limits.boughtItemsMax);
  assert.ok(profile.categories.length <= limits.categoriesMax);
  assert.ok(profile.brands.length <= limits.brandsMax);
  assert.ok(Object.keys(profile.counts).length <= limits.eventTypesMax + 1);
  assert.ok(Object.keys(profile.channels).length <= limits.channelsMax + 1);
  assert.ok(profile.seen_ids.length <= limits.seenIdsMax * 8);
  assert.ok(profile.seen_baskets.length <= limits.seenBasketsMax * 8);
  assert.ok((profile.session?.items.length ?? 0) <= limits.sessionItemsMax);
  assert.equal(profile.session?.items.length, profile.session?.item_times.length);
  assert.ok((profile.basket?.items.length ?? 0) <= limits.basketItemsMax);
}
