// A visitor logs in, on the running system that is killed right after it was told: what the visitor did is the customer's, once, and
// is not after it was taken back. All of it also once the copies of the log are rebuilt.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { partitionOf } from '../../streams/index.ts';
import { startFreshet, type FreshetProcess } from './freshet-process.ts';

const WITHIN_MS = 30_000;
const ASK_EVERY_MS = 20;

const pair = { anonymous_id: 'visitor-7', customer_id: 'anna' };
const view = (customer_id: string, item_id: string) => ({ customer_id, event_type: 'view', item_id });

interface Customer {
  readonly events: { readonly view?: number };
  readonly anonymous_ids: readonly string[];
  readonly belongs_to: string | null;
}

test('a visitor who logs in is the customer, through kill -9 and a rebuild, until that is taken back', async (t) => {
  assert.notEqual(partitionOf(Buffer.from(pair.anonymous_id), 4), partitionOf(Buffer.from(pair.customer_id), 4));
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-identify-'));
  let freshet = await startFreshet(dataDir);
  t.after(async () => {
    await freshet.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const again = async () => {
    freshet = await startFreshet(dataDir);
    await freshet.ready();
  };
  await freshet.ready();
  for (const item_id of ['lamp', 'desk', 'book', 'vase']) {
    await freshet.ask('PUT', `/api/v1/items/${item_id}`, { title: item_id, categories: ['Home'], in_stock: true });
  }
  // Those who look at lamps look at desks: this is what the visitor's history is worth to the customer.
  const others = Array.from({ length: 12 }, (_, n) => [view(`other-${n}`, 'lamp'), view(`other-${n}`, 'desk')]);
  await freshet.ask('POST', '/api/v1/interactions', { events: others.flat() });
  await freshet.ask('POST', '/api/v1/interactions', { events: [view('visitor-7', 'lamp'), view('visitor-7', 'vase')] });
  await freshet.ask('POST', '/api/v1/interactions', view('anna', 'book'));
  await until(async () => (await viewsOf(freshet, 'anna')) === 1 && (await viewsOf(freshet, 'visitor-7')) === 2);
  assert.equal(await knowsTheLamp(freshet), false);

  const told = await freshet.ask('POST', '/api/v1/identify', pair);
  await freshet.kill();
  assert.equal(told.status, 202);
  await again();
  await until(async () => (await viewsOf(freshet, 'anna')) === 3);
  assert.deepEqual((await customerOf(freshet, 'anna'))?.anonymous_ids, ['visitor-7']);
  assert.equal((await customerOf(freshet, 'visitor-7'))?.belongs_to, 'anna');
  await until(() => knowsTheLamp(freshet));

  await freshet.ask('POST', '/api/v1/interactions', view('visitor-7', 'desk'));
  await freshet.kill();
  await again();
  await until(async () => (await viewsOf(freshet, 'anna')) === 4);

  await freshet.stop();
  for (const copy of ['state', 'serving']) rmSync(join(dataDir, copy), { recursive: true });
  await again();
  await until(async () => (await viewsOf(freshet, 'anna')) === 4);

  assert.equal((await freshet.ask('POST', '/api/v1/unidentify', pair)).status, 202);
  await freshet.kill();
  await again();
  await until(async () => (await viewsOf(freshet, 'anna')) === 1 && !(await knowsTheLamp(freshet)));
  await freshet.ask('POST', '/api/v1/interactions', view('visitor-7', 'book'));
  await until(async () => (await viewsOf(freshet, 'visitor-7')) === 4);
  assert.deepEqual(
    [await viewsOf(freshet, 'anna'), (await customerOf(freshet, 'anna'))?.anonymous_ids],
    [1, []],
    'later events follow no more',
  );
});

async function customerOf(freshet: FreshetProcess, id: string): Promise<Customer | undefined> {
  const reply = await freshet.ask('GET', `/api/v1/customers/${id}`);
  return reply.status === 200 ? reply.json<Customer>() : undefined;
}

async function viewsOf(freshet: FreshetProcess, id: string): Promise<number | undefined> {
  return (await customerOf(freshet, id))?.events.view;
}

/** Whether the customer's list names what the visitor looked at as a reason. */
async function knowsTheLamp(freshet: FreshetProcess): Promise<boolean> {
  const reply = await freshet.ask('GET', '/api/v1/recommendations/anna?explain=true');
  return /You looked at lamp/.test(reply.text);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const untilMs = Date.now() + WITHIN_MS;
  while (!(await isSo())) {
    assert.ok(Date.now() < untilMs, `not within ${WITHIN_MS} ms`);
    await sleep(ASK_EVERY_MS);
  }
}
