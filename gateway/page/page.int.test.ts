// The page in a real browser: what customers do shows up by itself, nothing is written to the console, and it can be used
// by keyboard and on a phone.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { leftOut } from '../../test/left-out.ts';
import { CannedShop } from '../testing/canned-shop.ts';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

const browserPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** A folder to keep screenshots in, for somebody who wants to look. */
const screenshots = process.env['SCREENSHOTS'];
const readKey = 'a-key-that-may-only-read';
const adminKey = 'a-key-that-may-do-anything';
const tickMs = 120;

if (existsSync(browserPath)) pageSuite();
else leftOut(`the page in a browser: there is no Chromium at ${browserPath}`);

function pageSuite(): void {
  suite('the page', { timeout: 60_000 }, () => {
    let bench: Bench;
    let browser: Browser;
    let ticking: NodeJS.Timeout;
    let isQuiet = false;
    before(async () => {
      bench = await openBench();
      bench.time = Date.now();
      const shop = new CannedShop(bench);
      for (let tick = 0; tick < 20; tick += 1) await shop.tick();
      ticking = setInterval(() => {
        if (isQuiet) return;
        bench.time = Date.now();
        void shop.tick();
      }, tickMs);
      browser = await openBrowser();
    });
    after(async () => {
      clearInterval(ticking);
      await browser.close();
      await bench.close();
    });

    test('events, a customer with reasons, rankings and numbers show up by themselves and change', async () => {
      const { page, complaints } = await openPage(browser, bench.url);
      await page.waitForSelector('#connection[data-state=live]');
      await page.waitForSelector('#events li .who');
      await page.waitForSelector('#list li .why');
      await page.waitForSelector('#ranked li .name');
      await page.waitForSelector('#profile .badge');
      await until(async () => /^[1-9]/.test(await text(page, '#rate')));
      assert.match(await text(page, '#median'), /^\d+ ms$/);
      const names = await page.locator('#list .name').allTextContents();
      assert.ok(
        names.every((name) => /^[A-Z]/.test(name)),
        'titles, not ids',
      );
      assert.match(
        (await page.locator('#list .why').allTextContents()).join(' '),
        /You (looked at|bought|put|clicked)/,
      );
      const list = await text(page, '#list');
      await until(async () => (await text(page, '#list')) !== list);
      await page.waitForTimeout(2500);
      await keep(page, 'light');
      assert.ok(await page.locator('#chart canvas').isVisible());
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test('a customer is found by their id, by keyboard alone', async () => {
      const { page, complaints } = await openPage(browser, bench.url);
      await page.waitForSelector('#list li');
      await page.focus('#customer-id');
      await page.keyboard.type('margaret');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#profile strong:text-is("margaret")');
      // A list that changes in the midst of two steps would make this a matter of luck.
      isQuiet = true;
      await page.waitForTimeout(300);
      await page.locator('#list summary').first().focus();
      await page.keyboard.press('Enter');
      assert.ok(await page.locator('#list details[open] li').first().isVisible(), 'the reason opens');
      isQuiet = false;
      await page.focus('#customer-id');
      await page.fill('#customer-id', 'nobody & <b>co</b>');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#profile .badge.none');
      assert.match(await text(page, '#profile'), /Nothing is known of this customer yet/);
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test('dark, on a phone: everything fits the width', async () => {
      const { page, complaints } = await openPage(browser, bench.url, {
        viewport: { width: 375, height: 780 },
        colorScheme: 'dark',
      });
      await page.waitForSelector('#list li .why');
      await page.waitForTimeout(2500);
      assert.ok(((await page.locator('main').boundingBox())?.width ?? 999) <= 375, 'it is too wide');
      assert.ok((await page.evaluate('document.documentElement.scrollWidth')) === 375, 'something sticks out');
      await keep(page, 'dark-phone');
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test('dark on a desk', async () => {
      const { page, complaints } = await openPage(browser, bench.url);
      await page.waitForSelector('#list li .why');
      await page.click('#theme');
      await page.waitForTimeout(1500);
      await keep(page, 'dark');
      assert.deepEqual(complaints, []);
      await page.close();
    });
  });

  test('the page asks for a key when the server does', { timeout: 30_000 }, async () => {
    const bench = await openBench({ API_KEYS: `${readKey}:read,${adminKey}:admin` });
    const browser = await openBrowser();
    const { page } = await openPage(browser, bench.url);
    await page.waitForSelector('#key-form:not([hidden])');
    await page.fill('#key', 'not this one');
    await page.keyboard.press('Enter');
    await until(async () => (await text(page, '#key-problem')) !== '');
    await keep(page, 'key');
    await page.fill('#key', readKey);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#connection[data-state=live]');
    assert.equal(await page.locator('#key-form').isVisible(), false);
    await browser.close();
    await bench.close();
  });
}

function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
  });
}

/** `complaints`: what the browser wrote to its console, failed requests, and requests to other hosts. */
async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}) {
  const page = await browser.newPage({ viewport: { width: 1360, height: 900 }, ...options });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

async function text(page: Page, selector: string): Promise<string> {
  return (await page.textContent(selector)) ?? '';
}

/** Looks from outside: the page's own rules forbid to evaluate text in it. The test's time limit ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function keep(page: Page, name: string): Promise<void> {
  if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}
