import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { customers, items, profiles, segments } from '../../schemas/topics.ts';
import { anItem, aProfile, aSegment, nowMs } from '../testing/examples.ts';
import { openBench, partitionOf, type Bench } from '../testing/gateway-bench.ts';

const path = '/api/v1/customers/ada';
const partition = partitionOf(Buffer.from('ada'));

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

  test('sums of money are shown as one would add them up', async () => {
    bench.serving.put(profiles, 'kim', aProfile({ customer_id: 'kim', lifetime_value: 0.1 + 0.2 }));
    bench.serving.put(segments, 'kim', aSegment({ customer_id: 'kim', monetary: 2415.5599999999954 }));
    const { json } = await bench.ask('GET', '/api/v1/customers/kim');
    assert.deepEqual([json['lifetime_value'], json['segment_details']?.['monetary']], [0.3, 2415.56]);
  });

  test('GET says who belongs together', async () => {
    const linkTo = (customer_id: string) => ({ customer_id, linked_at: nowMs, takes_history: false });
    bench.serving.put(profiles, 'tom', aProfile({ customer_id: 'tom', anonymous_ids: ['v-1', 'v-2'] }));
    bench.serving.put(profiles, 'v-1', aProfile({ customer_id: 'v-1', links: [linkTo('kim'), linkTo('tom')] }));
    const of = async (id: string) => (await bench.ask('GET', `/api/v1/customers/${id}`)).json;
    const [customer, visitor] = [await of('tom'), await of('v-1')];
    assert.deepEqual([customer['anonymous_ids'], customer['belongs_to']], [['v-1', 'v-2'], null]);
    assert.deepEqual([visitor['anonymous_ids'], visitor['belongs_to']], [[], 'tom']);
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
    assert.deepEqual(
      [status, json],
      [202, { status: 'accepted', customer_id: 'ada', position: `customers/${partition}:0`, ignored: ['/shoe'] }],
    );
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
        erased_at: null,
      },
    );
  });

  test('GET with min_position waits for the write', async () => {
    const pending = bench.ask('GET', `${path}?min_position=customers/${partition}:7`);
    setTimeout(() => bench.serving.reflect(partition, 7, 'customers'), 10);
    assert.equal((await pending).json['position_reached'], true);
    const late = await bench.ask('GET', `${path}?min_position=customers/${partition}:7,${partition}:99`);
    assert.equal(late.json['position_reached'], false, 'both are asked for');
    assert.equal((await bench.ask('GET', `${path}?min_position=items/${partition}:7`)).status, 400);
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

suite('consent that an update says nothing about', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  const put = (body: object, customer = 'ada') => bench.ask('PUT', `/api/v1/customers/${customer}`, { body });
  const written = () => bench.log.values(customers).map(({ consent }) => consent);
  const view = { customer_id: 'ada', event_type: 'view', item_id: 'kettle' };

  test('stays as the profile has it; a new customer has given it', async () => {
    bench.serving.put(profiles, 'ada', aProfile({ consent: false }));
    await put({ age: 40 });
    await put({ age: 40 }, 'eva');
    assert.deepEqual(new Set(written()), new Set([false, true]));
  });

  test('stays withdrawn while the profile does not say so yet, and no event is kept meanwhile', async () => {
    bench.serving.put(profiles, 'ada', aProfile({ consent: true }));
    await put({ consent: false });
    await put({ age: 40 });
    const { json } = await bench.ask('POST', '/api/v1/interactions', { body: view });
    assert.deepEqual([written(), json['status']], [[false, false], 'not_kept']);
  });

  test('holds from before the withdrawal is on the disk, unless it could not be written', async () => {
    let open = () => {};
    bench.log.gate = new Promise((resolve) => (open = resolve));
    const withdrawal = put({ consent: false });
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal((await bench.ask('POST', '/api/v1/interactions', { body: view })).json['status'], 'not_kept');
    bench.log.failure = Object.assign(new Error('full'), { kind: 'DependencyUnavailable', dependency: 'disk' });
    open();
    assert.equal((await withdrawal).status, 503);
    bench.log.failure = null;
    assert.equal((await bench.ask('POST', '/api/v1/interactions', { body: view })).json['status'], 'accepted');
  });

  test('is the profile’s again once that reflects the decision: others may have decided since', async () => {
    await put({ consent: false });
    bench.serving.put(profiles, 'ada', aProfile({ consent: true }));
    bench.serving.reflect(partition, 0, 'customers');
    await put({ age: 40 });
    assert.deepEqual(written(), [false, true]);
  });

  test('given anew counts at once', async () => {
    bench.serving.put(profiles, 'ada', aProfile({ consent: false }));
    await put({ consent: true });
    await put({ age: 40 });
    assert.deepEqual(written(), [true, true]);
  });
});
