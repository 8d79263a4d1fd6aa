// Several threads answer on one port. What one of them has been told counts in all of them at once.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFreshet, type FreshetProcess } from './freshet-process.ts';

/** So many connections that the kernel hardly ever gives all of them to one thread. */
const CONNECTIONS = 24;
const KEY = 'of-this-test-alone';
/** Nothing but what is said of limits is asked with it. */
const LIMITED_KEY = 'of-which-the-limit-is-reached';
const PER_SECOND = 20;
/** As much comes in ten seconds. */
const AT_ONCE = 10 * PER_SECOND;
/** Until a request that was begun has arrived. */
const BEGUN_MS = 500;
// Elsewhere the kernel does not deal out the connections to one port.
const onLinux = { skip: process.platform !== 'linux' };
const folder = mkdtempSync(join(tmpdir(), 'freshet-threads-'));
let freshet: FreshetProcess | undefined;

before(async () => {
  if (onLinux.skip) return;
  freshet = await startFreshet(folder, {
    GATEWAY_WORKERS: '3',
    API_KEYS: `${KEY}:admin,${LIMITED_KEY}:read`,
    RATE_LIMIT_PER_KEY: String(PER_SECOND),
  });
  await freshet.ready();
});
after(async () => {
  await freshet?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const event = { customer_id: 'anna', event_type: 'view', item_id: 'lamp' };

test('several threads answer', onLinux, async () => {
  const prefixes = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => String((await ask('GET', '/healthz')).requestId).split('-')[0]),
  );
  assert.ok(new Set(prefixes).size > 1, `all by one: ${prefixes[0]}`);
});

test('a request that is sent again counts once, whoever gets it', onLinux, async () => {
  const headers = { 'idempotency-key': 'checkout-7' };
  const answers = await Promise.all(eachConnection(() => ask('POST', '/api/v1/interactions', event, headers)));
  const accepted = answers.filter(({ status }) => status === 202);
  assert.ok(accepted.length > 0);
  assert.equal(new Set(accepted.map(({ body }) => JSON.stringify(body))).size, 1);
  assert.ok(answers.every(({ status }) => status === 202 || status === 409));
});

test('who takes back consent is heeded by all threads from the moment of the answer on', onLinux, async () => {
  const refusal = await ask('PUT', '/api/v1/customers/carl', { consent: false });
  assert.equal(refusal.status, 202);
  const later = await Promise.all(
    eachConnection(() => ask('POST', '/api/v1/interactions', { ...event, customer_id: 'carl' })),
  );
  assert.deepEqual(new Set(later.map(({ body }) => (body as { status: string }).status)), new Set(['not_kept']));
});

test('a key’s limit holds for all threads together', onLinux, async () => {
  const startMs = performance.now();
  const answers = [];
  for (let asked = 0; asked < 2 * AT_ONCE; asked += CONNECTIONS)
    answers.push(
      ...(await Promise.all(
        eachConnection(() => ask('GET', '/api/v1/rankings', undefined, { 'x-api-key': LIMITED_KEY })),
      )),
    );
  const laterMs = performance.now() - startMs;
  const accepted = answers.filter(({ status }) => status === 200);
  assert.ok(new Set(accepted.map(({ requestId }) => String(requestId).split('-')[0])).size > 1, 'all by one thread');
  assert.ok(accepted.length >= AT_ONCE, `only ${accepted.length}`);
  const most = AT_ONCE + Math.ceil((laterMs / 1000) * PER_SECOND);
  assert.ok(accepted.length <= most, `${accepted.length} in ${laterMs} ms`);
  assert.ok(most < answers.length, `too slow to tell: ${laterMs} ms`);
});

/** The last one: it ends the process. */
test('told to end, all threads at once let nobody in any more, and answer what they have begun', onLinux, async () => {
  const begun = await Promise.all(
    eachConnection(async () => {
      const asking = connection('POST', '/api/v1/interactions', { 'content-type': 'application/json' });
      const answer = once(asking, 'response') as Promise<[IncomingMessage]>;
      answer.catch(() => undefined); // it is waited for below
      asking.write('{');
      await once(asking, 'socket');
      return { asking, answer };
    }),
  );
  await sleep(BEGUN_MS);
  const ended = freshet?.stop();
  while (await letsIn()) await sleep(20);
  const statuses = await Promise.all(
    begun.map(async ({ asking, answer }) => {
      asking.end(JSON.stringify(event).slice(1));
      return (await answer)[0].statusCode;
    }),
  );
  assert.deepEqual(new Set(statuses), new Set([202]));
  assert.deepEqual(await ended, { code: 0, signal: null });
});

async function letsIn(): Promise<boolean> {
  const { hostname, port } = new URL(String(freshet?.url));
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function eachConnection<T>(act: () => T): T[] {
  return Array.from({ length: CONNECTIONS }, act);
}

/** Over a connection of its own, which goes to any of the threads. */
async function ask(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) {
  const asking = connection(method, path, {
    ...headers,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  });
  asking.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, requestId: answer.headers['x-request-id'], body: await json(answer) };
}

function connection(method: string, path: string, headers: Readonly<Record<string, string>>) {
  return request(`${freshet?.url}${path}`, { method, agent: false, headers: { 'x-api-key': KEY, ...headers } });
}
