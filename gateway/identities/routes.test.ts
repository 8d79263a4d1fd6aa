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
      { anonymous_id: 'v-7', customer_id: 'ada', timestamp: nowMs, received_at: nowMs },
    ]);
  });

  test('of somebody who has refused consent is not kept', async () => {
    bench.serving.put(profiles, 'bob', aProfile({ customer_id: 'bob', consent: false }));
    const { json } = await post({ anonymous_id: 'v-8', customer_id: 'bob' });
    assert.equal(json['status'], 'not_kept');
    assert.ok(bench.log.values(identities).every(({ customer_id }) => customer_id !== 'bob'));
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
