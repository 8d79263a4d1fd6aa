// A customer is deleted from a running system that is killed in the midst of it, and stays deleted when all copies of the log are rebuilt.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFreshet, type FreshetProcess } from './freshet-process.ts';

const WITHIN_MS = 30_000;
const ASK_EVERY_MS = 20;

const customer = '/api/v1/customers/anna';
const view = (item_id: string, rest: object = {}) => ({ customer_id: 'anna', event_type: 'view', item_id, ...rest });

test('a deleted customer is gone, through kill -9 and a rebuild, and starts afresh', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-delete-'));
  let freshet = await startFreshet(dataDir);
  t.after(async () => {
    await freshet.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });
  await freshet.ready();
  const events = ['tea', 'pot', 'cup'].map((item) => view(item, { timestamp: new Date().toISOString() }));
  const { position } = (await freshet.ask('POST', '/api/v1/interactions', { events })).json<{ position: string }>();
  const known = await freshet.ask('GET', `${customer}?min_position=${position}`);
  assert.deepEqual(known.json<{ events: object }>().events, { view: 3 });

  const deletion = await freshet.ask('DELETE', customer);
  assert.equal(deletion.status, 202);
  await freshet.kill();
  freshet = await startFreshet(dataDir);
  const location = String(deletion.headers['location']);
  await until(async () => (await freshet.ask('GET', location)).json<{ status: string }>().status === 'done');
  await assertUnknown(freshet);

  // Sent again after the deletion, it is still of the time before.
  await freshet.ask('POST', '/api/v1/interactions', events[0]);
  const later = await freshet.ask('POST', '/api/v1/interactions', view('lamp'));
  const { position: laterPosition } = later.json<{ position: string }>();
  await until(async () => (await freshet.ask('GET', `${customer}?min_position=${laterPosition}`)).status === 200);
  await assertOnlyLater(freshet);

  await freshet.stop();
  for (const copy of ['state', 'serving']) rmSync(join(dataDir, copy), { recursive: true });
  freshet = await startFreshet(dataDir);
  await freshet.ready();
  await until(async () => (await freshet.ask('GET', customer)).status === 200);
  await assertOnlyLater(freshet);
  assert.equal((await freshet.ask('GET', location)).json<{ status: string }>().status, 'done');
});

async function assertUnknown(freshet: FreshetProcess): Promise<void> {
  assert.equal((await freshet.ask('GET', customer)).status, 404);
  const list = await freshet.ask('GET', '/api/v1/recommendations/anna');
  assert.equal(list.json<{ fallback: { why: string } }>().fallback.why, 'unknown_customer');
}

async function assertOnlyLater(freshet: FreshetProcess): Promise<void> {
  const { events, recent } = (await freshet.ask('GET', customer)).json<{
    events: object;
    recent: { item_id: string }[];
  }>();
  assert.deepEqual([events, recent.map(({ item_id }) => item_id)], [{ view: 1 }, ['lamp']]);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const untilMs = Date.now() + WITHIN_MS;
  while (!(await isSo())) {
    assert.ok(Date.now() < untilMs, `not within ${WITHIN_MS} ms`);
    await sleep(ASK_EVERY_MS);
  }
}
