import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { customers, erasures, profiles } from '../../schemas/topics.ts';
import { aProfile, nowMs } from '../testing/examples.ts';
import { openBench, partitionOf, type Bench } from '../testing/gateway-bench.ts';

const path = '/api/v1/customers/ada';
const partition = partitionOf(Buffer.from('ada'));

suite('DELETE /api/v1/customers/{customer_id}', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  const put = (body: object) => bench.ask('PUT', path, { body });
  const written = () => bench.log.values(customers);
  /** What the stage would have done of it. */
  const forget = (offset: number) => {
    bench.serving.remove(profiles, 'ada');
    bench.serving.put(erasures, 'ada', { customer_id: 'ada', erased_at: nowMs });
    bench.serving.reflect(partition, offset, 'customers');
  };

  test('is a record with its time, and leads to how far it is', async () => {
    bench.serving.put(profiles, 'ada', aProfile());
    const { status, headers, json } = await bench.ask('DELETE', path);
    const { removes, remains, ...rest } = json;
    assert.equal(status, 202);
    assert.deepEqual(rest, {
      status: 'pending',
      customer_id: 'ada',
      position: `customers/${partition}:0`,
      deletion: `${path}/deletions/${partition}:0`,
    });
    assert.deepEqual(removes, ['profile', 'segment', 'recommendations', 'sessions']);
    assert.match(String(remains), /events themselves stay in the log/);
    assert.equal(headers.get('location'), rest['deletion']);
    const [{ updated_at, erased_at, age, consent } = {}] = written();
    assert.deepEqual([updated_at, erased_at, age, consent], [nowMs, nowMs, null, true]);
  });

  test('is pending until every read reflects it, then done', async () => {
    bench.serving.put(profiles, 'ada', aProfile());
    const location = (await bench.ask('DELETE', path)).headers.get('location') ?? '';
    const state = async () => {
      const { status, erased_at } = (await bench.ask('GET', location)).json;
      return [status, erased_at];
    };
    assert.deepEqual(await state(), ['pending', null]);
    forget(0);
    assert.deepEqual(await state(), ['done', new Date(nowMs).toISOString()]);
    assert.equal((await bench.ask('GET', path)).status, 404);
  });

  test('of an id that needs escaping leads to an address that works', async () => {
    const { headers } = await bench.ask('DELETE', '/api/v1/customers/a%2Fb%20%C3%A9');
    const { status, json } = await bench.ask('GET', headers.get('location') ?? '');
    assert.deepEqual([status, json['status'], json['customer_id']], [200, 'pending', 'a/b é']);
  });

  test('is found at its own place only', async () => {
    await put({ age: 40 });
    for (const place of [`${partition}:1`, `${(partition + 1) % 4}:0`]) {
      assert.equal((await bench.ask('GET', `${path}/deletions/${place}`)).status, 404, place);
    }
    bench.serving.reflect(partition, 0, 'customers');
    assert.equal((await bench.ask('GET', `${path}/deletions/${partition}:0`)).status, 404, 'that was an update');
    const { status, json } = await bench.ask('GET', `${path}/deletions/first`);
    assert.deepEqual([status, json['errors']?.[0]?.['parameter']], [400, 'deletion']);
  });

  test('is repeated by later updates, from what this process did and from what the store says', async () => {
    await bench.ask('DELETE', path);
    await put({ age: 40 });
    assert.deepEqual([written().at(-1)?.erased_at, written().at(-1)?.updated_at], [nowMs, nowMs]);
    bench.serving.put(erasures, 'eva', { customer_id: 'eva', erased_at: 17 });
    await bench.ask('PUT', '/api/v1/customers/eva', { body: {} });
    assert.equal(written().find(({ customer_id }) => customer_id === 'eva')?.erased_at, 17);
  });

  test('leaves a refusal of consent as it was', async () => {
    bench.serving.put(profiles, 'ada', aProfile({ consent: false }));
    await bench.ask('DELETE', path);
    assert.equal(written().at(-1)?.consent, false);
  });
});
