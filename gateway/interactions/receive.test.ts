import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { plainInteraction } from '../../schemas/plain-interaction.ts';
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
    const told = plainInteraction({
      interaction_id: String(json['interaction_id']),
      customer_id: 'ada',
      timestamp: Date.UTC(2026, 10, 22, 20),
      received_at: nowMs,
      event_type: 'view',
      item_id: 'kettle',
    });
    assert.deepEqual(stored && { ...stored, context: { ...stored.context } }, told);
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
      events: [{ ...event, item_id: 'mug' }, { ...event, item_id: '' }, 'no', { ...event, customer_id: 'bob' }],
    });
    assert.equal(status, 202);
    assert.deepEqual([json['accepted'], json['duplicate'], json['rejected'], json['not_kept']], [2, 0, 2, 0]);
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

  test('a time a little ahead is taken as it is, and the runtime bounds it; one too far away either way is refused', async () => {
    const day = 86_400_000;
    assert.equal((await post({ ...event, timestamp: nowMs + day })).status, 202);
    assert.ok(bench.log.values(interactions).some(({ timestamp }) => timestamp === nowMs + day));
    for (const timestamp of [nowMs + day + 1, '9999-12-31T23:59:59Z', nowMs - 30 * day - 1, 0]) {
      const { status, json } = await post({ ...event, timestamp });
      assert.deepEqual([status, json['errors']?.[0]?.['pointer']], [422, '/timestamp'], String(timestamp));
    }
    assert.equal((await post({ ...event, timestamp: 1_700_000_000_000, backfill: true })).status, 202);
  });

  test('a wrong clock is corrected by what it showed when it sent, for one event or for all of a request', async () => {
    const ahead = 3 * 86_400_000;
    const told = { timestamp: nowMs + ahead - 2000, sent_at: nowMs + ahead };
    await post({ ...event, item_id: 'one', ...told });
    const { timestamp, sent_at } = told;
    const { json } = await post({
      sent_at,
      events: [
        { ...event, item_id: 'two', timestamp },
        { ...event, item_id: 'three', timestamp: nowMs - 7000, sent_at: nowMs - 6000 },
        { ...event, item_id: 'four', timestamp: undefined },
      ],
    });
    assert.equal(json['accepted'], 3);
    const timeOf = (item: string) => bench.log.values(interactions).find(({ item_id }) => item_id === item)?.timestamp;
    const times = ['one', 'two', 'three', 'four'].map(timeOf);
    assert.deepEqual(times, [nowMs - 2000, nowMs - 2000, nowMs - 1000, nowMs]);
    const wrong = await post({ sent_at: 'now', events: [event] });
    assert.deepEqual([wrong.status, wrong.json['errors']?.[0]?.['pointer']], [422, '/sent_at']);
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
    const { status, headers, text } = await post({ ...event, item_id: 'last' });
    assert.equal(status, 503);
    assert.equal(headers.get('retry-after'), '1');
    assert.doesNotMatch(text, /secret/);
    assert.equal((await bench.ask('GET', '/api/v1/recommendations/ada')).status, 200);
    bench.log.failure = null;
    const again = await post({ ...event, item_id: 'last' });
    assert.deepEqual([again.status, again.json['status']], [202, 'accepted'], 'it was not taken for a repeat');
  });
});

suite('an event that comes again', () => {
  let bench: Bench;
  const windowMs = 60_000;
  beforeEach(async () => {
    bench = await openBench({ IDEMPOTENCY_WINDOW_MS: String(windowMs), RECENT_EVENTS_MAX: '3' });
  });
  afterEach(() => bench.close());

  const post = async (body: unknown, headers = {}) => (await bench.ask('POST', path, { body, headers })).json;
  const written = () => bench.log.values(interactions).length;

  test('is answered as a duplicate, with the position of the first, and not written again', async () => {
    const first = await post({ ...event, interaction_id: 'i-1' });
    await post({ ...event, interaction_id: 'i-2' });
    const again = await post({ ...event, interaction_id: 'i-1', value: 3 });
    assert.deepEqual(again, { status: 'duplicate', interaction_id: 'i-1', position: first['position'] });
    assert.equal(written(), 2);
  });

  test('is known by its content when it has a time of its own, however often it is sent', async () => {
    const sent = (sent_at: number) => post({ ...event, timestamp: nowMs - 5000, sent_at });
    const first = await sent(nowMs - 3000);
    bench.time += 1000;
    assert.deepEqual(
      [first['status'], (await sent(nowMs))['status'], (await sent(nowMs))['interaction_id']],
      ['accepted', 'duplicate', first['interaction_id']],
    );
  });

  test('within one request counts once', async () => {
    const { accepted, duplicate, results } = await post({ events: [event, event, { ...event, customer_id: 'bob' }] });
    assert.deepEqual([accepted, duplicate, written()], [2, 1, 2]);
    assert.equal(results?.[1]?.['interaction_id'], results?.[0]?.['interaction_id']);
  });

  test('of another customer is another one', async () => {
    await post({ ...event, interaction_id: 'i-1' });
    assert.equal((await post({ ...event, interaction_id: 'i-1', customer_id: 'bob' }))['status'], 'accepted');
  });

  test('is written again once it is forgotten: after the window, and when too many came since', async () => {
    await post(event);
    bench.time += windowMs + 1;
    const inTime = { ...event, interaction_id: 'i-1' };
    assert.equal((await post(event))['status'], 'accepted');
    await post(inTime);
    await post({ events: ['a', 'b', 'c'].map((id) => ({ ...inTime, interaction_id: id })) });
    assert.equal((await post(inTime))['status'], 'accepted', 'the processors count it once');
  });

  test('without id and time is another one, unless its request says who it is', async () => {
    const now = { ...event, timestamp: undefined };
    const headers = { 'idempotency-key': 'request-1' };
    const ids = [];
    for (const asked of [{}, {}, headers]) ids.push((await post({ events: [now, now] }, asked))['results']);
    const all = ids.flatMap((results) => results?.map(({ interaction_id: id }) => String(id)) ?? []);
    assert.equal(new Set(all).size, 6);
    await bench.close();
    bench = await openBench(); // it remembers nothing, and the id is the same
    const again = (await post({ events: [now, now] }, headers))['results'];
    assert.deepEqual(
      again?.map(({ interaction_id: id }) => String(id)),
      all.slice(4),
    );
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
