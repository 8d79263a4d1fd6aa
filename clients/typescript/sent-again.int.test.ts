// A shop tracks events with the client while the server is killed and started again: each of them counts once.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { startFreshet } from '../../test/end-to-end/freshet-process.ts';
import { FreshetClient, type Undelivered } from './src/index.ts';

const customers = ['anna', 'bert', 'carl'];
const eventsOfEach = 100;
const killedAfter = [60, 180];

test('through kill -9 in the middle of sending, each event counts once', { timeout: 120_000 }, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-client-'));
  let freshet = await startFreshet(dataDir);
  t.after(async () => {
    await freshet.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const undelivered: Undelivered[] = [];
  let [lost, requests] = [0, 0];
  const client = new FreshetClient({
    url: freshet.url,
    readYourWrites: true,
    retries: { firstDelayMs: 20, delayMsMax: 100 },
    tracking: { batchEventsMax: 7, onUndelivered: (each) => undelivered.push(each) },
    // Some answers get lost on their way, too: what they answer is in the log.
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      requests += 1;
      if (init.method === 'POST' && requests % 5 === 0) {
        lost += 1;
        throw new TypeError('the answer is lost');
      }
      return response;
    },
  });
  const port = new URL(freshet.url).port;
  let tracked = 0;
  for (let index = 0; index < eventsOfEach; index += 1) {
    for (const customer_id of customers) {
      client.track({ customer_id, event_type: 'purchase', item_id: `item-${index % 9}`, value: 1 });
      tracked += 1;
      if (!killedAfter.includes(tracked)) continue;
      await sleep(5);
      await freshet.kill();
      freshet = await startFreshet(dataDir, { API_PORT: port });
    }
    await sleep(2);
  }
  assert.equal(await client.flush({ timeoutMs: 60_000 }), true);
  assert.deepEqual(undelivered, []);
  assert.ok(lost > 2, `${lost} answers were lost`);
  await freshet.ready();
  for (const customer of customers) {
    const { events, lifetime_value, position_reached } = await client.customer(customer);
    assert.deepEqual([events, lifetime_value, position_reached], [{ purchase: eventsOfEach }, eventsOfEach, true]);
  }
  const list = await client.recommendations('anna', { limit: 3 });
  assert.equal(list.fallback.used, false);
  await client.close();
});
