// The example's page in a real browser, on a real server: a click changes the list, which says why.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { hasBrowser, openBrowser, openPage, text, until } from '../gateway/testing/browser.ts';
import { startFreshet } from '../test/end-to-end/freshet-process.ts';
import { leftOut } from '../test/left-out.ts';
import { freePort, startProgram } from '../test/servers/program.ts';

const key = 'a-key-for-the-shop-page';
const folder = mkdtempSync(join(tmpdir(), 'freshet-shop-page-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a look at something changes what the page offers', { timeout: 120_000 }, async (context) => {
  if (!hasBrowser()) return leftOut('the example of a shop page: there is no chromium');
  const freshet = await startFreshet(folder, { API_KEYS: `${key}:admin` });
  context.after(() => freshet.kill());
  await freshet.ready();
  const items = ['lamp', 'rug', 'sofa', 'vase'];
  for (const item of items) await freshet.ask('PUT', `/api/v1/items/${item}`, { title: `The ${item}` });
  const events = [1, 2, 3].flatMap((customer) =>
    items.map((item_id) => ({ customer_id: `other-${customer}`, event_type: 'view', item_id })),
  );
  await freshet.ask('POST', '/api/v1/interactions', { events });

  const port = await freePort();
  const shop = await startProgram({
    command: process.execPath,
    args: ['examples/3-shop-page/serve.ts', String(port), freshet.url],
    env: { FRESHET_KEY: key },
    isReady: (output) => output.includes(`http://localhost:${port}/`),
  });
  context.after(() => shop.stop());
  const browser = await openBrowser();
  context.after(() => browser.close());
  const { page, complaints } = await openPage(browser, `http://localhost:${port}/`);
  await until(async () => {
    await page.reload();
    await page.locator('#said:not(:text("One moment"))').waitFor();
    return (await page.locator('[data-item]').count()) > 0; // until the rankings know the others' events
  });
  assert.equal(await text(page, '#said'), 'What others like');
  const looked = await page.locator('[data-item]').first().getAttribute('data-item');
  await page.locator('[data-item]').first().click();
  await until(async () => (await text(page, '#said')) === 'Because of what you looked at');
  assert.ok((await text(page, '#offers')).includes(`You looked at The ${looked}`), await text(page, '#offers'));
  assert.deepEqual(complaints, []);
});
