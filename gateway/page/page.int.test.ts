// The page in a real browser: what customers do shows up by itself, a click changes what is offered, what is shown is what the API
// answers, and all of it can be used by keyboard, on a phone and with a screen reader, without a word on the console.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { leftOut } from '../../test/left-out.ts';
import { browserPath, hasBrowser, openBrowser, openPage, text, texts, until } from '../testing/browser.ts';
import { CannedShop } from '../testing/canned-shop.ts';
import { openBench, type Bench, type Json } from '../testing/gateway-bench.ts';

/** A folder to keep screenshots in, for somebody who wants to look. */
const screenshots = process.env['SCREENSHOTS'];
const readKey = 'a-key-that-may-only-read';
const adminKey = 'a-key-that-may-do-anything';
const tickMs = 120;
const patient = { MIN_POSITION_WAIT_MS: '5000' };

if (hasBrowser()) pageSuite();
else leftOut(`the page in a browser: there is no Chromium at ${browserPath}`);

function pageSuite(): void {
  suite('the page', { timeout: 300_000 }, () => {
    let bench: Bench;
    let shop: CannedShop;
    let browser: Browser;
    let ticking: NodeJS.Timeout;
    /** Then only what is clicked on the page happens. */
    let isQuiet = false;
    before(async () => {
      bench = await openBench(patient);
      bench.time = Date.now();
      shop = new CannedShop(bench);
      for (let tick = 0; tick < 20; tick += 1) await shop.tick();
      await putAside(bench);
      ticking = setInterval(() => {
        bench.time = Date.now();
        void (isQuiet ? shop.learn() : shop.tick());
      }, tickMs);
      browser = await openBrowser();
    });
    after(async () => {
      clearInterval(ticking);
      await browser.close();
      await bench.close();
    });

    test('live: events, figures, segments and rankings show up by themselves and change', async () => {
      const { page, complaints } = await openPage(browser, `${bench.url}/`);
      await page.waitForSelector('#connection[data-state=live]');
      await until(async () => /^[1-9]/.test(await text(page, '#rate')));
      assert.match(await text(page, '#fresh-median'), /^\d+ ms$/);
      await until(async () => (await text(page, '#latency-median')) !== '–');
      assert.equal(await page.locator('.chart canvas').count(), 3);
      const events = await text(page, '#events');
      await until(async () => (await text(page, '#events')) !== events);
      const times = (await page.evaluate(
        "Array.from(document.querySelectorAll('#events li'), (row) => Number(row.dataset.at))",
      )) as number[];
      assert.ok(times.length > 5);
      assert.deepEqual(
        times,
        times.toSorted((one, other) => other - one),
        'newest first',
      );
      isQuiet = true;
      const census = (await bench.ask('GET', '/api/v1/segments')).json;
      const sizes = list(census['segments']).map(({ segment, customers }) => `${String(segment)}${String(customers)}`);
      await until(
        async () => (await texts(page, '#segments li')).map((each) => each.replace(/ .*/, '')).join() === sizes.join(),
      );
      const ranking = (await bench.ask('GET', '/api/v1/rankings/trending?limit=20')).json;
      const titles = list(ranking['items']).map(({ title }) => String(title));
      await until(async () => (await texts(page, '#ranked li span:last-child')).join() === titles.join());
      await until(async () => (await text(page, '#requests')).startsWith('0 requests'));
      assert.notEqual(await text(page, '#latency-median'), '–', 'of a second without requests the last figure stays');
      isQuiet = false;
      await page.waitForTimeout(1500);
      await keep(page, 'live');
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test('shop: a click changes the list, which says why, and is what the API answers', async () => {
      const { page, complaints } = await openPage(browser, `${bench.url}/#/shop`);
      await page.waitForSelector('#offers li');
      isQuiet = true;
      await page.fill('#customer-id', 'somebody new');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#person .badge.none');
      assert.match(await text(page, '#offers-note'), /Nothing is known of this customer yet/);
      await page.locator('#shelf li', { hasText: 'Oak tray' }).getByRole('button', { name: 'Buy' }).click();
      await page.waitForSelector('#told[data-state=done]');
      assert.match(await text(page, '#told'), /^somebody new bought Oak tray\. The list knew it .* after the click\.$/);
      const reasons = (await texts(page, '#offers .why summary')).join(' ');
      assert.match(reasons, /Because you bought Oak tray just now: customers in a session like this went on to it\./);
      assert.match(await text(page, '#offers'), /new|▲/);
      assert.ok((await texts(page, '#offers .price')).includes('€39.90'), 'prices have a currency');
      assert.match(await text(page, '#timeline'), /bought Oak tray/);
      await page.locator('#offers summary').first().click();
      const cause = await page.locator('#offers details[open] li').first().boundingBox();
      assert.ok((cause?.height ?? Infinity) < 100, 'an opened reason has the room of the list: it takes a few lines');

      // Both at one moment: the page asks again every few seconds, with other parameters.
      const [request = '', shown = ''] = (await page.evaluate(
        "['request', 'answer'].map((id) => document.getElementById(id).textContent)",
      )) as string[];
      const answer = (await bench.ask('GET', request.replace(/^GET /, ''))).json;
      assert.deepEqual(JSON.parse(shown), answer);
      assert.deepEqual(
        await texts(page, '#offers .name > :first-child'),
        list(answer['items']).map(({ title }) => title),
      );
      isQuiet = false;
      await page.waitForTimeout(500);
      await keep(page, 'shop');
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test('an address that was cut short shows what can be read of it', async () => {
      const { page, complaints } = await openPage(browser, `${bench.url}/#/shop/ada%C3`);
      await page.waitForSelector('#person strong');
      assert.equal(await text(page, '#person strong'), 'ada%C3');
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test('topology: everything that runs is drawn, and told as a table', async () => {
      const { page, complaints } = await openPage(browser, `${bench.url}/#/topology`);
      await page.waitForSelector('#graph svg');
      const { nodes, edges } = (await bench.ask('GET', '/api/v1/topology')).json as Record<string, Json>;
      assert.equal(await page.locator('#graph .node').count(), list(nodes).length);
      await page.locator('#graph-as-table summary').click();
      assert.equal(await page.locator('#edges tr').count(), list(edges).length);
      assert.match(await text(page, '#edges'), /topic interactionsreadsprocessor profile/);
      await keep(page, 'topology');
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test('dead letters: reason, source and bytes, of which nothing can act', async () => {
      const { page, complaints } = await openPage(browser, `${bench.url}/#/dead-letters`);
      await page.locator('#dead-letters summary').first().click();
      // The bytes are asked for when it is opened.
      await page.locator('#dead-letters li', { hasText: '3c 73 63 72' }).first().waitFor();
      const letter = await text(page, '#dead-letters li');
      assert.match(letter, /undecodable/);
      assert.match(letter, /freshet\.interactions\.v1 3:17/);
      assert.match(letter, /3c 73 63 72 69 70 74 3e/);
      assert.match(letter, /<script>/);
      assert.equal(await page.locator('#dead-letters script').count(), 0);
      await keep(page, 'dead-letters');
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test('by keyboard alone: from the first link to a purchase and to a reason', async () => {
      const { page, complaints } = await openPage(browser, `${bench.url}/`);
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'Skip to the content');
      await tabTo(page, 'Shop');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#offers li');
      await page.focus('#customer-id');
      await page.keyboard.type('margaret');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#person strong:text-is("margaret")');
      // A list that changes in the midst of two steps would make this a matter of luck.
      isQuiet = true;
      await page.waitForTimeout(400);
      await page.locator('#offers summary').first().focus();
      await page.keyboard.press('Enter');
      assert.ok(await page.locator('#offers details[open] li').first().isVisible(), 'the reason opens');
      await page.locator('#offers li').first().getByRole('button', { name: 'Buy' }).focus();
      await page.keyboard.press('Enter');
      await page.waitForSelector('#told[data-state=done]');
      assert.notEqual(await focused(page), '', 'the focus is not lost');
      isQuiet = false;
      assert.deepEqual(complaints, []);
      await page.close();
    });

    for (const colorScheme of ['light', 'dark'] as const) {
      test(`${colorScheme}, for screen readers and weak eyes: axe finds nothing serious`, async () => {
        const { page } = await openPage(browser, bench.url, { colorScheme, reducedMotion: 'reduce' });
        for (const view of Object.keys(ready)) {
          await show(page, view);
          assert.deepEqual(await seriousFaults(page), [], view);
          await keep(page, `${view}-${colorScheme}`);
        }
        await page.close();
      });
    }

    test('on a phone everything fits the width', async () => {
      const { page, complaints } = await openPage(browser, bench.url, {
        viewport: { width: 360, height: 780 },
        colorScheme: 'dark',
      });
      for (const view of Object.keys(ready)) {
        await show(page, view);
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360, `${view}: something sticks out`);
        await keep(page, `${view}-phone`);
      }
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test('colours follow the system until somebody chooses, and stay chosen', async () => {
      const { page } = await openPage(browser, bench.url, { colorScheme: 'dark' });
      const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      const dark = await ground();
      await page.click('#theme');
      const light = await ground();
      assert.notEqual(light, dark);
      await page.reload();
      assert.equal(await ground(), light);
      await page.close();
    });
  });

  test('the page asks for a key when the server does, and keeps it in the tab', { timeout: 60_000 }, async () => {
    const bench = await openBench({ ...patient, API_KEYS: `${readKey}:read,${adminKey}:admin` });
    const browser = await openBrowser();
    const { page } = await openPage(browser, bench.url);
    await page.waitForSelector('#key-form:not([hidden])');
    await giveKey(page, 'not this one');
    await until(async () => /not accepted/.test(await text(page, '#key-problem')));
    await keep(page, 'key');
    await giveKey(page, readKey);
    await page.waitForSelector('#connection[data-state=live]');
    assert.equal(await page.locator('#key-form').isVisible(), false);
    await page.goto(`${bench.url}/#/shop/ada`);
    await page.locator('#offers-note').waitFor();
    assert.equal(await page.evaluate(`JSON.stringify(localStorage).includes('${readKey}')`), false);
    await page.goto(`${bench.url}/#/dead-letters`);
    await page.waitForSelector('#other-key:not([hidden])');
    await page.click('#other-key');
    await giveKey(page, adminKey);
    await until(async () => /Nothing has been put aside/.test(await text(page, '#no-dead-letters')));
    await browser.close();
    await bench.close();
  });

  test('the page says that the server is gone, and goes on when it is back', { timeout: 60_000 }, async () => {
    const gone = await openBench();
    const browser = await openBrowser();
    const { page } = await openPage(browser, gone.url);
    await page.waitForSelector('#connection[data-state=live]');
    await gone.close();
    await page.waitForSelector('#lost:not([hidden])');
    assert.match(await text(page, '#lost'), /The server does not answer/);
    await keep(page, 'lost');
    const back = await openBench({ API_PORT: new URL(gone.url).port });
    await page.waitForSelector('#connection[data-state=live]');
    assert.equal(await page.locator('#lost').isVisible(), false);
    await browser.close();
    await back.close();
  });
}

/** By view: what there is once it shows something. */
const ready: Readonly<Record<string, string>> = {
  live: '#ranked li',
  shop: '#timeline li',
  topology: '#graph svg',
  'dead-letters': '#dead-letters li',
};

async function show(page: Page, view: string): Promise<void> {
  await page.locator(`#views a[href="#/${view}"]`).click();
  await page.waitForSelector(ready[view] ?? '');
  await page.waitForTimeout(screenshots === undefined ? 200 : 1500);
}

async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** As the runtime does it. */
async function putAside(bench: Bench): Promise<void> {
  const headers = {
    'freshet.topic': 'freshet.interactions.v1',
    'freshet.partition': '3',
    'freshet.offset': '17',
    'freshet.stage': 'customers',
    'freshet.processor': 'profile',
    'freshet.reason': 'undecodable',
    'freshet.message': 'it is no Avro',
  };
  const value = Buffer.from('<script>alert("here")</script>');
  const key = Buffer.from('ada');
  const record = { topic: 'freshet.dead-letters.v1', partition: 1, key, value, timestampMs: bench.time, headers };
  await bench.log.append([record]);
}

async function giveKey(page: Page, key: string): Promise<void> {
  await page.waitForSelector('#key-form:not([hidden])');
  await page.fill('#key', key);
  await page.keyboard.press('Enter');
}

async function focused(page: Page): Promise<string> {
  return (await page.evaluate(
    'document.activeElement === document.body ? "" : document.activeElement.textContent',
  )) as string;
}

async function tabTo(page: Page, label: string): Promise<void> {
  for (let tabs = 0; (await focused(page)) !== label; tabs += 1) {
    assert.ok(tabs < 20, `${label} is not reached by the tab key`);
    await page.keyboard.press('Tab');
  }
}

function list(json: Json | undefined): readonly Record<string, unknown>[] {
  return json as unknown as readonly Record<string, unknown>[];
}

async function keep(page: Page, name: string): Promise<void> {
  if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}
