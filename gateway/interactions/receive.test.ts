import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { interactions, profiles } from '../../schemas/topics.ts';
import { aProfile, nowMs } from '../testing/examples.ts';
import { openBench, partitionOf, type Bench } from '../testing/gateway-bench.ts';

const path = '/api/v1/interactions';
const event = { customer_id: 'ada', event_type: 'view', item_id: 'kettle', timestamp: '2026-11-22T20:00:00Z' };

suite('POST /api/v1/interactions', () => {
  let bench: Bench;
  before(async () => (bench = await openBench()));
  after(() => bench.close());
  const post = (body: unknown, headers = {}) => bench.ask('POST', path, { body, headers });
  const last = () => bench.log.values(interactions).at(-1);

  test('one event is on the log, in its customer’s partition, when it is answered', async () => {
    const { status, json } = await post(event);
    assert.equal(status, 202);
    assert.equal(json['status'], 'accepted');
    assert.match(String(json['position']), new RegExp(`^${partitionOf(Buffer.from('ada'))}:\\d+$`));
    assert.deepEqual(bench.log.durabilities.at(-1), 'disk');
    const stored = bench.log
      .values(interactions)
      .find((each) => each.interaction_id === String(json['interaction_id']));
    assert.deepEqual(stored && { ...stored, context: { ...stored.context } }, {
      interaction_id: json['interaction_id'],
      customer_id: 'ada',
      timestamp: Date.UTC(2026, 10, 22, 20),
      received_at: nowMs,
      event_type: 'view',
      item_id: 'kettle',
      channel: null,
      context: {},
      session_id: null,
      value: null,
      quantity: 1,
      currency: null,
      recommendation_id: null,
      position: null,
      campaign_id: null,
      anonymous_id: null,
      backfill: false,
    });
  });

  test('all fields travel', async () => {
    const full = {
      ...event,
      interaction_id: 'i-77',
      event_type: 'Purchase',
      timestamp: nowMs - 60_000,
      channel: 'app',
      context: { page: 'home', depth: 3, logged_in: true, nothing: null },
      session_id: 's-1',
      value: 79.8,
      quantity: 2,
      currency: 'eur',
      recommendation_id: 'r-1',
      position: 3,
      campaign_id: 'spring',
      anonymous_id: 'a-1',
      backfill: true,
    };
    const { status, json } = await post(full);
    assert.equal(status, 202);
    assert.equal(json['interaction_id'], 'i-77');
    const stored = bench.log.values(interactions).find((each) => each.interaction_id === 'i-77');
    assert.ok(stored);
    assert.deepEqual({ ...stored.context }, { page: 'home', depth: '3', logged_in: 'true' });
    assert.deepEqual(
      { ...stored, context: null },
      { ...full, event_type: 'purchase', currency: 'EUR', received_at: nowMs, context: null },
    );
  });

  test('a number is an id too, and a missing timestamp is now', async () => {
    await post({ customer_id: 12345, event_type: 'search' });
    const stored = bench.log.values(interactions).find((each) => each.customer_id === '12345');
    assert.deepEqual([stored?.timestamp, stored?.item_id], [nowMs, null]);
  });

  test('the same event sent again gets the same id; without a timestamp each is its own', async () => {
    const ids = [await post(event), await post(event)].map(({ json }) => json['interaction_id']);
    assert.equal(ids[0], ids[1]);
    const now = { ...event, timestamp: undefined };
    const others = [await post(now), await post(now)].map(({ json }) => json['interaction_id']);
    assert.notEqual(others[0], others[1]);
  });

  test('a bad event never takes its neighbours down', async () => {
    const { status, json } = await post({
      events: [event, { ...event, item_id: '' }, 'no', { ...event, customer_id: 'bob' }],
    });
    assert.equal(status, 202);
    assert.deepEqual([json['accepted'], json['rejected'], json['not_kept']], [2, 2, 0]);
    assert.deepEqual(
      json['results']?.map((result) => result['status']),
      ['accepted', 'rejected', 'rejected', 'accepted'],
    );
    assert.equal(json['results']?.[1]?.['errors']?.[0]?.['pointer'], '/events/1/item_id');
    assert.equal(json['results']?.[2]?.['errors']?.[0]?.['pointer'], '/events/2');
    assert.equal(String(json['position']).split(',').length, 2, 'two partitions, so two parts');
  });

  test('if nothing can be used it is 422, with a pointer to every wrong field', async () => {
    const { status, headers, json } = await post({
      event_type: 'view',
      timestamp: 'yesterday',
      value: -1e13,
      context: [],
    });
    assert.equal(status, 422);
    assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.deepEqual(json['errors']?.map((error) => error['pointer']).toSorted(), [
      '/context',
      '/customer_id',
      '/item_id',
      '/timestamp',
      '/value',
    ]);
    const many = await post({ events: [{}, {}] });
    assert.equal(many.status, 422);
    assert.equal(many.json['results']?.length, 2);
  });

  test('each wrong value is refused by name', async () => {
    const wrong: [Record<string, unknown>, string][] = [
      [{ customer_id: 'x'.repeat(257) }, '/customer_id'],
      [{ customer_id: 'ね'.repeat(171) }, '/customer_id'],
      [{ customer_id: 'a\u0000b' }, '/customer_id'],
      [{ customer_id: '\ud800' }, '/customer_id'],
      [{ customer_id: 1.5 }, '/customer_id'],
      [{ customer_id: ['ada'] }, '/customer_id'],
      [{ event_type: 'buy now!' }, '/event_type'],
      [{ timestamp: '0001-01-01T00:00:00Z' }, '/timestamp'],
      [{ timestamp: '2026-11-22T20:00:00' }, '/timestamp'],
      [{ timestamp: '2026-02-30T00:00:00Z' }, '/timestamp'],
      [{ timestamp: 1_763_800_000 }, '/timestamp'],
      [{ timestamp: -1 }, '/timestamp'],
      [{ timestamp: 1e300 }, '/timestamp'],
      [{ value: '12' }, '/value'],
      [{ quantity: 1e9 }, '/quantity'],
      [{ quantity: 0 }, '/quantity'],
      [{ event_type: '1st' }, '/event_type'],
      [{ customer_id: '  ' }, '/customer_id'],
      [{ currency: 'euro' }, '/currency'],
      [{ context: { deep: { er: 1 } } }, '/context/deep'],
      [{ context: { 'a/b~c': [] } }, '/context/a~1b~0c'],
      [{ context: { long: 'x'.repeat(1025) } }, '/context/long'],
      [{ context: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v'])) }, '/context'],
      [{ backfill: 'yes' }, '/backfill'],
    ];
    for (const [fields, pointer] of wrong) {
      const { status, json } = await post({ ...event, ...fields });
      assert.equal(status, 422, JSON.stringify(fields));
      assert.deepEqual(
        json['errors']?.map((error) => error['pointer']),
        [pointer],
      );
    }
  });

  test('a time in the far future is taken as it is: the runtime bounds it', async () => {
    assert.equal((await post({ ...event, timestamp: '9999-12-31T23:59:59Z' })).status, 202);
    assert.equal(
      bench.log.values(interactions).some(({ timestamp }) => timestamp === Date.UTC(9999, 11, 31, 23, 59, 59)),
      true,
    );
  });

  test('a field nobody knows is named, not lost in silence', async () => {
    const { json } = await post({ ...event, colour: 'red', 'a/b': 1 });
    assert.deepEqual(json['ignored'], ['/colour', '/a~1b']);
  });

  test('__proto__ stays a name', async () => {
    const body = `{"customer_id":"eve","event_type":"search","__proto__":{"item_id":"x"},"context":{"__proto__":"y"}}`;
    const { status, json } = await bench.ask('POST', path, { rawBody: body });
    assert.equal(status, 422);
    assert.deepEqual(
      json['errors']?.map((error) => error['pointer']),
      ['/context/__proto__'],
    );
    const outer = await bench.ask('POST', path, { rawBody: body.replace(/,"context.*}}/, '}') });
    assert.equal(outer.status, 202);
    assert.equal(last()?.customer_id === 'eve' ? last()?.item_id : null, null);
  });

  test('events of a customer without consent do not reach the log', async () => {
    bench.serving.put(profiles, 'zoe', aProfile({ customer_id: 'zoe', consent: false }));
    const before = bench.log.values(interactions).length;
    const { status, json } = await post({ ...event, customer_id: 'zoe' });
    assert.deepEqual([status, json['status'], json['position']], [202, 'not_kept', null]);
    assert.equal(bench.log.values(interactions).length, before);
  });

  test('too many events, none, and no list', async () => {
    for (const events of [[], {}, 'x', null, Array.from({ length: 1001 }, () => event)]) {
      const { status, json } = await post({ events });
      assert.equal(status, 422);
      assert.equal(json['errors']?.[0]?.['pointer'], '/events');
    }
    assert.equal((await post({ events: Array.from({ length: 1000 }, () => event) })).status, 202);
  });

  test('a log that can’t be written is 503 for writers while readers go on', async () => {
    bench.log.failure = Object.assign(new Error('disk full at /secret'), { kind: 'DependencyUnavailable' });
    const { status, headers, text } = await post(event);
    assert.equal(status, 503);
    assert.equal(headers.get('retry-after'), '1');
    assert.doesNotMatch(text, /secret/);
    assert.equal((await bench.ask('GET', '/api/v1/recommendations/ada')).status, 200);
    bench.log.failure = null;
    assert.equal((await post(event)).status, 202);
  });
});

test('backfill needs the scope admin; durability is a setting', async () => {
  const key = 'a-key-for-ingest-only';
  const bench = await openBench({ API_KEYS: `${key}:ingest`, INGEST_DURABILITY: 'memory' });
  const headers = { 'x-api-key': key };
  const refused = await bench.ask('POST', path, { body: { ...event, backfill: true }, headers });
  assert.deepEqual([refused.status, refused.json['errors']?.[0]?.['pointer']], [422, '/backfill']);
  assert.equal((await bench.ask('POST', path, { body: event, headers })).status, 202);
  assert.deepEqual(bench.log.durabilities, ['memory']);
  await bench.close();
});
