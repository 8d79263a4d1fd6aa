import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { openBench } from './testing/bench.ts';
import type { Step } from './testing/scripted-server.ts';

const view = (item_id: string) => ({ customer_id: 'anna', event_type: 'view', item_id });

suite('tracked events', () => {
  test('go together after a while, with ids, times, and what the clock shows', async () => {
    const { client, server, clock } = openBench();
    const startMs = clock.nowMs();
    const ids = [client.track(view('tea'))];
    await clock.pass(1_500);
    ids.push(client.track({ ...view('pot'), interaction_id: 'mine' }));
    assert.equal(server.seen.length, 0);
    await clock.pass(500);
    const [{ body, url } = assert.fail()] = server.seen;
    assert.equal(url, 'http://freshet.test/api/v1/interactions');
    assert.equal(body.sent_at, startMs + 2_000);
    assert.deepEqual(
      body.events.map(({ interaction_id, timestamp }) => ({ interaction_id, timestamp })),
      [
        { interaction_id: ids[0], timestamp: startMs },
        { interaction_id: 'mine', timestamp: startMs + 1_500 },
      ],
    );
    assert.match(ids[0] ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    await client.close();
    assert.deepEqual(clock.waits, [], 'nothing is left to happen');
  });

  test('go at once when there are enough of them, by number or by bytes', async () => {
    const { client, server, clock } = openBench({ tracking: { batchEventsMax: 2 } });
    for (const item of ['a', 'b', 'c']) client.track(view(item));
    await clock.pass(0);
    assert.deepEqual(itemsOf(server.seen), [['a', 'b'], ['c']]);
    const large = openBench({ tracking: { batchBytesMax: 1_000 } });
    for (const item of ['a', 'b', 'c']) large.client.track(view(item.repeat(250)));
    await large.clock.pass(0);
    assert.deepEqual(
      large.server.seen.map(({ body }) => body.events.length),
      [2, 1],
    );
  });

  test('are sent again under the same id, with the time of sending, until they have arrived', async () => {
    const { client, server, clock, undelivered } = openBench();
    server.steps.push('down', 'lost', { status: 503 }, { status: 429 }, 'silent', 'down', 'down', 'down');
    const id = client.track(view('tea'));
    await clock.pass(120_000);
    assert.equal(server.seen.length, 9);
    assert.equal(server.taken.get(id), 2, 'the server recognises the id');
    const sentAt = server.seen.map(({ body }) => body.sent_at);
    assert.equal(new Set(sentAt).size, 9);
    assert.deepEqual(undelivered, []);
  });

  test('keep their order while former ones are not through', async () => {
    const { client, server, clock } = openBench({ tracking: { batchEventsMax: 1 } });
    server.steps.push('down', 'down');
    for (const item of ['a', 'b', 'c']) client.track(view(item));
    await clock.pass(10_000);
    assert.deepEqual(itemsOf(server.seen).flat(), ['a', 'a', 'a', 'b', 'c']);
  });

  test('that can’t be used are told one by one; their neighbours arrive', async () => {
    const { client, server, undelivered } = openBench();
    client.track(view('tea'));
    client.track({ customer_id: 'anna', event_type: 'bad' });
    assert.equal(await client.flush(), true);
    assert.equal(server.taken.size, 1);
    const [{ event, reason, errors } = assert.fail()] = undelivered;
    assert.deepEqual(
      [event.event_type, reason, errors],
      ['bad', 'rejected', [{ pointer: '/item_id', detail: 'is missing.' }]],
    );
  });

  test('are told with the reason when their request is refused', async () => {
    const { client, server, undelivered } = openBench();
    server.steps.push({ status: 401, problem: { detail: 'This key is not known.' } });
    client.track(view('tea'));
    await client.flush();
    server.steps.push({ status: 422, problem: { results: [{ status: 'rejected', errors: [{ detail: 'no' }] }] } });
    client.track(view('pot'));
    await client.flush();
    assert.deepEqual(
      undelivered.map(({ reason, error, errors }) => [reason, error?.message, errors]),
      [
        ['refused', '401: This key is not known.', []],
        ['rejected', undefined, [{ detail: 'no' }]],
      ],
    );
  });

  test('are sent in halves when a request is too large', async () => {
    const { client, server, undelivered } = openBench();
    server.steps.push({ status: 413 }, 'ok', { status: 413 });
    for (const item of ['a', 'b', 'c']) client.track(view(item));
    await client.flush();
    assert.deepEqual(itemsOf(server.seen), [['a', 'b', 'c'], ['a', 'b'], ['c']]);
    assert.deepEqual(
      undelivered.map(({ event, reason }) => [event.item_id, reason]),
      [['c', 'refused']],
    );
  });

  test('that something else has answered are told, not taken for delivered', async () => {
    const { client, server, undelivered } = openBench();
    server.answer = { hello: 'I am a proxy' };
    client.track(view('tea'));
    await client.flush();
    assert.deepEqual(
      undelivered.map(({ reason, error }) => [reason, error?.name]),
      [['refused', 'UnreadableAnswerError']],
    );
  });

  test('never take more memory than allowed: what does not fit is told', async () => {
    const { client, server, clock, undelivered } = openBench({ tracking: { queueEventsMax: 2, queueBytesMax: 600 } });
    server.steps.push('down');
    client.track(view('a'));
    await clock.pass(2_000);
    client.track(view('b'.repeat(1_000)));
    client.track(view('c'));
    client.track(view('d'));
    assert.deepEqual(
      undelivered.map(({ event, reason }) => [String(event.item_id)[0], reason]),
      [
        ['b', 'queue_full'],
        ['d', 'queue_full'],
      ],
    );
    await clock.pass(10_000);
    client.track(view('e'));
    await client.flush();
    assert.equal(server.taken.size, 3, 'there is room again');
  });

  test('go at once when the page is hidden, by requests that outlive it, as many as it may send', async () => {
    const { client, server, clock, hidePage } = openBench();
    server.steps.push('silent', 'silent', 'silent', 'silent', 'silent');
    for (let index = 0; index < 9; index += 1) client.track(view(`${index}`.repeat(13_000)));
    hidePage();
    await clock.pass(0);
    const outliving = server.seen.filter(({ keepalive }) => keepalive);
    assert.deepEqual([outliving.length, server.seen.length], [2, 2], 'more would be refused by the browser');
    assert.ok(JSON.stringify(outliving.map(({ body }) => body)).length < 64 * 1024);
    await clock.pass(120_000);
    assert.equal(server.taken.size, 9, 'the rest follows when the page lives on');
  });

  test('that wait for another attempt go when the page is hidden', async () => {
    const { client, server, clock, hidePage } = openBench();
    server.steps.push({ status: 503, headers: { 'retry-after': '30' } });
    client.track(view('tea'));
    await clock.pass(2_000);
    assert.equal(server.seen.length, 1);
    hidePage();
    await clock.pass(0);
    assert.equal(server.taken.size, 1);
  });

  test('are sent by close; what has not arrived in time is told, and nothing is taken any more', async () => {
    const { client, server, clock, undelivered } = openBench();
    server.steps.push('down', 'down', 'down', 'down', 'down', 'down');
    client.track(view('tea'));
    const closed = client.close({ timeoutMs: 1_000 });
    await clock.pass(1_000);
    await closed;
    client.track(view('pot'));
    assert.deepEqual(
      undelivered.map(({ event, reason }) => [event.item_id, reason]),
      [
        ['tea', 'closed'],
        ['pot', 'closed'],
      ],
    );
    const { length } = server.seen;
    await clock.pass(60_000);
    assert.equal(server.seen.length, length);
    assert.deepEqual(clock.waits, []);
  });

  test('flush says when not all arrived in time', async () => {
    const { client, server, clock } = openBench();
    server.steps.push('silent');
    client.track(view('tea'));
    const flushed = client.flush({ timeoutMs: 100 });
    await clock.pass(100);
    assert.equal(await flushed, false);
    await clock.pass(30_000);
    assert.equal(await client.flush(), true);
  });

  test('whatever the network does, each arrives or is told', async () => {
    const steps = fc.array(
      fc.constantFrom<Step>('ok', 'lost', 'down', 'silent', { status: 503 }, { status: 413 }, { status: 500 }),
      { maxLength: 30 },
    );
    const waits = fc.array(fc.nat({ max: 3_000 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(steps, waits, fc.integer({ min: 1, max: 5 }), async (script, pauses, batchEventsMax) => {
        const { client, server, clock, undelivered, hidePage } = openBench({ tracking: { batchEventsMax } });
        server.steps.push(...script);
        const ids: string[] = [];
        for (const [index, pauseMs] of pauses.entries()) {
          ids.push(client.track(view(`item-${index}`)));
          if (pauseMs % 7 === 0) hidePage();
          await clock.pass(pauseMs);
        }
        await clock.pass(600_000);
        const told = new Set(undelivered.map(({ event }) => event.interaction_id));
        assert.ok(ids.every((id) => told.has(id) || server.taken.has(id)));
        assert.equal(told.size, undelivered.length, 'none is told twice');
        assert.deepEqual(clock.waits, []);
      }),
      { seed: 4, numRuns: 200, endOnFailure: true },
    );
  });
});

function itemsOf(seen: readonly { readonly body: { readonly events: readonly { item_id?: unknown }[] } }[]) {
  return seen.map(({ body }) => body.events.map(({ item_id }) => item_id));
}
