// With the store on a server that is away, what was popular is offered from memory, and the answer says so.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { items, rankings, recommendations } from '../../schemas/topics.ts';
import type { ServingKey } from '../../serving/serving-store.ts';
import { aList, anItem, aRanking, nowMs } from '../testing/examples.ts';
import { FakeServing } from '../testing/fake-serving.ts';
import { openBench, type Bench, type Json } from '../testing/gateway-bench.ts';

const unavailable = () => Object.assign(new Error('ECONNREFUSED'), { kind: 'DependencyUnavailable' });

/** Answers later, as a server does. */
function onServer(serving: FakeServing) {
  return {
    get: async (collection: string, key: string) => serving.get(collection, key),
    getMany: async (keys: readonly ServingKey[]) => serving.getMany(keys),
    waitForProgress: serving.waitForProgress.bind(serving),
  };
}

suite('lists while the serving store is away', () => {
  let bench: Bench;
  let serving: FakeServing;
  beforeEach(async () => {
    serving = new FakeServing();
    for (const item_id of ['kettle', 'mug', 'hose'])
      serving.put(items, item_id, anItem({ item_id, categories: [item_id === 'hose' ? 'Garden' : 'Tea'] }));
    serving.put(items, 'gone', anItem({ item_id: 'gone', in_stock: false }));
    serving.put(rankings, 'popular', aRanking('popular', 'gone', 'mug', 'hose', 'kettle'));
    serving.put(recommendations, 'ada', aList());
    const clock = { nowMs: () => nowMs, sleep: (ms: number) => sleep(ms, undefined, { ref: false }) };
    bench = await openBench({}, { serving: onServer(serving), clock });
    assert.equal((await get('ada?limit=1')).json['fallback']?.['used'], false);
    serving.failure = unavailable();
  });
  afterEach(() => bench.close());

  const get = (rest: string) => bench.ask('GET', `/api/v1/recommendations/${rest}`);
  const ids = (json: Json) => json['items']?.map((item) => String(item['item_id']));

  test('what is popular, as far as it may be shown and fits', async () => {
    const { status, json } = await get('ada?limit=2&explain=none');
    assert.equal(status, 200);
    assert.deepEqual(ids(json), ['mug', 'hose']);
    assert.deepEqual([json['customer_id'], json['segment']], ['ada', null]);
    assert.deepEqual(json['fallback'], { used: true, why: 'store_unavailable' });
    assert.deepEqual(ids((await get('ada?filter=category:Tea&exclude=mug')).json), ['kettle']);
    assert.deepEqual(ids((await get('ada?session=mug')).json), ['hose', 'kettle'], 'without what is in sight');
  });

  test('for sessions too, and positions are not reached', async () => {
    const { status, json } = await bench.ask('POST', '/api/v1/sessions/recommendations', { body: { items: ['mug'] } });
    assert.equal(status, 200);
    assert.deepEqual([ids(json), json['fallback']?.['why']], [['hose', 'kettle'], 'store_unavailable']);
    assert.equal((await get('ada?min_position=0:1,1:1,2:1,3:1')).json['position_reached'], false);
  });

  test('what can’t be answered without the store is still refused', async () => {
    assert.equal((await bench.ask('GET', '/api/v1/customers/ada')).status, 503);
  });

  test('once it is back, lists are the customers’ own again', async () => {
    serving.failure = null;
    assert.equal((await get('ada')).json['fallback']?.['used'], false);
  });
});

test('a store in this process is not copied: without it nothing is offered', async () => {
  const bench = await openBench();
  bench.serving.put(rankings, 'popular', aRanking('popular', 'mug'));
  bench.serving.failure = unavailable();
  assert.equal((await bench.ask('GET', '/api/v1/recommendations/ada')).status, 503);
  await bench.close();
});
