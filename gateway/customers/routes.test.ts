import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { customers, items, profiles, segments } from '../../schemas/topics.ts';
import { anItem, aProfile, aSegment, nowMs } from '../testing/examples.ts';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

const path = '/api/v1/customers/ada';

suite('/api/v1/customers/{customer_id}', () => {
  let bench: Bench;
  before(async () => (bench = await openBench()));
  after(() => bench.close());

  test('GET has the public columns and the segment with its reasons', async () => {
    bench.serving.put(profiles, 'ada', aProfile());
    bench.serving.put(segments, 'ada', aSegment());
    bench.serving.put(items, 'teapot', anItem({ item_id: 'teapot', title: 'Teapot' }));
    const { status, json } = await bench.ask('GET', path);
    assert.equal(status, 200);
    const { customer_id, age, gender, location, segment, preferences, lifetime_value, last_activity } = json;
    assert.deepEqual(
      { customer_id, age, gender, location, segment, preferences, lifetime_value, last_activity },
      {
        customer_id: 'ada',
        age: 36,
        gender: 'female',
        location: 'London',
        segment: 'Premium',
        preferences: { newsletter: 'weekly' },
        lifetime_value: 120.5,
        last_activity: new Date(nowMs).toISOString(),
      },
    );
    assert.deepEqual(json['categories'], [
      { name: 'Garden', share: 0.75 },
      { name: 'Kitchen', share: 0.25 },
    ]);
    assert.equal(json['segment_details']?.['previous'], 'Standard');
    const latest = json['recent']?.[0];
    assert.deepEqual([latest?.['interaction_id'], latest?.['title']], ['i-1', 'Teapot']);
  });

  test('an unknown customer is 404', async () => {
    const { status, headers } = await bench.ask('GET', '/api/v1/customers/nobody');
    assert.equal(status, 404);
    assert.match(headers.get('content-type') ?? '', /problem\+json/);
  });

  test('PUT replaces what the shop has told', async () => {
    const body = {
      customer_id: 'ada',
      age: 36,
      location: 'London',
      preferences: { beta: true },
      consent: false,
      shoe: 39,
    };
    const { status, json } = await bench.ask('PUT', path, { body });
    assert.deepEqual([status, json], [202, { status: 'accepted', customer_id: 'ada', ignored: ['/shoe'] }]);
    const stored = bench.log.values(customers).at(-1);
    assert.ok(stored);
    assert.deepEqual(
      { ...stored, preferences: { ...stored.preferences } },
      {
        customer_id: 'ada',
        updated_at: nowMs,
        age: 36,
        gender: null,
        location: 'London',
        language: null,
        preferences: { beta: 'true' },
        consent: false,
        segment: null,
      },
    );
    await bench.ask('PUT', path, { body: {} });
    assert.equal(bench.log.values(customers).at(-1)?.consent, true, 'consent is given unless it is denied');
  });

  test('PUT names every wrong field', async () => {
    const body = { customer_id: 'bob', age: 36.5, gender: 1, location: '', preferences: [], consent: 'yes' };
    const { status, json } = await bench.ask('PUT', path, { body });
    assert.equal(status, 422);
    assert.deepEqual(json['errors']?.map((error) => String(error['pointer'])).toSorted(), [
      '/age',
      '/consent',
      '/customer_id',
      '/gender',
      '/location',
      '/preferences',
    ]);
  });
});
