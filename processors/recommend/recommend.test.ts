// The processor in its stage, on the test bench. What a list holds is proved in scorer.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as topics from '../../schemas/topics.ts';
import type { Interaction, Item, Rule } from '../../schemas/types.ts';
import { TestBench, type TestBenchOptions } from '../../streams/testing/test-bench.ts';
import { at, customer, interaction, item } from '../testing/given.ts';
import { modelRecordOf, tasteModel } from '../testing/trained.ts';
import { modelsLookupOf } from '../lookups/models.ts';
import type { BatchModel } from '../../models/batch-model.ts';
import { stages } from '../topology.ts';

function shop(items: readonly (string | Item)[], options: Partial<TestBenchOptions> = {}): TestBench {
  const bench = new TestBench({ stages, ...options });
  for (const one of items) {
    const described = typeof one === 'string' ? item(one) : one;
    bench.send(topics.items, described.item_id, described, described.updated_at);
  }
  return bench.run();
}

function happens(bench: TestBench, ...interactions: readonly Interaction[]): TestBench {
  for (const one of interactions) bench.send(topics.interactions, one.customer_id, one, one.received_at);
  return bench.run();
}

function listOf(bench: TestBench, customerId = 'ann') {
  return bench.get(topics.recommendations, customerId);
}

function idsOf(bench: TestBench, customerId = 'ann'): string[] {
  return (listOf(bench, customerId)?.items ?? []).map(({ item_id }) => item_id);
}

function rule(kind: string, rest: Partial<Rule>): Rule {
  const always = { rule_id: kind, version: 1, updated_at: at(0), active: true, starts_at: null, ends_at: null };
  return { ...always, numbers: {}, words: {}, ...rest, kind };
}

const view = (itemId: string, minute: number, customer_id = 'ann') =>
  interaction('view', itemId, at(minute), { customer_id });

describe('recommendations', () => {
  it('come with the first thing a customer does, and say what they rest on', () => {
    const bench = happens(shop(['pan', 'pot', 'lid']), view('pan', 0, 'bob'), view('pot', 1, 'bob'), view('pan', 2));
    const list = listOf(bench);
    assert.deepEqual(list?.items[0], {
      item_id: 'pot',
      score: list?.items[0]?.score,
      algorithm: 'session_knn',
      because: [0],
      propensity: 1,
    });
    assert.equal(list?.because[0]?.item_id, 'pan');
    assert.deepEqual(
      [list?.customer_id, list?.segment, list?.model, list?.timestamp],
      ['ann', 'New', 'blend-2', at(2)],
    );
    const lookups = ['catalogue', 'content', 'models', 'rankings', 'rules', 'session-index'];
    assert.deepEqual(Object.keys(list?.lookups ?? {}).sort(), lookups);
  });

  it('know the sessions of others a moment later, but never take the own one for proof', () => {
    const bench = happens(shop(['pan', 'pot', 'lid']), view('pan', 0), view('pot', 1));
    assert.ok(listOf(bench)?.items.every(({ algorithm }) => algorithm !== 'session_knn'));
    happens(bench, view('pan', 2, 'bob'), view('lid', 3, 'bob'), view('pan', 4));
    assert.equal(listOf(bench)?.items.find(({ item_id }) => item_id === 'lid')?.algorithm, 'session_knn');
  });

  it('exist for a customer of whom only the name is known', () => {
    const bench = shop(['pan']).send(topics.customers, 'ann', customer('ann'), at(0)).run();
    assert.deepEqual(idsOf(bench), ['pan']);
  });

  it('are made once per customer and batch, and name the position that they reflect', () => {
    const bench = shop(['pan', 'pot'], { batchRecordsMax: 100, partitions: 1 });
    happens(bench, ...Array.from({ length: 10 }, (_, minute) => view('pan', minute)), view('pot', 10, 'bob'));
    assert.equal(bench.written(topics.recommendations).length, 2);
    const last = bench.log.all('test.interactions.v1').at(-1)?.offset ?? NaN;
    assert.deepEqual([listOf(bench)?.partition, listOf(bench)?.position], [0, last + 1]);
  });

  it('have ids of their own', () => {
    const bench = happens(shop(['pan', 'pot']), view('pan', 0), view('pot', 1), view('pan', 1, 'bob'), view('pan', 2));
    const ids = bench.written(topics.recommendations).map(({ value }) => value?.recommendation_id);
    assert.equal(new Set(ids).size, 4);
    assert.match(ids[0] ?? '', /^interactions-\d+-\d+-[0-9a-z]+$/);
  });

  it('offer nothing that the shop took back since', () => {
    const bench = happens(
      shop(['pan', 'pot', 'lid']),
      view('pan', 0, 'bob'),
      view('pot', 1, 'bob'),
      view('lid', 2, 'bob'),
    );
    bench
      .send(topics.items, 'pot', item('pot', { in_stock: false }), at(3))
      .send(topics.items, 'lid', null, at(3))
      .run();
    happens(bench, view('pan', 4));
    assert.ok(!idsOf(bench).includes('pot') && !idsOf(bench).includes('lid'));
  });

  it('follow the rules of marketing for as long as they hold, and name them', () => {
    const bench = shop(['pan', 'pot', 'lid', 'cup']);
    const weights = rule('recommend-weights', { numbers: { list_items: 1 }, starts_at: at(10), ends_at: at(20) });
    const filters = rule('recommend-filters', { words: { items_out: ['pot'] }, version: 7 });
    bench
      .send(topics.rules, 'recommend-weights', weights, at(0))
      .send(topics.rules, 'recommend-filters', filters, at(0))
      .run();
    const at5 = happens(bench, view('pan', 5));
    assert.deepEqual(idsOf(at5).sort(), ['cup', 'lid']);
    assert.equal(listOf(at5)?.model, 'blend-2+recommend-filters@7');
    assert.equal(idsOf(happens(bench, view('pan', 15))).length, 1);
    assert.equal(listOf(bench)?.model, 'blend-2+recommend-weights@1+recommend-filters@7');
    assert.equal(idsOf(happens(bench, view('pan', 25))).length, 2);
  });

  it('end with the consent, and with the customer', () => {
    const bench = happens(shop(['pan', 'pot']), view('pan', 0), view('pan', 0, 'bob'));
    bench.send(topics.customers, 'ann', customer('ann', { consent: false, updated_at: at(1) }), at(1));
    bench.send(topics.customers, 'bob', null, at(1)).run();
    assert.deepEqual([listOf(bench), listOf(bench, 'bob')], [undefined, undefined]);
  });

  it('are the same bytes when the same log is handled again', () => {
    const story = Array.from({ length: 150 }, (_, minute) => {
      const type = ['view', 'view', 'add_to_cart', 'purchase'][minute % 4] as string;
      return interaction(type, `item-${(minute * 7) % 20}`, at(minute), { customer_id: `c${(minute * 5) % 8}` });
    });
    const items = Array.from({ length: 20 }, (_, number) => item(`item-${number}`, { categories: [`c${number % 3}`] }));
    const tell = () => happens(shop(items), ...story).tableBytes(topics.recommendations);
    const told = tell();
    assert.equal(told.size, 8);
    assert.deepEqual(tell(), told);
  });
});

describe('with trained models', () => {
  const early = tasteModel({ version: 'early', tastes: { pan: ['lid'] } });
  const late = tasteModel({ version: 'late', tastes: { pan: ['cup'] }, repeats: { Milk: { share: 0.6, days: 7 } } });

  /** Artefacts are at hand at once, as in every replay. */
  function shopWith(models: readonly BatchModel[], items: readonly (string | Item)[], options = {}): TestBench {
    const lookup = modelsLookupOf(({ version }, fetched) =>
      fetched(models.find((model) => model.version === version) ?? null),
    );
    return shop(items, { lookups: [lookup], ...options });
  }

  function promote(bench: TestBench, version: string, minute: number): TestBench {
    return bench.send(topics.models, `recommend/${version}`, modelRecordOf(version, at(minute)), at(minute)).run();
  }

  it('lists use the one promoted last, from the next event on, and name it', () => {
    const bench = shopWith([early, late], ['pan', 'lid', 'cup', 'pot']);
    happens(bench, view('pan', 0));
    assert.equal(listOf(bench)?.model, 'blend-2');
    happens(promote(bench, 'early', 1), view('pan', 2));
    assert.equal(listOf(bench)?.model, 'blend-2+early');
    const [first] = listOf(bench)?.items ?? [];
    assert.deepEqual([first?.item_id, first?.algorithm, first?.because], ['lid', 'tastes', [0]]);
    happens(promote(bench, 'late', 3), view('pan', 4));
    assert.deepEqual([listOf(bench)?.model, idsOf(bench)[0]], ['blend-2+late', 'cup']);
  });

  it('one that can’t be used changes nothing', () => {
    const bench = promote(promote(shopWith([early], ['pan', 'lid']), 'early', 0), 'missing', 1);
    happens(bench, view('pan', 2));
    assert.equal(listOf(bench)?.model, 'blend-2+early');
  });

  it('a replay gives the same bytes, whenever models came in between', () => {
    const story = Array.from({ length: 60 }, (_, minute) =>
      view(`item-${(minute * 5) % 12}`, minute, `c${minute % 4}`),
    );
    const tell = () => {
      const bench = shopWith(
        [early, late],
        Array.from({ length: 12 }, (_, number) => `item-${number}`),
      );
      for (const [minute, one] of story.entries()) {
        if (minute === 20) promote(bench, 'early', minute);
        if (minute === 40) promote(bench, 'late', minute);
        happens(bench, one);
      }
      return bench.tableBytes(topics.recommendations);
    };
    assert.deepEqual(tell(), tell());
  });

  it('somebody new is shown what is popular where they live and at that hour, and what follows from the first click after it', () => {
    const books = { 'location:Lyon': { Books: 2.4, Toys: 0.5 } };
    const shelf = (category: string, ids: readonly string[]) => ids.map((id) => item(id, { categories: [category] }));
    const known = tasteModel({ version: 'lifts', contexts: books });
    const bench = shopWith(
      [known],
      [...shelf('Toys', ['bear', 'ball', 'kite']), ...shelf('Books', ['novel', 'atlas'])],
    );
    promote(bench, 'lifts', 0);
    happens(bench, view('bear', 1, 'bob'), view('novel', 2, 'cy'), view('bear', 9, 'dan'), view('kite', 10, 'dan'));
    for (const [id, location] of [
      ['ann', 'Lyon'],
      ['eve', 'Berlin'],
    ] as const)
      bench.send(topics.customers, id, customer(id, { location }), at(20)).run();
    assert.deepEqual([idsOf(bench, 'ann')[0], idsOf(bench, 'eve')[0]], ['novel', 'bear']);
    happens(bench, view('bear', 21));
    assert.deepEqual([idsOf(bench)[0], listOf(bench)?.items[0]?.algorithm], ['kite', 'session_knn']);
  });

  it('milk comes back when it may have run out, a television does not', () => {
    const television = tasteModel({
      version: 'tv',
      repeats: { Milk: { share: 0.6, days: 7 }, TV: { share: 0, days: 0 } },
    });
    const bench = shopWith(
      [television],
      [item('milk', { categories: ['Food', 'Milk'] }), item('tv', { categories: ['TV'] }), 'pan', 'pot'],
    );
    promote(bench, 'tv', 0);
    const day = 24 * 60;
    const bought = (itemId: string, minute: number) => interaction('purchase', itemId, at(minute));
    happens(bench, bought('tv', 1), bought('milk', 0.5 * day), view('pan', day));
    assert.ok(!idsOf(bench).includes('milk'), 'a day later nobody needs more');
    happens(bench, view('pan', 8 * day));
    const milk = listOf(bench)?.items.find(({ item_id }) => item_id === 'milk');
    assert.equal(milk?.algorithm, 'repeat');
    assert.deepEqual(
      milk?.because.map((place) => listOf(bench)?.because[place]?.event_type),
      ['purchase'],
    );
    happens(bench, view('pan', 200 * day));
    assert.ok(!idsOf(bench).includes('tv'), 'a television not even after half a year');
  });
});

describe('a new item', () => {
  const described = (id: string, title: string) => item(id, { title, tags: ['desk'] });

  it('is offered with what it is like, before anybody has seen it', () => {
    const many = Array.from({ length: 40 }, (_, number) => item(`other-${number}`, { title: `Thing ${number}` }));
    const bench = shop([described('lamp', 'Oak desk lamp'), ...many]);
    happens(bench, view('lamp', 0));
    bench.send(topics.items, 'lamp-2', described('lamp-2', 'Walnut desk lamp'), at(1)).run();
    happens(bench, view('lamp', 2));
    const found = listOf(bench)?.items.find(({ item_id }) => item_id === 'lamp-2');
    assert.equal(found?.algorithm, 'content');
    assert.equal(listOf(bench)?.because[found?.because[0] ?? -1]?.item_id, 'lamp');
  });

  it('gets its share of places, and the list says truly how probable that was', () => {
    const half = rule('recommend-weights', { numbers: { exploration_share: 0.5 } });
    const bench = shop(Array.from({ length: 60 }, (_, number) => `item-${number}`));
    bench.send(topics.rules, 'recommend-weights', half, at(0)).run();
    let [places, explored] = [0, 0];
    for (let minute = 1; minute <= 60; minute += 1) {
      happens(bench, view(`item-${minute % 9}`, minute));
      const items = listOf(bench)?.items ?? [];
      assert.ok(
        items.slice(0, 3).every(({ propensity, algorithm }) => propensity === 1 && algorithm !== 'exploration'),
      );
      // As long as there is something to try, each place goes to it with the same probability.
      const chancy = items.filter(({ propensity }) => propensity < 1);
      places += chancy.length;
      explored += chancy.filter(({ algorithm }) => algorithm === 'exploration').length;
      for (const { algorithm, propensity } of chancy)
        assert.ok(algorithm === 'exploration' ? propensity > 0 && propensity <= 0.5 : propensity === 0.5);
    }
    assert.ok(places > 500 && Math.abs(explored / places - 0.5) < 0.06, `${explored} of ${places}`);
  });
});
