import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NetworkError, ProblemError, TimeoutError } from './errors.ts';
import { openBench } from './testing/bench.ts';

suite('calls', () => {
  test('are written as the API wants them', async () => {
    const { client, server } = openBench({ key: 'secret' });
    server.answer = { items: [] };
    await client.recommendations('anna/1', { limit: 3, category: ['a', 'b'], context: { page: 'home' }, strict: true });
    await client.similar('tea', { limit: 2 });
    await client.boughtTogether('tea');
    await client.rankings();
    await client.ranking('popular:category:Tea & more');
    await client.changeItem('tea', { in_stock: false });
    await client.deletion({ deletion: '/api/v1/customers/anna/deletions/1:13' });
    assert.deepEqual(
      server.seen.map(({ method, url }) => `${method} ${url.replace('http://freshet.test/api/v1', '')}`),
      [
        'GET /recommendations/anna%2F1?limit=3&category=a%2Cb&context.page=home&strict=true',
        'GET /items/tea/similar?limit=2',
        'GET /items/tea/bought-together',
        'GET /rankings',
        'GET /rankings/popular%3Acategory%3ATea%20%26%20more',
        'PATCH /items/tea',
        'GET /customers/anna/deletions/1:13',
      ],
    );
    assert.ok(server.seen.every(({ headers }) => headers['authorization'] === 'Bearer secret'));
  });

  test('are made again after 429, 503 and no answer: ever later, at random, never before Retry-After', async () => {
    const { client, server, clock } = openBench();
    server.answer = { lists: [] };
    server.steps.push('down', { status: 503, headers: { 'retry-after': '3' } }, { status: 429 });
    const answer = client.rankings();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await clock.pass(0);
      waits.push(clock.waits[0] ?? 0);
      await clock.pass(waits.at(-1) ?? 0);
    }
    assert.deepEqual(await answer, { lists: [] });
    const [first = 0, second = 0, third = 0] = waits;
    assert.ok(first > 0 && first < 200, String(waits));
    assert.ok(second > 3_000 && second < 3_400, String(waits));
    assert.ok(third > 0 && third < 800, String(waits));
    assert.equal(server.seen.length, 4);
  });

  test('fail after the last attempt, at once when the wait would be too long, and at once by anything else', async () => {
    const { client, server, clock } = openBench();
    server.steps.push('down', 'down', 'down', 'down', 'ok');
    const down = assert.rejects(client.rankings(), NetworkError);
    await clock.pass(10_000);
    await down;
    assert.equal(server.seen.length, 4);
    for (const step of [{ status: 503, headers: { 'retry-after': '3600' } }, { status: 500 }, { status: 404 }]) {
      server.steps.splice(0, Infinity, step);
      await assert.rejects(client.rankings(), { kind: 'problem', status: step.status });
    }
    assert.equal(server.seen.length, 7);
  });

  test('say what is wrong where', async () => {
    const { client, server } = openBench();
    const errors = [{ pointer: '/price', detail: 'must be a number.' }];
    const problem = { detail: 'It can’t be used as it is: see errors.', errors };
    server.steps.push({ status: 422, problem, headers: { 'x-request-id': 'r-1' } });
    await assert.rejects(client.putItem('tea', { price: -1 }), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.deepEqual([error.status, error.errors, error.requestId], [422, errors, 'r-1']);
      return true;
    });
  });

  test('that write carry one Idempotency-Key through all attempts, and wait for the one that is under way', async () => {
    const { client, server, clock } = openBench();
    server.answer = { status: 'accepted' };
    server.steps.push('silent', { status: 409 });
    const identified = client.identify({ anonymous_id: 'visitor-7', customer_id: 'anna' });
    await clock.pass(30_000);
    await identified;
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    assert.equal(keys.length, 3);
    assert.equal(new Set(keys).size, 1);
    await client.putItems([{ item_id: 'tea' }]);
    assert.notEqual(server.seen.at(-1)?.headers['idempotency-key'], keys[0]);
    server.steps.push({ status: 409 });
    await assert.rejects(client.putItems([{ item_id: 'tea' }]), { status: 409 });
  });

  test('end when their time is over, or when they are aborted, also between attempts', async () => {
    const { client, server, clock } = openBench({ retries: { attemptsMax: 1 } });
    server.steps.push('silent');
    const late = assert.rejects(client.rankings({ timeoutMs: 50 }), TimeoutError);
    await clock.pass(50);
    await late;

    const { signal, abort } = aborting();
    server.steps.push('silent');
    const aborted = assert.rejects(client.rankings({ signal }), { message: 'enough' });
    await clock.pass(1);
    abort();
    await aborted;

    const patient = openBench();
    patient.server.steps.push('down', 'down', 'down');
    const second = aborting();
    const between = assert.rejects(patient.client.rankings({ signal: second.signal }), { message: 'enough' });
    await patient.clock.pass(0);
    second.abort();
    await between;
    assert.equal(patient.server.seen.length, 1);
    assert.deepEqual([clock.waits, patient.clock.waits], [[], []]);
  });
});

suite('read your writes', () => {
  test('reads send what waits, and wait for what this client wrote of the customer', async () => {
    const { client, server } = openBench({ readYourWrites: true });
    client.track({ customer_id: 'anna', event_type: 'view', item_id: 'tea' });
    client.track({ customer_id: 'bert', event_type: 'view', item_id: 'pot' });
    await client.flush();
    server.answer = { position: 'customers/1:7' };
    await client.putCustomer('anna', { age: 34 });
    server.answer = { items: [] };
    for (const customer of ['anna', 'bert', 'carl']) await client.recommendations(customer);
    await client.customer('anna', { min_position: '0:99' });
    assert.deepEqual(
      server.seen.slice(2).map(({ url }) => new URL(url).searchParams.get('min_position')),
      ['0:1,customers/1:7', '0:1', null, '0:99'],
    );
  });

  test('the furthest position counts, and the customers who wrote last are remembered', async () => {
    const { client, server } = openBench({ readYourWrites: true, rememberedCustomersMax: 2 });
    const wrote = async (customer: string, position: string) => {
      server.answer = { position };
      await client.putCustomer(customer, {});
    };
    await wrote('anna', 'customers/0:9');
    await wrote('bert', 'customers/1:1');
    await wrote('anna', 'customers/0:3');
    await wrote('carl', 'customers/1:2');
    server.answer = {};
    for (const customer of ['anna', 'bert', 'carl']) await client.customer(customer);
    assert.deepEqual(
      server.seen.slice(4).map(({ url }) => new URL(url).searchParams.get('min_position')),
      ['customers/0:9', null, 'customers/1:2'],
    );
  });
});

function aborting() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(new Error('enough')) };
}
