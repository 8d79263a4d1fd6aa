// The whole topology on the test bench: 4 partitions, from interactions to rankings.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ItemIndex } from '../models/item-index.ts';
import type { SessionIndex } from '../models/session-index.ts';
import * as topics from '../schemas/topics.ts';
import type { Interaction } from '../schemas/types.ts';
import { TestBench, type TestBenchOptions } from '../streams/testing/test-bench.ts';
import { at, customer, interaction, item } from './testing/given.ts';
import { withoutLastBits } from './testing/without-last-bits.ts';
import { stages } from './topology.ts';

class Shop {
  readonly bench: TestBench;

  constructor(options: Partial<TestBenchOptions> = {}) {
    this.bench = new TestBench({ stages, ...options });
  }

  happens(...interactions: Interaction[]): this {
    for (const each of interactions) this.bench.send(topics.interactions, each.customer_id, each, each.received_at);
    this.bench.run();
    return this;
  }

  hears(update: ReturnType<typeof customer>): this {
    this.bench.send(topics.customers, update.customer_id, update, update.updated_at).run();
    return this;
  }

  offers(...items: ReturnType<typeof item>[]): this {
    for (const each of items) this.bench.send(topics.items, each.item_id, each, each.updated_at);
    this.bench.run();
    return this;
  }

  profile(customerId: string) {
    return this.bench.get(topics.profiles, customerId);
  }
  segment(customerId: string) {
    return this.bench.get(topics.segments, customerId);
  }
  features(itemId: string) {
    return this.bench.get(topics.itemFeatures, itemId);
  }
  ranking(list: string): string[] {
    return (this.bench.get(topics.rankings, list)?.items ?? []).map(({ item_id }) => item_id);
  }
}

const by =
  (customer_id: string) =>
  (type: string, itemId: string | null, minute: number, rest: Partial<Interaction> = {}) =>
    interaction(type, itemId, at(minute), { customer_id, ...rest });
const ann = by('ann');
const bob = by('bob');
const DAY = 24 * 60;

describe('a customer', () => {
  it('is known, segmented and offered something as soon as something happens', () => {
    const shop = new Shop().offers(
      item('pan', { price: 40, categories: ['Home'] }),
      item('pot', { categories: ['Home'] }),
    );
    shop.happens(ann('view', 'pan', 0), ann('purchase', 'pan', 1), bob('view', 'pan', 2), bob('view', 'pot', 3));
    assert.equal(shop.profile('ann')?.lifetime_value, 40);
    assert.equal(shop.segment('ann')?.segment, 'New');
    assert.deepEqual(shop.bench.get(topics.sessions, 'bob~0')?.items, ['pan', 'pot']);
    assert.ok(shop.bench.get(topics.recommendations, 'bob') !== undefined);
  });

  it('counts once what is delivered twice, and so do the items', () => {
    const twice = [ann('view', 'pan', 0), ann('purchase', 'pan', 1, { value: 40 })];
    const shop = new Shop().happens(...twice, ...twice).happens(...twice);
    assert.equal(shop.profile('ann')?.lifetime_value, 40);
    assert.deepEqual(shop.profile('ann')?.counts, { view: 1, purchase: 1 });
    assert.deepEqual([shop.features('pan')?.views, shop.features('pan')?.revenue], [1, 40]);
    assert.equal(shop.bench.counted.get('repeated'), 4);
  });

  it('rises with the orders, and stays since when and from where', () => {
    const shop = new Shop();
    for (let day = 0; day < 12; day += 1) shop.happens(ann('purchase', 'pan', day * DAY, { value: 110 }));
    assert.deepEqual(
      segmentHistory(shop, 'ann').map(({ segment, previous, since }) => [
        segment,
        previous,
        (since - at(0)) / 86_400_000,
      ]),
      [
        ['New', null, 0],
        ['Standard', 'New', 1],
        ['Premium', 'Standard', 2],
        ['VIP', 'Premium', 9],
      ],
    );
    const { segment, frequency, monetary, recency_days } = shop.segment('ann') ?? {};
    assert.deepEqual([segment, frequency, monetary, recency_days], ['VIP', 12, 1320, 0]);
  });

  it('is in the segment set by hand until it is taken back', () => {
    const shop = new Shop()
      .happens(ann('view', 'pan', 0))
      .hears(customer('ann', { segment: 'Staff', updated_at: at(1) }));
    assert.deepEqual([shop.segment('ann')?.segment, shop.segment('ann')?.manual], ['Staff', true]);
    assert.equal(shop.happens(ann('purchase', 'pan', 2, { value: 5000 })).segment('ann')?.segment, 'Staff');
    shop.hears(customer('ann', { updated_at: at(3) }));
    assert.deepEqual([shop.segment('ann')?.segment, shop.segment('ann')?.previous], ['New', 'Staff']);
  });

  it('is judged by the rules of marketing when there are some', () => {
    const shop = new Shop();
    const numbers = { vip_orders: 1, vip_value: 10, premium_orders: 1, premium_value: 5 };
    const rule = { rule_id: 'easy', version: 3, kind: 'segment-thresholds', updated_at: at(0), active: true, words: {}, numbers }; // prettier-ignore
    shop.bench.send(topics.rules, 'easy', { ...rule, starts_at: null, ends_at: null }, at(0));
    shop.happens(ann('purchase', 'pan', 1, { value: 10 }));
    assert.deepEqual([shop.segment('ann')?.segment, shop.segment('ann')?.thresholds_version], ['VIP', 3]);
  });

  it('writes no segment for looking around', () => {
    const shop = new Shop();
    for (let minute = 0; minute < 10; minute += 1) shop.happens(ann('view', `item-${minute}`, minute));
    assert.equal(shop.bench.written(topics.segments).length, 1);
  });
});

describe('without consent', () => {
  const refusal = customer('ann', { consent: false, age: 33, updated_at: at(200) });
  const withHistory = () => new Shop().happens(ann('view', 'pan', 0), ann('view', 'pot', 1), ann('view', 'lid', 100));

  it('nothing is kept, nothing is learnt', () => {
    const shop = withHistory()
      .hears(refusal)
      .happens(ann('purchase', 'pan', 201, { value: 40 }));
    const { customer_id, consent, age, recent, counts, sessions } = shop.profile('ann') ?? {};
    assert.deepEqual({ customer_id, consent, age, recent, counts, sessions }, { customer_id: 'ann', consent: false, age: null, recent: [], counts: {}, sessions: 0 }); // prettier-ignore
    assert.equal(shop.segment('ann'), undefined);
    assert.equal(shop.bench.get(topics.recommendations, 'ann'), undefined);
    assert.equal(shop.bench.table(topics.sessions).size, 0, 'both sessions are deleted');
    assert.equal(shop.features('pan')?.purchases, 0);
    assert.equal(shop.bench.counted.get('no_consent'), 1);
  });

  it('given again, all starts afresh', () => {
    const shop = withHistory()
      .hears(refusal)
      .hears(customer('ann', { age: 34, updated_at: at(300) }));
    shop.happens(ann('view', 'pan', 301));
    assert.deepEqual([shop.profile('ann')?.counts, shop.profile('ann')?.age], [{ view: 1 }, 34]);
    assert.equal(shop.segment('ann')?.previous, null);
  });
});

describe('a customer who is deleted', () => {
  const deletion = (minute: number, rest = {}) =>
    customer('ann', { updated_at: at(minute), erased_at: at(minute), ...rest });
  const withHistory = () =>
    new Shop().happens(ann('view', 'pan', 0), ann('purchase', 'pot', 1, { value: 9 }), ann('view', 'lid', 100));
  const tables = [topics.profiles, topics.segments, topics.recommendations, topics.sessions];
  const assertGone = (shop: Shop) => {
    for (const topic of tables) assert.equal(shop.bench.table(topic as typeof topics.profiles).size, 0, topic.name);
  };

  it('leaves nothing but the time of it', () => {
    const shop = withHistory();
    const voting = () => (shop.bench.lookupView('session-index') as SessionIndex).query(['pan'], 10).count;
    assert.ok(voting() > 0);
    shop.hears(deletion(200));
    assertGone(shop);
    assert.equal(voting(), 0, 'no session of hers votes any more');
    assert.deepEqual(shop.bench.get(topics.erasures, 'ann'), { customer_id: 'ann', erased_at: at(200) });
    assert.equal(shop.features('pot')?.purchases, 1, 'what the items count stays: it says nothing of her');
  });

  it('by a tombstone is deleted as well: other tools know nothing else', () => {
    const shop = withHistory();
    shop.bench.send(topics.customers, 'ann', null, at(200)).run();
    assertGone(shop);
    assert.equal(shop.happens(ann('view', 'pan', 150)).profile('ann'), undefined);
  });

  it('is unknown, and need not have been known', () => {
    const shop = new Shop().hears(deletion(200));
    assertGone(shop);
    assert.equal(shop.happens(ann('view', 'pan', 150)).profile('ann'), undefined);
  });

  it('starts afresh with what happens later, and with that alone', () => {
    const shop = withHistory().hears(deletion(200));
    const shownLate = { received_at: at(202) };
    shop.happens(ann('view', 'pan', 199), ann('view', 'pan', 150, shownLate), ann('view', 'lid', 201));
    assert.deepEqual([shop.profile('ann')?.counts, shop.profile('ann')?.orders], [{ view: 1 }, 0]);
    assert.deepEqual(shop.bench.get(topics.sessions, 'ann~0')?.items, ['lid']);
    assert.equal(shop.segment('ann')?.previous, null);
    assert.equal(shop.bench.counted.get('erased'), 2);
  });

  it('stays forgotten by what a fast clock dated after it, and by an import of the past', () => {
    const shop = withHistory().hears(deletion(200));
    shop.happens(ann('view', 'pan', 203, { received_at: at(200) }), ann('view', 'pan', 3, { backfill: true }));
    assert.equal(shop.profile('ann'), undefined);
  });

  it('may be told of anew: later updates repeat when it was, and forget nothing more', () => {
    const shop = withHistory()
      .hears(deletion(200))
      .happens(ann('view', 'pan', 201));
    shop.hears(customer('ann', { age: 30, updated_at: at(202), erased_at: at(200) }));
    assert.deepEqual([shop.profile('ann')?.age, shop.profile('ann')?.counts], [30, { view: 1 }]);
    shop.hears(customer('ann', { age: 31, updated_at: at(203) })).happens(ann('view', 'pan', 190));
    assert.deepEqual([shop.profile('ann')?.age, shop.profile('ann')?.counts], [31, { view: 1 }]);
  });

  it('is forgotten also where compaction has left only a later update of it', () => {
    const shop = withHistory().hears(customer('ann', { age: 30, updated_at: at(202), erased_at: at(200) }));
    assert.deepEqual([shop.profile('ann')?.age, shop.profile('ann')?.counts], [30, {}]);
    assert.equal(shop.bench.table(topics.sessions).size, 0);
  });

  it('has still refused consent, if so', () => {
    for (const rest of [{}, { consent: false }]) {
      const shop = withHistory().hears(customer('ann', { consent: false, updated_at: at(150) }));
      shop.hears(deletion(200, rest)).happens(ann('view', 'pan', 201));
      assert.deepEqual([shop.profile('ann')?.consent, shop.profile('ann')?.counts], [false, {}]);
    }
  });

  it('can be deleted again', () => {
    const shop = withHistory()
      .hears(deletion(200))
      .happens(ann('view', 'pan', 201))
      .hears(deletion(300));
    assertGone(shop);
    assert.equal(shop.bench.get(topics.erasures, 'ann')?.erased_at, at(300));
  });
});

describe('what makes no sense', () => {
  it('goes to the dead letters with its reason, and changes nothing', () => {
    const shop = new Shop().happens(ann('view', 'pan', 0), ann('__proto__', 'pan', 1), ann('view', '', 2));
    assert.deepEqual(
      shop.bench.deadLetters().map(({ reason }) => reason),
      ['bad_event_type', 'empty_item_id'],
    );
    assert.deepEqual(shop.profile('ann')?.counts, { view: 1 });
  });
});

describe('items', () => {
  it('are neighbours when customers see them together', () => {
    const shop = new Shop();
    for (let number = 0; number < 12; number += 1) {
      const someone = by(`customer-${number}`);
      const odd = number % 3 === 0 ? 'pot' : `item-${number}`;
      shop.happens(
        someone('view', 'pan', number),
        someone('view', 'lid', number + 1),
        someone('view', odd, number + 2),
      );
    }
    const [first, second] = shop.features('pan')?.neighbours ?? [];
    assert.deepEqual([first?.item_id, second?.item_id], ['lid', 'pot']);
    assert.equal(shop.features('lid')?.neighbours[0]?.item_id, 'pan', 'both items of a pair know it');
  });

  it('are bought together with lift and confidence as computed by hand', () => {
    const shop = new Shop();
    // 12 baskets: pan and lid in 4, pan alone in 2, lid alone in 1, salt in 5.
    const baskets = [
      ...Array(4).fill(['pan', 'lid']),
      ['pan'],
      ['pan'],
      ['lid'],
      ...Array(5).fill(['salt']),
    ] as string[][];
    baskets.forEach((basket, number) => {
      const someone = by(`customer-${number}`);
      shop.happens(...basket.map((itemId, place) => someone('purchase', itemId, number * 10 + place, { value: 1 })));
    });
    assert.deepEqual(shop.features('pan')?.bought_together, [{ item_id: 'lid', count: 4 }]);
    assert.deepEqual(complements(shop, 'pan'), [['lid', (4 / 6 - 5 / 12).toFixed(9)]]);
    assert.deepEqual(complements(shop, 'lid'), [['pan', (4 / 5 - 6 / 12).toFixed(9)]]);
    const totals = [...shop.bench.table(topics.basketTotals).values()];
    assert.equal(totals.reduce((sum, { baskets }) => sum + baskets, 0), 12); // prettier-ignore
  });

  it('show the same complements however the baskets came: one by one, or as a backlog before anything is known of any item', () => {
    const kinds = [['pan', 'lid'], ['pan', 'salt'], ['tea', 'pot'], ['salt'], ['salt'], ['tea', 'salt'], ['mug']];
    const bought = Array.from({ length: 140 }, (_, number) => {
      const someone = by(`customer-${number}`);
      const basket = kinds[number % kinds.length] ?? [];
      return basket.map((itemId, place) => someone('purchase', itemId, number * 10 + place, { backfill: true }));
    }).flat();
    const oneByOne = new Shop().happens(...bought);
    const backlog = new Shop({ batchRecordsMax: 10_000 }).happens(...bought);
    const newestFirst = new Shop().happens(...bought.toReversed());
    for (const itemId of ['pan', 'lid', 'salt', 'tea', 'pot', 'mug']) {
      // How strong they are may differ: what is told of an item is up to a step of 6 % behind, which one depends on the order.
      const names = (shop: Shop) => complements(shop, itemId).map(([name]) => name);
      assert.deepEqual(names(backlog), names(oneByOne), itemId);
      assert.deepEqual(names(newestFirst), names(oneByOne), `${itemId}, newest first`);
    }
    assert.deepEqual(
      ['pan', 'lid', 'tea', 'pot', 'salt', 'mug'].map((id) => complements(oneByOne, id).map(([name]) => name)),
      [['lid'], ['pan'], ['pot'], ['tea'], [], []],
    );
  });

  it('are ranked over all partitions, by category, channel and segment; who is withheld keeps the place, who is unknown has none', () => {
    const shop = new Shop().offers(
      ...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => item(id, { categories: [id < 'd' ? 'Early' : 'Late'] })),
      item('gone', { in_stock: false }),
    );
    const views = { a: 1, b: 6, c: 3, d: 5, e: 2, f: 4, gone: 9, unknown: 8 };
    for (const [itemId, count] of Object.entries(views)) {
      for (let number = 0; number < count; number += 1) {
        shop.happens(by(`customer-${number}`)('view', itemId, 0, { channel: itemId === 'c' ? 'app' : 'web' }));
      }
    }
    assert.deepEqual(shop.ranking('popular'), ['gone', 'b', 'd', 'f', 'c', 'e', 'a']);
    assert.deepEqual(shop.ranking('trending'), ['gone', 'b', 'd', 'f', 'c', 'e', 'a']);
    assert.deepEqual(shop.ranking('popular:category:Early'), ['b', 'c', 'a']);
    assert.deepEqual(shop.ranking('popular:channel:app'), ['c']);
    assert.deepEqual(shop.ranking('popular:segment:New'), ['gone', 'b', 'd', 'f', 'c', 'e', 'a']);
    assert.deepEqual(shop.bench.get(topics.rankings, 'popular')?.items[1]?.score.toFixed(1), '5.9');
  });
});

describe('rankings of campaigns', () => {
  const looks = (campaign_id: string, itemId: string, minutes: number) =>
    [0, 1].map((number) => by(`${campaign_id}-${number}`)('view', itemId, minutes, { campaign_id }));

  it('hold what was looked at in the campaign', () => {
    const shop = new Shop().happens(...looks('spring', 'pan', 0), ...looks('autumn', 'pot', 1), ann('view', 'lid', 2));
    assert.deepEqual(shop.ranking('popular:campaign:spring'), ['pan']);
    assert.deepEqual(shop.ranking('popular:campaign:autumn'), ['pot']);
  });

  it('go when later campaigns take their place, however many come', () => {
    const campaigns = Array.from({ length: 60 }, (_, number) => `campaign-${number}`);
    const shop = new Shop().happens(...campaigns.flatMap((name, number) => looks(name, 'pan', number * 48 * 60)));
    const listed = campaigns.filter((name) => shop.ranking(`popular:campaign:${name}`).length > 0);
    assert.deepEqual(listed, campaigns.slice(-50), 'one item stands in one partition, with 50 campaigns');
    assert.equal(shop.bench.get(topics.rankings, 'popular:campaign:campaign-0'), undefined);
  });
});

describe('rankings of locations', () => {
  const looks = (location: string, itemId: string, times: number, minutes: number) =>
    Array.from({ length: times }, (_, number) =>
      by(`${location}-${number}`)('view', itemId, minutes, { context: { location } }),
    );

  it('hold what was looked at there, once it is more than the wish of one or two', () => {
    const shop = new Shop().happens(...looks('Lyon', 'pan', 6, 0), ...looks('Vienna', 'pot', 6, 1), ...looks('Mill', 'lid', 2, 2)); // prettier-ignore
    assert.deepEqual(shop.ranking('popular:location:Lyon'), ['pan']);
    assert.deepEqual(shop.ranking('popular:location:Vienna'), ['pot']);
    assert.equal(shop.bench.get(topics.rankings, 'popular:location:Mill'), undefined);
  });

  it('are of where customers say they live, whatever the context says', () => {
    const names = Array.from({ length: 6 }, (_, number) => `mover-${number}`);
    const shop = new Shop();
    for (const customer_id of names) shop.hears(customer(customer_id, { location: 'Lyon' }));
    shop.happens(...names.map((name) => by(name)('view', 'pan', 300, { context: { location: 'Vienna' } })));
    assert.deepEqual(shop.ranking('popular:location:Lyon'), ['pan']);
    assert.equal(shop.bench.get(topics.rankings, 'popular:location:Vienna'), undefined);
  });
});

describe('late events', () => {
  it('correct what they belong to, on both sides', () => {
    const late = ann('view', 'lid', 1, { received_at: at(3) });
    const shop = new Shop().happens(ann('view', 'pan', 0), ann('view', 'pot', 2), late);
    assert.deepEqual(shop.profile('ann')?.session?.items, ['pan', 'lid', 'pot']);
    assert.deepEqual(
      shop.features('lid')?.neighbours.map(({ item_id }) => item_id),
      ['pan', 'pot'],
    );
    assert.equal(shop.profile('ann')?.last_activity, at(2));
  });

  it('too late for the session count, but start none', () => {
    const shop = new Shop().happens(ann('view', 'pan', 600), ann('view', 'pot', 0, { received_at: at(601) }));
    assert.deepEqual([shop.profile('ann')?.sessions, shop.profile('ann')?.counts], [1, { view: 2 }]);
    assert.equal(shop.features('pot')?.views, 1);
  });
});

describe('however it is run', () => {
  const types = ['view', 'view', 'view', 'add_to_cart', 'purchase', 'refund', 'mystery'];
  const history = Array.from({ length: 600 }, (_, index) => {
    const someone = by(`customer-${(index * 7) % 23}`);
    const type = types[(index * 5) % types.length] as string;
    const rest = { received_at: at(index), value: type === 'view' ? null : index % 50 };
    return someone(type, `item-${(index * index) % 31}`, index - (index % 11 === 0 ? 25 : 0), rest);
  });
  const repeated = history.flatMap((each, index) => (index % 13 === 0 ? [each, each] : [each]));

  const activities = (shop: Shop) =>
    new Map([...shop.bench.table(topics.itemActivity)].map(([key, one]) => [key, withoutLastBits(one)]));

  const deletion = customer('customer-7', { updated_at: at(300), erased_at: at(300) });

  function run(options: Partial<TestBenchOptions>): Shop {
    const items = Array.from({ length: 31 }, (_, index) =>
      item(`item-${index}`, { categories: [`c${index % 4}`], price: index }),
    );
    return new Shop(options)
      .offers(...items)
      .happens(...repeated.slice(0, 320))
      .hears(deletion)
      .happens(...repeated.slice(320));
  }

  const reference = run({});
  const others: [string, Partial<TestBenchOptions>][] = [
    ['in batches of 7', { batchRecordsMax: 7 }],
    ['in one batch', { batchRecordsMax: 10_000 }],
    ['in any order of tasks, with lost stores', { disorderSeed: 42 }],
    ['in another disorder', { disorderSeed: 4711 }],
  ];
  for (const [how, options] of others) {
    it(`customers come out with the same bytes, and items with the same counts: ${how}`, () => {
      const shop = run(options);
      for (const topic of [topics.profiles, topics.erasures, topics.segments, topics.sessions]) {
        assert.deepEqual(
          shop.bench.tableBytes<never>(topic as never),
          reference.bench.tableBytes<never>(topic as never),
        );
      }
      // Which of two partitions' customers an item hears of first is nobody's promise: last bits and the order of pairs may differ.
      assert.deepEqual(activities(shop), activities(reference));
    });
  }

  it('items count what a recount of the interactions counts', () => {
    const naive = history.filter(({ event_type, item_id }) => event_type === 'view' && item_id === 'item-9').length;
    assert.equal(reference.features('item-9')?.views, naive);
  });
});

/** As scoring sees them: what buying the item adds to the chance of buying another. */
function complements(shop: Shop, itemId: string): [string, string][] {
  const items = shop.bench.lookupView('catalogue') as ItemIndex;
  const id = items.idOf(itemId);
  return Array.from({ length: items.complementCount(id) }, (_, place): [string, number] => [
    items.nameOf(items.complementAt(id, place)),
    items.complementScoreAt(id, place),
  ])
    .filter(([, score]) => score > 0)
    .map(([other, score]): [string, string] => [other, score.toFixed(9)])
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function segmentHistory(shop: Shop, customerId: string) {
  const segments = shop.bench
    .written(topics.segments)
    .flatMap(({ key, value }) => (key === customerId && value ? [value] : []));
  return segments.filter((segment, index) => segment.segment !== segments[index - 1]?.segment);
}
