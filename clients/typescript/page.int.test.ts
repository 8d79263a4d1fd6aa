// A page of another origin in a real browser, with a key for browsers: what it tracks arrives, also when it is hidden or left at once.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { browserPath, hasBrowser, openBrowser, until } from '../../gateway/testing/browser.ts';
import { runFreshet, startFreshet, type FreshetProcess } from '../../test/end-to-end/freshet-process.ts';
import { leftOut } from '../../test/left-out.ts';
import { buildPackage } from './scripts/build-package.ts';

if (hasBrowser()) pages();
else leftOut(`the client in a browser: there is no Chromium at ${browserPath}`);

function pages(): void {
  suite('the client in a page of another origin', { timeout: 180_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-client-page-'));
    const data = join(folder, 'data');
    let shop: Server;
    let origin: string;
    let browserKey: string;
    let readKey: string;
    let freshet: FreshetProcess;
    let browser: Browser;
    before(async () => {
      buildPackage(join(folder, 'package'));
      shop = await serve(join(folder, 'package'));
      origin = originOf(shop);
      browserKey = await addKey(data, 'pages', '--browser', '--origin', origin);
      readKey = await addKey(data, 'reader', '--scope', 'read');
      freshet = await startFreshet(data);
      await freshet.ready();
      browser = await openBrowser();
    });
    after(async () => {
      await browser.close();
      await freshet.kill();
      shop.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test('tracks events with its key, and is refused anything else', async () => {
      const page = await openShop();
      await page.evaluate(`client.track({ customer_id: 'anna', event_type: 'view', item_id: 'tea' })`);
      assert.equal(await page.evaluate('client.flush()'), true);
      await counted('anna', { view: 1 });
      assert.deepEqual(await page.evaluate('undelivered'), []);
      assert.match(String(await page.evaluate(`client.rankings().catch(String)`)), /NetworkError|ProblemError/);
      await page.close();
    });

    test('sends what waits when it is hidden', async () => {
      const page = await openShop();
      await page.evaluate(`client.track({ customer_id: 'bert', event_type: 'view', item_id: 'tea' })`);
      await page.evaluate(`{
        Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
        document.dispatchEvent(new Event('visibilitychange'));
      }`);
      await counted('bert', { view: 1 });
      await page.close();
    });

    test('sends what waits when it is left', async () => {
      const page = await openShop();
      await page.evaluate(`for (let index = 0; index < 20; index += 1)
        client.track({ customer_id: 'carl', event_type: 'view', item_id: 'item-' + index })`);
      await page.goto('about:blank');
      await counted('carl', { view: 20 });
      await page.close();
    });

    test('is told when its origin is not one of the key’s', async () => {
      const other = await serve(join(folder, 'package'));
      const page = await openShop(originOf(other));
      await page.evaluate(`client.track({ customer_id: 'dora', event_type: 'view', item_id: 'tea' })`);
      await page.evaluate('client.close({ timeoutMs: 200 })');
      assert.deepEqual(await page.evaluate('undelivered'), ['closed'], 'the browser keeps the answer from the page');
      await page.close();
      other.close();
    });

    /** Its events wait for longer than the test does. */
    async function openShop(at = origin): Promise<Page> {
      const page = await browser.newPage();
      const told = encodeURIComponent(JSON.stringify({ url: freshet.url, key: browserKey }));
      await page.goto(`${at}/?${told}`);
      await page.waitForFunction('window.client !== undefined');
      return page;
    }

    async function counted(customer: string, events: object): Promise<void> {
      const wanted = JSON.stringify(events);
      await until(async () => {
        const headers = { authorization: `Bearer ${readKey}` };
        const answer = await fetch(`${freshet.url}/api/v1/customers/${customer}`, { headers });
        return answer.ok && JSON.stringify(((await answer.json()) as { events: unknown }).events) === wanted;
      });
    }
  });
}

const shopPage = `<!doctype html><title>Shop</title><script type="module">
  import { FreshetClient } from '/dist/index.js';
  const told = JSON.parse(decodeURIComponent(location.search.slice(1)));
  window.undelivered = [];
  window.client = new FreshetClient({
    ...told,
    tracking: { flushAfterMs: 600_000, onUndelivered: ({ reason }) => window.undelivered.push(reason) },
  });
</script>`;

/** A shop's own server, which has nothing to do with Freshet's. */
async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const file = join(folder, (request.url ?? '/').replace(/\?.*/, ''));
    if (file.endsWith('.js') && existsSync(file))
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(file));
    else response.writeHead(200, { 'content-type': 'text/html' }).end(shopPage);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function addKey(dataDir: string, name: string, ...args: readonly string[]): Promise<string> {
  const { code, output } = await runFreshet(['keys', 'add', name, ...args], { DATA_DIR: dataDir });
  assert.equal(code, 0, output);
  return /^freshet_\S+/m.exec(output)?.[0] ?? assert.fail(output);
}
