// The page on a real system with a little shop: whoever clicks in the shop view sees the list change, with the click as
// the reason, and everything that runs shows that something passes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { pino } from 'pino';
import type { Browser } from 'playwright-core';
import { readSettings } from '../../config/settings.ts';
import { browserPath, hasBrowser, openBrowser, openPage, text, texts, until } from '../../gateway/testing/browser.ts';
import { startSystem, type System } from '../../system/start-system.ts';
import { leftOut } from '../left-out.ts';

const goods = ['kettle', 'mug', 'teapot', 'tray', 'whisk', 'bowl'];
const customers = Array.from({ length: 12 }, (_, number) => `customer-${number}`);

/** Everybody looks at most of the goods, in one session. */
function visitOf(customer_id: string, number: number): object[] {
  return goods
    .filter((_, index) => index !== number % goods.length)
    .map((item_id) => ({ customer_id, item_id, event_type: 'view' }));
}

if (hasBrowser()) realPage();
else leftOut(`the page on a real system: there is no Chromium at ${browserPath}`);

function realPage(): void {
  suite('the page on a real system', { timeout: 300_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-page-'));
    let system: System;
    let browser: Browser;
    before(async () => {
      const { settings } = readSettings({ API_PORT: '0', DATA_DIR: folder, DEMO: 'off' });
      system = await startSystem(settings, pino({ level: 'silent' }), '0.0.0');
      await system.started;
      await send('items', { items: goods.map((item_id) => ({ item_id, title: `The ${item_id}`, price: 20 })) });
      await send('interactions', { events: customers.flatMap(visitOf) });
      browser = await openBrowser();
    });
    after(async () => {
      await browser.close();
      await system.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function send(what: string, body: object): Promise<void> {
      const response = await fetch(`${system.url}/api/v1/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      assert.equal(response.status, 202, await response.text());
    }

    test('a click in the shop changes what is offered, and is the reason', async () => {
      const { page, complaints } = await openPage(browser, `${system.url}/#/shop/somebody-new`);
      await page.waitForSelector('#shelf li');
      await page.waitForSelector('#person .badge.none');
      const bought = await text(page, '#shelf li .name');
      await page.locator('#shelf li').first().getByRole('button', { name: 'Buy' }).click();
      await page.waitForSelector('#told[data-state=done]');
      assert.match(await text(page, '#told'), /The list knew it/);
      await until(async () => (await texts(page, '#offers .why summary')).length > 0);
      const reasons = await texts(page, '#offers .why summary');
      assert.ok(
        reasons.some((reason) => reason.startsWith(`Because you bought ${bought} just now`)),
        reasons.join('\n'),
      );
      assert.match(await text(page, '#timeline'), new RegExp(`bought ${bought.replaceAll(/[^\w ]/g, '.')}`));
      assert.equal(await text(page, '#person .badge'), 'New');
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test('the topology shows what passes, the segments add up to all customers', async () => {
      const { page, complaints } = await openPage(browser, `${system.url}/#/topology`);
      await until(async () =>
        (await texts(page, '#edges tr')).some((row) => /topic interactionsreadsprocessor profile\d/.test(row)),
      );
      await page.locator('#views a[href="#/live"]').click();
      const everybody = `${customers.length + 1} customers`;
      await until(async () => (await text(page, '#segments-total')) === everybody);
      assert.deepEqual(complaints, []);
      await page.close();
    });
  });
}
