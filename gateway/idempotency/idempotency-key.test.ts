import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { interactions } from '../../schemas/topics.ts';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

const path = '/api/v1/interactions';
const event = { customer_id: 'ada', event_type: 'view', item_id: 'kettle' };
const keys = { API_KEYS: 'ingest-key-of-ada-000:ingest,ingest-key-of-bob-000:ingest,read-key-of-ada-00000:read' };
const windowMs = 60_000;

suite('Idempotency-Key', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench({ ...keys, IDEMPOTENCY_WINDOW_MS: String(windowMs) })));
  afterEach(() => bench.close());

  const post = (body: unknown, key: string, caller = 'ada') =>
    bench.ask('POST', path, {
      body,
      headers: { 'idempotency-key': key, authorization: `Bearer ingest-key-of-${caller}-000` },
    });
  const written = () => bench.log.values(interactions).length;

  test('the same request again is answered as the first time, and nothing is done', async () => {
    const first = await post({ events: [event, {}] }, 'k-1');
    const again = await post({ events: [event, {}] }, 'k-1');
    assert.deepEqual([again.status, again.text], [202, first.text]);
    assert.equal(written(), 1);
  });

  test('another body with the same key is refused, whatever has become of the first', async () => {
    await post(event, 'k-1');
    const { status, json } = await post({ ...event, item_id: 'mug' }, 'k-1');
    assert.equal(status, 422);
    assert.match(String(json['detail']), /another body/);
    assert.equal(written(), 1);
  });

  test('while the first is being handled, the same is 409 and another body 422', async () => {
    let open = () => {};
    bench.log.gate = new Promise((resolve) => (open = resolve));
    const first = post(event, 'k-1');
    // The gate holds only what has come that far: until then, others wait at it as well.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await post(event, 'k-1');
    assert.deepEqual([second.status, second.headers.get('retry-after')], [409, '1']);
    assert.equal((await post({ ...event, item_id: 'mug' }, 'k-1')).status, 422);
    open();
    assert.equal((await first).status, 202);
    assert.equal((await post(event, 'k-1')).status, 202);
    assert.equal(written(), 1);
  });

  test('keys of two callers have nothing to do with each other', async () => {
    await post(event, 'k-1', 'ada');
    assert.equal((await post({ ...event, item_id: 'mug' }, 'k-1', 'bob')).status, 202);
    assert.equal(written(), 2);
  });

  test('what was refused or failed may be tried again with the same key', async () => {
    assert.equal((await post({}, 'k-1')).status, 422);
    bench.log.failure = Object.assign(new Error('full'), { kind: 'DependencyUnavailable', dependency: 'disk' });
    assert.equal((await post(event, 'k-1')).status, 503);
    bench.log.failure = null;
    assert.equal((await post(event, 'k-1')).status, 202);
  });

  test('is remembered for as long as the setting says', async () => {
    const counts = [];
    for (const laterMs of [0, windowMs - 1, windowMs + 1]) {
      bench.time += laterMs;
      await post(event, 'k-1');
      counts.push(written());
    }
    assert.deepEqual(counts, [1, 1, 2]);
  });

  test('is not for a POST that only reads: nothing of it may be kept', async () => {
    const session = (item: string) =>
      bench.ask('POST', '/api/v1/sessions/recommendations', {
        body: { items: [item] },
        headers: { 'idempotency-key': 'k-1', authorization: 'Bearer read-key-of-ada-00000' },
      });
    assert.deepEqual([(await session('kettle')).status, (await session('mug')).status], [200, 200]);
  });

  test('that is no key is refused', async () => {
    for (const key of ['x'.repeat(256), 'a b', 'é']) {
      const { status, json } = await post(event, key);
      assert.equal(status, 400, key);
      assert.match(String(json['detail']), /^Send Idempotency-Key once/);
    }
  });
});
