import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchModel } from '../../models/batch-model.ts';
import { ContentIndex } from '../../models/content-index.ts';
import { EMPTY_HEAT } from '../../models/decay.ts';
import { ItemIndex } from '../../models/item-index.ts';
import { SessionIndex } from '../../models/session-index.ts';
import type { Profile, RecentInteraction } from '../../schemas/types.ts';
import { seededRandom } from '../../streams/random.ts';
import { emptyProfile } from '../profile/empty-profile.ts';
import { Scorer } from './scorer.ts';
import { ALGORITHMS, DEFAULT_SETTINGS, type RecommendSettings } from './settings.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 5, 1);

interface Shop {
  /** Item ids, or more of an item. */
  items?: readonly (
    | string
    | { id: string; in_stock?: boolean; categories?: string[]; brand?: string; title?: string; expires_at?: number }
  )[];
  neighbours?: Readonly<Record<string, string[]>>;
  complements?: Readonly<Record<string, string[]>>;
  sessions?: readonly (readonly string[])[];
  rankings?: Readonly<Record<string, string[]>>;
  settings?: Partial<RecommendSettings>;
  model?: BatchModel | null;
}

function shopOf({
  items = [],
  neighbours = {},
  complements = {},
  sessions = [],
  rankings = {},
  settings = {},
  model = null,
}: Shop) {
  // prettier-ignore
  const index = new ItemIndex();
  for (const one of items) {
    const { id, title: _, ...rest } = typeof one === 'string' ? { id: one } : one;
    const plain = {
      in_stock: true,
      hidden: false,
      published_at: null,
      expires_at: null,
      categories: [],
      brand: null,
      price: null,
    };
    index.describe(id, { ...plain, ...rest });
  }
  for (const itemId of new Set([...Object.keys(neighbours), ...Object.keys(complements)])) {
    index.observe(itemId, {
      day_heat: EMPTY_HEAT,
      neighbours: (neighbours[itemId] ?? []).map((item_id, place) => ({ item_id, score: 1 / (1 + place) })),
      baskets: 100,
      baskets_opened: 1_000,
      bought_together: (complements[itemId] ?? []).map((item_id, place) => ({
        item_id,
        count: Math.round(50 / (1 + place)),
      })),
    });
  }
  const sessionIndex = new SessionIndex({ sessionsMax: 1000 });
  for (const [at, session] of sessions.entries()) sessionIndex.upsert(`s${at}`, session, at);
  const lists = Object.entries(rankings).map(
    ([name, ids]) => [name, ids.map((item_id) => ({ item_id, score: 1 }))] as const,
  );
  return {
    items: index,
    sessions: sessionIndex,
    rankings: new Map(lists),
    settings: { ...DEFAULT_SETTINGS, ...settings },
    content: contentOf(items),
    model,
    random: seededRandom(1),
  };
}

function contentOf(items: NonNullable<Shop['items']>): ContentIndex {
  const content = new ContentIndex();
  for (const one of items) {
    if (typeof one !== 'string' && one.title !== undefined)
      content.describe(one.id, { title: one.title, description: null, tags: [], categories: [] });
  }
  return content;
}

function customer(
  events: readonly (readonly [eventType: string, itemId: string, daysAgo?: number])[],
  rest: Partial<Profile> = {},
): Profile {
  const recent: RecentInteraction[] = events.map(([event_type, item_id, daysAgo = 0], at) => {
    return { interaction_id: `e${at}`, item_id, event_type, timestamp: NOW_MS - daysAgo * DAY_MS, value: null };
  });
  const items = [...new Set(events.map(([, itemId]) => itemId).toReversed())].toReversed();
  const session = {
    session_key: 'own~0',
    started_at: NOW_MS,
    last_at: NOW_MS,
    items,
    item_times: [],
    channel: null,
    events: items.length,
  };
  return { ...emptyProfile('c'), recent, session: items.length > 0 ? session : null, ...rest };
}

const scorer = new Scorer();

function listOf(shop: Shop, profile: Profile, segment = 'New') {
  const { items, because } = scorer.score(profile, segment, shopOf(shop), NOW_MS);
  return items.map((item) => ({ ...item, because: item.because.map((number) => because[number]) }));
}

function idsOf(shop: Shop, profile: Profile): string[] {
  return listOf(shop, profile).map(({ item_id }) => item_id);
}

describe('scoring a customer', () => {
  it('offers what others looked at in sessions like this one, and says because of what', () => {
    const shop = { items: ['tent', 'stove', 'shoes'], sessions: [['tent', 'stove'], ['shoes', 'tent', 'stove']] }; // prettier-ignore
    const [best] = listOf(shop, customer([['view', 'tent']]));
    assert.equal(best?.item_id, 'stove');
    assert.equal(best?.algorithm, 'session_knn');
    assert.deepEqual(best?.because, [{ interaction_id: 'e0', item_id: 'tent', event_type: 'view', timestamp: NOW_MS }]);
  });

  it('offers neighbours of what the customer was interested in', () => {
    const shop = { items: ['tent', 'stove', 'lamp'], neighbours: { tent: ['stove', 'lamp'] } };
    const list = listOf(shop, customer([['view', 'tent']]));
    assert.deepEqual(list.map(({ item_id, algorithm }) => [item_id, algorithm]), [['stove', 'co_visitation'], ['lamp', 'co_visitation']]); // prettier-ignore
    assert.equal(list[0]?.because[0]?.interaction_id, 'e0');
  });

  it('offers what goes with the cart, but not with what was taken out of it again', () => {
    const shop = { items: ['tent', 'pegs', 'book'], complements: { tent: ['pegs'] }, rankings: { popular: ['book'] } };
    const kept = listOf(shop, customer([['add_to_cart', 'tent'], ['view', 'book']])); // prettier-ignore
    assert.deepEqual(kept.map(({ item_id, algorithm }) => [item_id, algorithm]), [['pegs', 'bought_together'], ['tent', 'popular']]); // prettier-ignore
    const taken = listOf(shop, customer([['add_to_cart', 'tent'], ['remove_from_cart', 'tent'], ['view', 'book']])); // prettier-ignore
    assert.ok(taken.every(({ algorithm }) => algorithm === 'popular'));
  });

  it('offers what is popular in the categories the customer likes best', () => {
    const shop = {
      items: [{ id: 'tent', categories: ['Camping'] }, { id: 'stove', categories: ['Camping'] }, 'book'],
      rankings: { 'popular:category:Camping': ['tent', 'stove'], popular: ['book'] },
    };
    const profile = customer([['view', 'tent']], { categories: [{ name: 'Camping', heat: 5 }, { name: 'Books', heat: 1 }] }); // prettier-ignore
    const [best] = listOf(shop, profile);
    assert.deepEqual([best?.item_id, best?.algorithm, best?.because[0]?.item_id], ['stove', 'affinity', 'tent']);
  });

  it('offers what is popular, in the segment too, to those of whom nothing is known', () => {
    const shop = { items: ['a', 'b', 'c'], rankings: { popular: ['a', 'b'], 'popular:segment:VIP': ['c', 'b'] } };
    assert.deepEqual(idsOf(shop, customer([])), ['a', 'b', 'c']);
    assert.deepEqual(listOf(shop, customer([]), 'VIP').map(({ item_id }) => item_id), ['b', 'a', 'c']); // prettier-ignore
  });

  it('offers anything there is when nothing is known at all', () => {
    assert.deepEqual(idsOf({ items: ['a', 'b'] }, customer([])).sort(), ['a', 'b']);
  });

  it('does not offer the item looked at, nor what was bought lately, unless it is bought regularly', () => {
    const shop = {
      items: ['now', 'bought', 'milk', 'old', 'new'],
      rankings: { popular: ['now', 'bought', 'milk', 'old', 'new'] },
    };
    const bought = [['old', 1, 200], ['bought', 1, 20], ['milk', 9, 3]] as const; // prettier-ignore
    const profile = customer([['view', 'now']], {
      bought: bought.map(([item_id, times, daysAgo]) => ({
        item_id,
        times,
        last_at: NOW_MS - daysAgo * DAY_MS,
        interaction_id: `b-${item_id}`,
      })),
    });
    assert.deepEqual(idsOf(shop, profile), ['milk', 'old', 'new']);
  });

  it('offers the one item that there is, to whomever, and without a word about it', () => {
    const shop = { items: ['only'], sessions: [['only'], ['only', 'gone']], rankings: { popular: ['only', 'gone'] } };
    for (const happened of [[], [['view', 'only']], [['purchase', 'only']], [['view', 'gone']]] as const)
      assert.deepEqual(idsOf(shop, customer(happened)), ['only'], JSON.stringify(happened));
  });

  it('offers what the customer has had rather than nothing', () => {
    assert.deepEqual(idsOf({ items: ['only'] }, customer([['purchase', 'only']])), ['only']);
  });

  it('offers what weighs nothing rather than nothing', () => {
    const weights = { ...DEFAULT_SETTINGS.weights, popular: 0 };
    assert.deepEqual(idsOf({ items: ['only'], settings: { weights } }, customer([])), ['only']);
  });

  it('puts what was viewed before behind what is new', () => {
    const shop = { items: ['seen', 'fresh', 'now'], neighbours: { now: ['seen', 'fresh'] } };
    const events = [['view', 'seen'], ['view', 'now']] as const; // prettier-ignore
    const settings = { seen: { ...DEFAULT_SETTINGS.seen, view: { factor: 0.1, days: 30 } } };
    assert.equal(idsOf(shop, customer(events))[0], 'seen');
    assert.equal(idsOf({ ...shop, settings }, customer(events))[0], 'fresh');
  });

  it('keeps out what the rules keep out', () => {
    const shop = {
      items: ['a', 'b', { id: 'c', categories: ['Adult', 'Toys'] }, { id: 'd', brand: 'Acme' }, 'e'],
      rankings: { popular: ['a', 'b', 'c', 'd', 'e'] },
      settings: { itemsOut: new Set(['a']), categoriesOut: ['Adult', 'unheard of'], brandsOut: ['Acme'] },
    };
    assert.deepEqual(idsOf(shop, customer([])), ['b', 'e']);
  });

  it('offers what customers visit as long as the shop describes nothing', () => {
    const shop = { neighbours: { tent: ['stove'] } };
    assert.equal(idsOf(shop, customer([['view', 'tent']]))[0], 'stove');
  });

  it('follows the weights', () => {
    const shop = { items: ['now', 'near', 'hit'], neighbours: { now: ['near'] }, rankings: { popular: ['hit'] } };
    const weights = { ...DEFAULT_SETTINGS.weights, popular: 10 };
    assert.equal(idsOf(shop, customer([['view', 'now']]))[0], 'near');
    assert.equal(idsOf({ ...shop, settings: { weights } }, customer([['view', 'now']]))[0], 'hit');
  });

  it('keeps its promises whatever is known', () => {
    const itemId = fc.integer({ min: 0, max: 11 }).map((number) => `i${number}`);
    const itemIds = fc.array(itemId, { maxLength: 6 });
    const related = fc.dictionary(itemId, itemIds, { maxKeys: 6 });
    const categories = fc.array(fc.constantFrom<string>('A', 'B'), { maxLength: 2 });
    const shops = fc.record({
      items: fc.uniqueArray(
        fc.record({ id: itemId, in_stock: fc.boolean(), categories, expires_at: fc.constantFrom(NOW_MS, NOW_MS + 1) }),
        { selector: ({ id }) => id },
      ),
      neighbours: related,
      complements: related,
      sessions: fc.array(fc.array(itemId, { minLength: 1, maxLength: 5 }), { maxLength: 10 }),
      rankings: fc.dictionary(
        fc.constantFrom<string>('popular', 'trending', 'popular:category:A', 'popular:segment:VIP'),
        itemIds,
      ),
    });
    const eventType = fc.constantFrom<string>(
      'view',
      'add_to_cart',
      'remove_from_cart',
      'purchase',
      'impression',
      'unheard_of',
    );
    const events = fc.array(fc.tuple(eventType, itemId, fc.integer({ min: 0, max: 100 })), { maxLength: 12 });
    const heat = fc.double({ noNaN: true });
    const bought = fc.array(
      fc.record({ item_id: itemId, times: fc.integer({ min: 1, max: 3 }), daysAgo: fc.integer({ min: 0, max: 200 }) }),
    );
    fc.assert(
      fc.property(shops, events, bought, heat, (shop, happened, purchases, likes) => {
        const profile = customer(happened, {
          categories: [{ name: 'A', heat: likes }, { name: 'B', heat: 0 }], // prettier-ignore
          bought: purchases.map(({ daysAgo, ...one }, at) => ({
            ...one,
            last_at: NOW_MS - daysAgo * DAY_MS,
            interaction_id: `b${at}`,
          })),
        });
        const list = listOf(shop, profile, 'VIP');
        const available = shop.items
          .filter(({ in_stock, expires_at }) => in_stock && expires_at > NOW_MS)
          .map(({ id }) => id);
        const held = new Map([...profile.recent, ...profile.bought].map((one) => [one.interaction_id, one.item_id]));

        assert.equal(new Set(list.map(({ item_id }) => item_id)).size, list.length, 'each item once');
        assert.ok(available.length === 0 || list.length > 0, 'a list whenever there is an item');
        for (const [place, { item_id, score, algorithm, because }] of list.entries()) {
          if (shop.items.length > 0) assert.ok(available.includes(item_id), 'only available items');
          assert.ok(
            Number.isFinite(score) && score > 0 && score <= (list[place - 1]?.score ?? Infinity),
            'falling finite scores',
          );
          assert.ok(ALGORITHMS.includes(algorithm as (typeof ALGORITHMS)[number]));
          for (const reason of because)
            assert.ok(reason !== undefined && held.get(reason.interaction_id) === reason.item_id, 'real reasons');
        }
        assert.deepEqual(listOf(shop, profile, 'VIP'), list, 'the same again');
      }),
      { numRuns: 400 },
    );
  });
});
