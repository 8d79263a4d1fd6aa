// Several threads answer on one port. What one of them has been told counts in all of them at once.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { startFreshet, type FreshetProcess } from './freshet-process.ts';

/** So many connections that the kernel hardly ever gives all of them to one thread. */
const CONNECTIONS = 24;
// Elsewhere the kernel does not deal out the connections to one port.
const onLinux = { skip: process.platform !== 'linux' };
const folder = mkdtempSync(join(tmpdir(), 'freshet-threads-'));
let freshet: FreshetProcess | undefined;

before(async () => {
  if (onLinux.skip) return;
  freshet = await startFreshet(folder, { GATEWAY_WORKERS: '3' });
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

function eachConnection<T>(act: () => T): T[] {
  return Array.from({ length: CONNECTIONS }, act);
}

/** Over a connection of its own, which goes to any of the threads. */
async function ask(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) {
  const asking = request(`${freshet?.url}${path}`, {
    method,
    agent: false,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
  });
  asking.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, requestId: answer.headers['x-request-id'], body: await json(answer) };
}
