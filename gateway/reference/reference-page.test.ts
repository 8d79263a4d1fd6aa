import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, suite, test } from 'node:test';
import type { ApiDocument } from '../contract/document.ts';
import { documentedExamples } from '../contract/documented-examples.ts';
import { openBench, type Bench } from '../testing/gateway-bench.ts';
import { curlCommand } from './curl-command.ts';
import { html, inline } from './html.ts';

suite('GET /docs', () => {
  let bench: Bench;
  let page: string;
  let document: ApiDocument;
  before(async () => {
    bench = await openBench({ API_KEYS: 'a-key-that-may-only-read:read' });
    page = (await bench.ask('GET', '/docs')).text;
    document = JSON.parse((await bench.ask('GET', '/openapi.json')).text) as ApiDocument;
  });
  after(() => bench.close());

  test('has every route, and every link within it leads somewhere', () => {
    const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods)))
      assert.ok(anchors.has(operation.operationId), operation.operationId);
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    assert.ok(links.length > 100);
    for (const link of links) assert.ok(anchors.has(link), link);
    assert.equal(anchors.size, [...page.matchAll(/ id="/g)].length, 'each once');
  });

  test('asks no other host for anything, and runs nothing that stands in it', async () => {
    const { headers } = await bench.ask('GET', '/docs');
    assert.match(
      headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'self'; script-src 'self'/,
    );
    assert.doesNotMatch(page, /(src|href)="(https?:)?\/\//);
    assert.doesNotMatch(page, /<script(?! src="\/)|style="| on[a-z]+="/);
    for (const [, href = ''] of page.matchAll(/(?:src|href)="(\/[^"]*)"/g))
      assert.equal((await bench.ask('GET', href)).status, 200, href);
  });

  test('its commands are what a shell understands', () => {
    const examples = documentedExamples(document).filter(({ body }) => body !== undefined);
    for (const example of examples) {
      const command = curlCommand(example).replace(/^curl/, 'printf "%s\\n"');
      const { stdout, status } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
      assert.equal(status, 0);
      assert.deepEqual(JSON.parse(stdout.slice(stdout.indexOf('\n-d\n') + '\n-d\n'.length)), example.body);
    }
  });
});

test('text is never taken for HTML', () => {
  assert.equal(
    html`<b title="${'"x"'}">${'<i>'}${[1, '&']}${false}</b>`.text,
    '<b title="&quot;x&quot;">&lt;i&gt;1&amp;</b>',
  );
  assert.equal(html`${inline('a `<b>` c')}`.text, 'a <code>&lt;b&gt;</code> c');
});

test('an apostrophe does not end what a shell is given', () => {
  const command = curlCommand({ method: 'PUT', path: '/x', body: { name: "it's" } });
  assert.equal(
    command,
    `curl -s -X PUT 'http://localhost:8000/x' \\\n  -H 'Content-Type: application/json' \\\n  -d '{\n  "name": "it'\\''s"\n}'`,
  );
});
