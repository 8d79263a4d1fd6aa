// Visitors who turn out to be customers, on the whole topology with 4 partitions.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as topics from '../../schemas/topics.ts';
import type { CustomerUpdate, Identity, Interaction } from '../../schemas/types.ts';
import { partitionOf, type TopicDefinition } from '../../streams/index.ts';
import { TestBench } from '../../streams/testing/test-bench.ts';
import { limits } from '../profile/limits.ts';
import { at, customer, identity, interaction, item } from '../testing/given.ts';
import { stages } from '../topology.ts';

class Shop {
  readonly bench = new TestBench({ stages });

  constructor() {
    for (const each of [item('pan', { price: 40, categories: ['Home'] }), item('lamp', { price: 90 })])
      this.bench.send(topics.items, each.item_id, each, each.updated_at);
  }

  happens(...interactions: Interaction[]): this {
    for (const each of interactions) this.bench.send(topics.interactions, each.customer_id, each, each.received_at);
    this.bench.run();
    return this;
  }

  identifies(...identities: Identity[]): this {
    for (const each of identities) this.bench.send(topics.identities, each.anonymous_id, each, each.received_at);
    this.bench.run();
    return this;
  }

  hears(update: CustomerUpdate): this {
    this.bench.send(topics.customers, update.customer_id, update, update.updated_at).run();
    return this;
  }

  profile(id: string) {
    return this.bench.get(topics.profiles, id);
  }
  views(id: string): number | undefined {
    return this.profile(id)?.counts['view'];
  }
  segment(id: string) {
    return this.bench.get(topics.segments, id)?.segment;
  }
  bytes(topic: TopicDefinition<never> = topics.profiles as never): Map<string, Buffer> {
    return this.bench.tableBytes(topic);
  }
}

const by =
  (customer_id: string) =>
  (type: string, itemId: string | null, minute: number, rest: Partial<Interaction> = {}) =>
    interaction(type, itemId, at(minute), { customer_id, ...rest });
const visitor = by('visitor-7');
const phone = by('phone-3');
const anna = by('anna');
const bob = by('bob');
const link = (anonymousId: string, customerId: string, minute: number, rest: Partial<Identity> = {}) =>
  identity(anonymousId, customerId, at(minute), rest);
const unlink = (anonymousId: string, customerId: string, minute: number) =>
  link(anonymousId, customerId, minute, { withdrawn: true });

it('the ids of these tests are in different partitions: otherwise nothing would be proved', () => {
  const partitions = ['visitor-7', 'phone-3', 'anna'].map((id) => partitionOf(Buffer.from(id), 4));
  assert.equal(new Set(partitions).size, 3, String(partitions));
});

describe('a visitor who turns out to be a customer', () => {
  it('brings everything along, once', () => {
    const shop = new Shop()
      .happens(visitor('view', 'lamp', 0), visitor('purchase', 'pan', 1), anna('view', 'pan', 2))
      .identifies(link('visitor-7', 'anna', 3));
    const { counts, orders, lifetime_value, anonymous_ids, recent } = shop.profile('anna') ?? {};
    assert.deepEqual(
      { counts, orders, lifetime_value, anonymous_ids },
      { counts: { view: 2, purchase: 1 }, orders: 1, lifetime_value: 40, anonymous_ids: ['visitor-7'] },
    );
    assert.deepEqual(
      recent?.map(({ item_id }) => item_id),
      ['lamp', 'pan', 'pan'],
    );
  });

  it('changes segment and list of the customer', () => {
    const dear = [0, 1, 2].map((n) => visitor('purchase', 'pan', n, { value: 200, context: { order_id: `o${n}` } }));
    const shop = new Shop().happens(...dear, visitor('view', 'lamp', 4), anna('view', 'pan', 5));
    assert.equal(shop.segment('anna'), 'New');
    shop.identifies(link('visitor-7', 'anna', 6));
    assert.equal(shop.segment('anna'), 'Premium');
    assert.equal(shop.bench.get(topics.recommendations, 'anna')?.segment, 'Premium');
  });

  it('is counted in no segment of its own, but still known under its id', () => {
    const shop = new Shop().happens(visitor('view', 'lamp', 0));
    assert.equal(shop.segment('visitor-7'), 'New');
    shop.identifies(link('visitor-7', 'anna', 3));
    assert.equal(shop.segment('visitor-7'), undefined);
    assert.deepEqual([shop.views('visitor-7'), shop.profile('visitor-7')?.links[0]?.customer_id], [1, 'anna']);
    assert.ok(shop.bench.get(topics.recommendations, 'visitor-7') !== undefined);
  });

  it('is followed by what it does later, and late', () => {
    const shop = new Shop().happens(visitor('view', 'lamp', 10)).identifies(link('visitor-7', 'anna', 11));
    shop.happens(visitor('view', 'pan', 12), visitor('view', 'pan', 1, { received_at: at(13) }));
    assert.equal(shop.views('anna'), 3);
    const again = visitor('view', 'lamp', 14);
    shop.happens(again, again);
    assert.equal(shop.views('anna'), 4);
  });

  it('may have done nothing yet, and so may the customer', () => {
    const shop = new Shop().identifies(link('visitor-7', 'anna', 0));
    assert.deepEqual(shop.profile('anna')?.anonymous_ids, ['visitor-7']);
    shop.happens(visitor('view', 'lamp', 1));
    assert.equal(shop.views('anna'), 1);
  });

  it('is so once, however often it is told', () => {
    const shop = new Shop().happens(visitor('view', 'lamp', 0));
    for (let n = 1; n < 4; n += 1) shop.identifies(link('visitor-7', 'anna', n));
    assert.equal(shop.views('anna'), 1);
    assert.equal(shop.bench.counted.get('repeated'), 2);
  });

  it('may have several devices', () => {
    const shop = new Shop()
      .happens(visitor('view', 'lamp', 0), phone('view', 'pan', 1), anna('view', 'pan', 2))
      .identifies(link('visitor-7', 'anna', 3), link('phone-3', 'anna', 4))
      .happens(visitor('view', 'pan', 5), phone('view', 'lamp', 6));
    assert.equal(shop.views('anna'), 5);
    assert.deepEqual(shop.profile('anna')?.anonymous_ids, ['phone-3', 'visitor-7']);
  });

  it('tells the items nothing twice', () => {
    const shop = new Shop()
      .happens(visitor('view', 'lamp', 0), visitor('purchase', 'lamp', 1), anna('view', 'lamp', 2))
      .identifies(link('visitor-7', 'anna', 3))
      .happens(visitor('view', 'lamp', 4), anna('view', 'lamp', 5));
    const { views, purchases, revenue } = shop.bench.get(topics.itemActivity, 'lamp') ?? {};
    assert.deepEqual({ views, purchases, revenue }, { views: 4, purchases: 1, revenue: 90 });
  });

  it('makes no chain: one step only', () => {
    const shop = new Shop().happens(visitor('view', 'lamp', 0), anna('view', 'pan', 1), bob('view', 'pan', 2));
    shop.identifies(link('visitor-7', 'anna', 3), link('anna', 'bob', 4)).happens(visitor('view', 'pan', 5));
    assert.deepEqual([shop.views('bob'), shop.views('anna')], [2, 3]);
    shop.identifies(link('bob', 'visitor-7', 6)).happens(bob('view', 'pan', 7), visitor('view', 'pan', 8));
    assert.deepEqual([shop.views('visitor-7'), shop.views('anna'), shop.views('bob')], [5, 4, 3]);
  });

  it('is one of a bounded number', () => {
    const shop = new Shop();
    for (let n = 0; n <= limits.visitorsMax; n += 1) shop.identifies(link(`v${n}`, 'anna', n));
    assert.equal(shop.profile('anna')?.anonymous_ids.length, limits.visitorsMax);
    assert.deepEqual(
      shop.bench.deadLetters().map(({ reason }) => reason),
      ['too_many_visitors'],
    );
  });

  it('must make sense', () => {
    const shop = new Shop().identifies(link('anna', 'anna', 0), link('visitor-7', '', 0));
    shop.bench.send(topics.identities, 'somebody', link('visitor-7', 'anna', 0), at(0)).run();
    assert.deepEqual(
      shop.bench
        .deadLetters()
        .map(({ reason }) => reason)
        .toSorted(),
      ['empty_customer_id', 'same_ids', 'wrong_key'],
    );
    assert.equal(shop.bytes().size, 0);
  });
});

describe('a device that another customer uses', () => {
  const shared = () =>
    new Shop()
      .happens(visitor('view', 'lamp', 0))
      .identifies(link('visitor-7', 'anna', 10))
      .happens(visitor('view', 'lamp', 11))
      .identifies(link('visitor-7', 'bob', 20))
      .happens(visitor('view', 'lamp', 21));

  it('gives the first one the history, the second what comes after', () => {
    const shop = shared();
    assert.deepEqual([shop.views('anna'), shop.views('bob')], [2, 1]);
    assert.deepEqual(shop.profile('bob')?.anonymous_ids, ['visitor-7']);
    shop.happens(visitor('view', 'pan', 15, { received_at: at(30) }));
    assert.deepEqual([shop.views('anna'), shop.views('bob')], [3, 1], 'what comes late belongs to who was there');
    shop.identifies(link('visitor-7', 'anna', 40)).happens(visitor('view', 'pan', 41));
    assert.deepEqual([shop.views('anna'), shop.views('bob')], [4, 1]);
  });

  it('was the first one’s all the time when the second was a mistake, and the other way round', () => {
    const annas = shared()
      .identifies(unlink('visitor-7', 'bob', 30))
      .happens(visitor('view', 'pan', 31));
    assert.deepEqual([annas.views('anna'), annas.profile('bob')], [4, undefined]);
    const bobs = shared()
      .identifies(unlink('visitor-7', 'anna', 30))
      .happens(visitor('view', 'pan', 31));
    assert.deepEqual([bobs.profile('anna'), bobs.views('bob')], [undefined, 4]);
  });
});

describe('a link that is taken back', () => {
  const history = [visitor('view', 'lamp', 0), anna('purchase', 'pan', 1), visitor('purchase', 'lamp', 2)];
  const more = [visitor('view', 'pan', 12), anna('view', 'lamp', 13)];

  it('leaves all profiles as if it had never been', () => {
    const never = new Shop().happens(...history, ...more);
    const shop = new Shop()
      .happens(...history)
      .identifies(link('visitor-7', 'anna', 10))
      .happens(...more);
    assert.notDeepEqual(shop.bytes(), never.bytes());
    shop.identifies(unlink('visitor-7', 'anna', 20));
    assert.deepEqual(shop.bytes(), never.bytes());
    assert.equal(shop.segment('visitor-7'), 'New');
    assert.equal(shop.bench.table(topics.joinedHistories).size, 0);
    const later = [visitor('view', 'pan', 30), anna('view', 'pan', 31)];
    assert.deepEqual(shop.happens(...later).bytes(), never.happens(...later).bytes());
  });

  it('leaves nobody who was known by it alone', () => {
    const shop = new Shop().identifies(link('visitor-7', 'anna', 0), unlink('visitor-7', 'anna', 1));
    assert.equal(shop.bytes().size, 0);
    assert.equal(shop.bench.table(topics.segments).size + shop.bench.table(topics.recommendations).size, 0);
  });

  it('changes nothing when there is none', () => {
    const shop = new Shop().happens(...history);
    const before = shop.bytes();
    assert.deepEqual(shop.identifies(unlink('visitor-7', 'anna', 5), unlink('x', 'anna', 5)).bytes(), before);
  });

  it('leaves the other device, and can be told again', () => {
    const shop = new Shop()
      .happens(visitor('view', 'lamp', 0), phone('view', 'lamp', 0))
      .identifies(link('visitor-7', 'anna', 1), link('phone-3', 'anna', 1), unlink('visitor-7', 'anna', 2))
      .happens(visitor('view', 'pan', 3));
    assert.deepEqual([shop.views('anna'), shop.profile('anna')?.anonymous_ids], [1, ['phone-3']]);
    shop.identifies(link('visitor-7', 'anna', 4));
    assert.equal(shop.views('anna'), 3);
  });
});

describe('a customer with a visitor', () => {
  const linked = () =>
    new Shop()
      .happens(visitor('view', 'lamp', 0), anna('view', 'pan', 1))
      .identifies(link('visitor-7', 'anna', 10))
      .happens(visitor('view', 'pan', 11));
  const erased = (id: string, minute: number) => customer(id, { updated_at: at(minute), erased_at: at(minute) });
  const refusal = (id: string, minute: number) => customer(id, { updated_at: at(minute), consent: false });

  it('who is told about stays joined', () => {
    const shop = linked().hears(customer('anna', { age: 30, updated_at: at(20) }));
    assert.deepEqual([shop.profile('anna')?.age, shop.views('anna')], [30, 3]);
  });

  it('who is deleted is forgotten under both ids, with the link', () => {
    const shop = linked().hears(erased('anna', 20));
    assert.equal(shop.bytes().size, 0);
    for (const topic of [topics.joinedHistories, topics.sessions, topics.recommendations, topics.segments])
      assert.equal(shop.bytes(topic as never).size, 0, topic.name);
    shop.happens(visitor('view', 'lamp', 5, { received_at: at(30) }), visitor('view', 'lamp', 21));
    assert.deepEqual([shop.views('visitor-7'), shop.profile('anna')], [1, undefined]);
  });

  it('who was deleted does not come back by a link of before, or a history of before', () => {
    const shop = new Shop().happens(visitor('view', 'lamp', 0)).hears(erased('anna', 20));
    shop.identifies(link('visitor-7', 'anna', 10));
    assert.equal(shop.bytes().size, 0, 'the visitor was anna, and anna is to be forgotten');

    const other = new Shop().happens(visitor('view', 'lamp', 0)).hears(erased('anna', 20));
    other.identifies(link('visitor-7', 'anna', 30)).happens(visitor('view', 'lamp', 31));
    assert.deepEqual([other.views('anna'), other.views('visitor-7')], [1, 1], 'only what came after the deletion');
    assert.deepEqual(other.profile('anna')?.anonymous_ids, ['visitor-7']);
  });

  it('who refuses consent does so for the visitor, too', () => {
    const shop = linked().hears(refusal('anna', 20));
    shop.happens(visitor('view', 'lamp', 21), anna('view', 'lamp', 22));
    for (const id of ['anna', 'visitor-7']) {
      assert.deepEqual([shop.profile(id)?.consent, shop.profile(id)?.counts], [false, {}], id);
    }
    assert.equal(shop.bench.table(topics.sessions).size, 0);
    assert.equal(shop.bench.table(topics.joinedHistories).size, 0);
    assert.equal(shop.bench.get(topics.recommendations, 'visitor-7'), undefined);
  });

  it('who has refused consent is joined by nobody', () => {
    const shop = new Shop().happens(visitor('view', 'lamp', 0)).hears(refusal('anna', 1));
    shop.identifies(link('visitor-7', 'anna', 2)).happens(visitor('view', 'lamp', 3));
    assert.deepEqual([shop.profile('anna')?.counts, shop.profile('visitor-7')?.counts], [{}, {}]);
    assert.equal(shop.profile('visitor-7')?.consent, false);
  });

  it('loses what the visitor did when that is deleted or refused', () => {
    for (const update of [erased('visitor-7', 20), refusal('visitor-7', 20)]) {
      const shop = linked().hears(update);
      assert.deepEqual([shop.views('anna'), shop.profile('anna')?.anonymous_ids], [1, []]);
    }
  });

  it('who shared a device loses nothing when the other is deleted', () => {
    const shop = linked()
      .identifies(link('visitor-7', 'bob', 20))
      .happens(visitor('view', 'pan', 21))
      .hears(erased('anna', 30));
    assert.equal(shop.views('bob'), 1);
    shop.happens(visitor('view', 'pan', 31));
    assert.deepEqual([shop.views('bob'), shop.profile('anna')], [2, undefined]);
  });
});
