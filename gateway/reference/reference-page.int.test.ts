// The reference in a real browser: on a phone and a desk, light and dark, by keyboard and for screen readers.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions } from 'playwright-core';
import { leftOut } from '../../test/left-out.ts';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

const browserPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** A folder to keep screenshots in, for somebody who wants to look. */
const screenshots = process.env['SCREENSHOTS'];

if (existsSync(browserPath)) referenceSuite();
else leftOut(`the reference in a browser: there is no Chromium at ${browserPath}`);

function referenceSuite(): void {
  suite('the reference', { timeout: 60_000 }, () => {
    let bench: Bench;
    let browser: Browser;
    before(async () => {
      bench = await openBench();
      browser = await chromium.launch({
        executablePath: browserPath,
        args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
      });
    });
    after(async () => {
      await browser.close();
      await bench.close();
    });

    const looks: [string, BrowserContextOptions][] = [
      ['light, on a desk', { viewport: { width: 1280, height: 900 } }],
      ['dark, on a phone', { viewport: { width: 375, height: 780 }, colorScheme: 'dark' }],
    ];
    for (const [look, options] of looks) {
      test(`${look}: nothing sticks out, nobody complains, and axe finds nothing`, async () => {
        const { page, complaints } = await open(options);
        const example = page.locator('article:has(#postItems) details');
        await example.locator('summary').focus();
        await page.keyboard.press('Enter');
        assert.ok(await example.locator('pre').first().isVisible(), 'an example opens by keyboard');
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), options.viewport?.width);
        if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, `reference, ${look}.png`) });
        assert.deepEqual(complaints, []);
        await page.evaluate(axe.source);
        const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: unknown[] }[] };
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes[0])}`),
          [],
        );
        await page.close();
      });
    }

    test('by keyboard: the first key leads past the routes, links lead to their places', async () => {
      const { page } = await open({ viewport: { width: 1280, height: 900 } });
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate('document.activeElement.id'), 'content');
      await page.locator('nav a[href="#getSessionRecommendations"]').focus();
      await page.keyboard.press('Enter');
      assert.ok(await page.locator('#getSessionRecommendations').isVisible());
      assert.match(page.url(), /#getSessionRecommendations$/);
      await page.close();
    });

    /** `complaints`: what the browser wrote to its console, and requests to other hosts. */
    async function open(options: BrowserContextOptions) {
      const page = await browser.newPage(options);
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => {
        if (!request.url().startsWith(bench.url)) complaints.push(`asked ${request.url()}`);
      });
      await page.goto(`${bench.url}/docs`);
      return { page, complaints };
    }
  });
}
