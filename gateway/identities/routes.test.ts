import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { identities, profiles } from '../../schemas/topics.ts';
import { aProfile, nowMs } from '../testing/examples.ts';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

const path = '/api/v1/identify';

suite('POST /api/v1/identify', () => {
  let bench: Bench;
  before(async () => (bench = await openBench()));
  after(() => bench.close());

  const post = (body: unknown) => bench.ask('POST', path, { body });

  test('is on the log when it is answered', async () => {
    const { status, json } = await post({ anonymous_id: 'v-7', customer_id: 'ada', shoe: 39 });
    assert.equal(status, 202);
    assert.deepEqual(json, { status: 'accepted', anonymous_id: 'v-7', customer_id: 'ada', ignored: ['/shoe'] });
    assert.deepEqual(bench.log.values(identities), [
      { anonymous_id: 'v-7', customer_id: 'ada', timestamp: nowMs, received_at: nowMs, withdrawn: false },
    ]);
  });

  test('makes no chains', async () => {
    const link = { customer_id: 'tom', linked_at: nowMs, takes_history: true };
    bench.serving.put(profiles, 'v-1', aProfile({ customer_id: 'v-1', links: [link] }));
    bench.serving.put(profiles, 'tom', aProfile({ customer_id: 'tom', anonymous_ids: ['v-1'] }));
    const pointerOf = async (body: object) => (await post(body)).json['errors']?.[0]?.['pointer'];
    assert.equal(await pointerOf({ anonymous_id: 'v-2', customer_id: 'v-1' }), '/customer_id');
    assert.equal(await pointerOf({ anonymous_id: 'tom', customer_id: 'kim' }), '/anonymous_id');
    assert.equal((await post({ anonymous_id: 'v-1', customer_id: 'kim' })).status, 202, 'a shared device');
  });

  test('of somebody who has refused consent is not kept', async () => {
    bench.serving.put(profiles, 'bob', aProfile({ customer_id: 'bob', consent: false }));
    const { json } = await post({ anonymous_id: 'v-8', customer_id: 'bob' });
    assert.equal(json['status'], 'not_kept');
    assert.equal((await post({ anonymous_id: 'bob', customer_id: 'lea' })).json['status'], 'not_kept');
    const written = bench.log.values(identities).flatMap((each) => [each.anonymous_id, each.customer_id]);
    assert.ok(!written.includes('bob'));
  });

  test('names every wrong field', async () => {
    const pointers = async (body: object) => (await post(body)).json['errors']?.map((error) => error['pointer']);
    assert.deepEqual(await pointers({ customer_id: '' }), ['/anonymous_id', '/customer_id']);
    assert.deepEqual(await pointers({ anonymous_id: 'ada', customer_id: 'ada' }), ['/anonymous_id']);
    const future = nowMs + 2 * 86_400_000;
    assert.deepEqual(await pointers({ anonymous_id: 'v', customer_id: 'ada', timestamp: future }), ['/timestamp']);
  });

  test('a wrong clock is corrected by what it showed when it sent', async () => {
    await post({ anonymous_id: 'v-9', customer_id: 'eva', timestamp: nowMs + 7_200_000, sent_at: nowMs + 7_201_000 });
    const stored = bench.log.values(identities).find(({ customer_id }) => customer_id === 'eva');
    assert.equal(stored?.timestamp, nowMs - 1000);
  });
});

suite('POST /api/v1/unidentify', () => {
  test('is on the log when it is answered', async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const body = { anonymous_id: 'v-7', customer_id: 'ada' };
    const { status, json } = await bench.ask('POST', '/api/v1/unidentify', { body });
    assert.deepEqual([status, json], [202, { status: 'accepted', ...body }]);
    assert.deepEqual(bench.log.values(identities), [
      { ...body, timestamp: nowMs, received_at: nowMs, withdrawn: true },
    ]);
    const refused = await bench.ask('POST', '/api/v1/unidentify', { body: { anonymous_id: 'v-7' } });
    assert.deepEqual(refused.json['errors']?.[0]?.['pointer'], '/customer_id');
  });
});
