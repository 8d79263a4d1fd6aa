// A client that got no answer sends again, before and after the server was killed: whatever says who it is counts once.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFreshet } from './freshet-process.ts';

const timestamp = new Date().toISOString();
const events = [
  { customer_id: 'anna', event_type: 'view', item_id: 'tea', timestamp },
  { customer_id: 'anna', event_type: 'purchase', item_id: 'tea', value: 5, interaction_id: 'order-1' },
];

interface Answer {
  readonly results: readonly { readonly status: string }[];
  readonly position: string;
}

test('events that are sent again count once, through kill -9', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-again-'));
  let freshet = await startFreshet(dataDir);
  t.after(async () => {
    await freshet.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const send = async () => {
    const answer = (await freshet.ask('POST', '/api/v1/interactions', { events })).json<Answer>();
    return { statuses: answer.results.map(({ status }) => status), position: answer.position };
  };
  const first = await send();
  assert.deepEqual(first.statuses, ['accepted', 'accepted']);
  assert.deepEqual(await send(), { statuses: ['duplicate', 'duplicate'], position: first.position });

  await freshet.kill();
  freshet = await startFreshet(dataDir);
  const { statuses, position } = await send();
  assert.deepEqual(statuses, ['accepted', 'accepted'], 'it remembers nothing, so they are written again');
  await freshet.ready();
  const customer = await freshet.ask('GET', `/api/v1/customers/anna?min_position=${position}`);
  const { events: counts, lifetime_value, position_reached } = customer.json<Record<string, unknown>>();
  assert.deepEqual([counts, lifetime_value, position_reached], [{ view: 1, purchase: 1 }, 5, true]);
});
