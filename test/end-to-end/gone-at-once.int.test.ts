// An item that is sold out or hidden is gone from every answer of a real system moments later, and back as soon as it is there again.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, suite, test } from 'node:test';
import { startFreshet, type FreshetProcess } from './freshet-process.ts';

const patienceMs = 60_000;
const askEveryMs = 10;
const shoppers = Array.from({ length: 12 }, (_, index) => `shopper-${index}`);

suite('an item that can’t be bought', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-gone-'));
  let freshet: FreshetProcess;
  before(async () => {
    freshet = await startFreshet(folder);
    await freshet.ready();
    const items = ['lamp', 'shade', 'bulb'].map((item_id) => ({ item_id, title: item_id, categories: ['Light'] }));
    await freshet.ask('POST', '/api/v1/items', { items });
    const events = shoppers.flatMap((customer_id) =>
      items.flatMap(({ item_id }) => [
        { customer_id, event_type: 'view', item_id, session_id: customer_id },
        { customer_id, event_type: 'purchase', item_id, session_id: customer_id, value: 5 },
      ]),
    );
    await freshet.ask('POST', '/api/v1/interactions', { events });
    await freshet.ask('POST', '/api/v1/interactions', { customer_id: 'anna', event_type: 'view', item_id: 'bulb' });
    await until('it is everywhere', async () => (await answersWith('lamp')).length === answers.length);
  });
  after(async () => {
    await freshet.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [gone, back] of [
    [{ in_stock: false }, { in_stock: true }],
    [{ hidden: true }, { hidden: false }],
  ]) {
    test(`${JSON.stringify(gone)} takes it out of every answer`, async () => {
      assert.equal((await freshet.ask('PATCH', '/api/v1/items/lamp', gone)).status, 202);
      await until('it is gone', async () => (await answersWith('lamp')).length === 0);
      assert.equal((await freshet.ask('PATCH', '/api/v1/items/lamp', back)).status, 202);
      await until('it is back', async () => (await answersWith('lamp')).length === answers.length);
    });
  }

  const answers: (() => Promise<string>)[] = [
    '/api/v1/recommendations/anna',
    '/api/v1/recommendations/visitor',
    '/api/v1/recommendations/visitor?category=Light',
    '/api/v1/rankings/popular',
    '/api/v1/items/bulb/similar',
  ].map((path) => async () => (await freshet.ask('GET', path)).text);
  answers.push(async () => (await freshet.ask('POST', '/api/v1/sessions/recommendations', { items: ['bulb'] })).text);

  async function answersWith(item: string): Promise<string[]> {
    const texts = await Promise.all(answers.map((answer) => answer()));
    return texts.filter((text) => text.includes(`"item_id":"${item}"`));
  }
});

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const untilMs = Date.now() + patienceMs; !(await holds()); await sleep(askEveryMs))
    assert.ok(Date.now() < untilMs, `never: ${what}`);
}
