// What /readyz promises of the first start: the weeks that the demonstration shop brings with it are worked off, so that whoever waits
// for it finds customers with lists of their own and reads that follow a click. Later starts have nothing of that to wait for.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createShop } from '../../demo/shop.ts';
import { startFreshet, type FreshetProcess } from './freshet-process.ts';

const readyWithinMs = 280_000;
const everyNthCustomer = 20;
const askEveryMs = 50;

describe('the first start with the demonstration shop', { timeout: 2 * readyWithinMs }, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-first-start-'));
  const customers = createShop(1).customers.filter(
    ({ consent }, index) => consent !== false && index % everyNthCustomer === 0,
  );
  let freshet: FreshetProcess;

  before(async () => {
    freshet = await startFreshet(dataDir, { DEMO: 'on' });
  });
  after(async () => {
    await freshet.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('says that the past is being worked off, and is ready once it is, also when it was stopped meanwhile', async () => {
    while (!(await notReady()).includes('past')) await sleep(askEveryMs);
    assert.deepEqual(await freshet.stop(), { code: 0, signal: null });
    freshet = await startFreshet(dataDir, { DEMO: 'on' });
    assert.match(await notReady(), /"demonstration-shop"/);
    await freshet.ready(readyWithinMs);
    assert.doesNotMatch(freshet.output(), /demonstration shop stopped/);
  });

  it('then has a list of their own for customers of the shop', async () => {
    for (const { customer_id: customer } of customers) {
      const list = await ask<List>('GET', `/api/v1/recommendations/${customer}?limit=1`);
      assert.deepEqual(list.fallback, { used: false, why: null }, customer);
      assert.equal(list.items.length, 1, customer);
    }
  });

  it('then answers a read that follows a click', async () => {
    const click = { customer_id: 'anna', event_type: 'view', item_id: 'home-lighting-01' };
    const { position } = await ask<{ position: string }>('POST', '/api/v1/interactions', click);
    const list = await ask<List>('GET', `/api/v1/recommendations/anna?min_position=${position}`);
    assert.equal(list.position_reached, true);
    assert.equal(list.fallback.used, false);
  });

  it('then knows what goes with an item, and what is popular', async () => {
    const similar = await ask<List>('GET', '/api/v1/items/home-lighting-01/similar');
    const popular = await ask<List>('GET', '/api/v1/rankings/popular?limit=10');
    assert.ok(similar.items.length > 0);
    assert.equal(popular.items.length, 10);
  });

  it('has nothing to wait for at its next start', async () => {
    await freshet.stop();
    freshet = await startFreshet(dataDir, { DEMO: 'on' });
    await freshet.ready(readyWithinMs);
    const { parts } = await ask<{ parts: { name: string; ready: boolean }[] }>('GET', '/api/v1/status');
    assert.deepEqual(
      parts.find(({ name }) => name === 'demonstration-shop'),
      { name: 'demonstration-shop', ready: true },
    );
  });

  async function notReady(): Promise<string> {
    const { status, text } = await freshet.ask('GET', '/readyz');
    assert.equal(status, 503, text);
    return text;
  }

  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await freshet.ask(method, path, body);
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.json<T>();
  }
});

interface List {
  readonly items: readonly unknown[];
  readonly fallback: { readonly used: boolean; readonly why: string | null };
  readonly position_reached?: boolean;
}
