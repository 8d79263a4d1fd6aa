// Keys of the file, beside those of API_KEYS: added and revoked while the gateway runs, and those that web pages have.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, afterEach, suite, test } from 'node:test';
import { keyFileIn } from '../../config/settings.ts';
import { changeKeyFile } from '../keys/key-file.ts';
import { makeKey, type KeyRequest } from '../keys/make-key.ts';
import { nowMs } from '../testing/examples.ts';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

const shop = 'https://shop.example';
const event = { customer_id: 'ada', event_type: 'search' };
const rankings = '/api/v1/rankings';
const interactions = '/api/v1/interactions';

let folder: string;
let bench: Bench;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'freshet-access-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function addKey(request: Partial<KeyRequest>): { key: string; id: string } {
  const byDefault: KeyRequest = { name: 'x', kind: 'server', scopes: ['read'], origins: [], expires_at: null };
  const { secret, stored } = makeKey({ ...byDefault, ...request }, nowMs);
  changeKeyFile(keyFileIn(folder), (keys) => [...keys, stored]);
  return { key: secret, id: stored.id };
}

function revokeKey(id: string): void {
  changeKeyFile(keyFileIn(folder), (keys) => keys.filter((key) => key.id !== id));
}

async function read(key?: string): Promise<number> {
  return (await bench.ask('GET', rankings, { headers: key === undefined ? {} : { 'x-api-key': key } })).status;
}

/** Fails by the test's own time limit when it never comes true. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20));
}

suite('keys of the file', { timeout: 120_000 }, () => {
  afterEach(() => bench.close());

  test('are rotated without a restart: old and new one hold until the old one is revoked', async () => {
    const former = addKey({});
    bench = await openBench({ DATA_DIR: folder });
    assert.deepEqual([await read(former.key), await read()], [200, 401]);
    const next = addKey({});
    await until(async () => (await read(next.key)) === 200);
    assert.equal(await read(former.key), 200);
    revokeKey(former.id);
    await until(async () => (await read(former.key)) === 401);
    assert.equal(await read(next.key), 200);
    assert.ok(bench.logLines.every((line) => !line.includes(next.key) && !line.includes(former.key)));
  });

  test('with the first one, keys are asked for; with the last one revoked, nobody is let in', async () => {
    bench = await openBench({ DATA_DIR: folder });
    assert.equal(await read(), 200);
    const { key, id } = addKey({});
    await until(async () => (await read()) === 401);
    assert.equal(await read(key), 200);
    revokeKey(id);
    await until(async () => (await read(key)) === 401);
    rmSync(keyFileIn(folder));
    addKey({ name: 'other' });
    await until(async () => bench.logLines.filter((line) => line.includes('keys have changed')).length >= 3);
    assert.deepEqual([await read(), await read(key)], [401, 401]);
  });

  test('a file that is damaged later leaves the former keys in force, and is told of', async () => {
    const { key } = addKey({});
    bench = await openBench({ DATA_DIR: folder });
    writeFileSync(keyFileIn(folder), '{"version":1,');
    await until(async () => bench.logLines.some((line) => line.includes('the former keys still hold')));
    assert.deepEqual([await read(key), await read()], [200, 401]);
  });

  test('an expired key is refused and told so', async () => {
    const { key } = addKey({ expires_at: new Date(nowMs + 1000).toISOString() });
    bench = await openBench({ DATA_DIR: folder });
    assert.equal(await read(key), 200);
    bench.time += 1000;
    const { status, json } = await bench.ask('GET', rankings, { headers: { 'x-api-key': key } });
    assert.deepEqual([status, json['detail']], [401, 'This key has expired. Make another one with freshet keys add.']);
  });
});

test('other machines are served with keys of the file alone, but not without any', async () => {
  addKey({});
  bench = await openBench({ DATA_DIR: folder, API_HOST: '0.0.0.0' });
  assert.equal(await read(), 401);
  await bench.close();
  changeKeyFile(keyFileIn(folder), () => []);
  await assert.rejects(openBench({ DATA_DIR: folder, API_HOST: '0.0.0.0' }), {
    kind: 'NoKeys',
    message: /make one with freshet keys add, or set API_KEYS/,
  });
  writeFileSync(keyFileIn(folder), 'x');
  await assert.rejects(openBench({ DATA_DIR: folder }), { kind: 'KeyFileUnusable' });
});

suite('a browser key', () => {
  let key: string;
  beforeEach(async () => {
    ({ key } = addKey({ kind: 'browser', scopes: ['ingest'], origins: [shop] }));
    bench = await openBench({ DATA_DIR: folder });
  });
  afterEach(() => bench.close());
  const ask = (method: string, path: string, origin?: string, body?: unknown) =>
    bench.ask(method, path, {
      headers: { authorization: `Bearer ${key}`, ...(origin !== undefined && { origin }) },
      ...(body !== undefined && { body }),
    });

  test('writes interactions from a page of its origins, which may read the answer', async () => {
    const { status, headers } = await ask('POST', interactions, shop, event);
    assert.equal(status, 202);
    assert.equal(headers.get('access-control-allow-origin'), shop);
    assert.equal(headers.get('vary'), 'Origin');
    assert.equal(headers.get('access-control-allow-credentials'), null);
  });

  test('is refused from elsewhere, without an origin, and for anything else', async () => {
    for (const origin of [undefined, 'https://evil.example', 'null', `${shop}.evil.example`, 'http://shop.example']) {
      const { status, headers } = await ask('POST', interactions, origin, event);
      assert.deepEqual([status, headers.get('access-control-allow-origin')], [403, null], origin);
    }
    for (const [method, path] of [
      ['GET', rankings],
      ['GET', '/api/v1/recommendations/ada'],
      ['PUT', '/api/v1/customers/ada'],
      ['POST', '/api/v1/items'],
    ] as const)
      assert.equal((await ask(method, path, shop, method === 'GET' ? undefined : {})).status, 403, path);
    assert.deepEqual(bench.log.durabilities, [], 'nothing was written');
  });

  test('its pages learn what they may send before they send it', async () => {
    const preflight = (path: string, origin: string, method = 'POST') =>
      bench.ask('OPTIONS', path, { headers: { origin, 'access-control-request-method': method } });
    const { status, headers } = await preflight(interactions, shop);
    assert.equal(status, 204);
    assert.equal(headers.get('access-control-allow-origin'), shop);
    assert.equal(headers.get('access-control-allow-methods'), 'POST');
    assert.match(headers.get('access-control-allow-headers') ?? '', /Authorization, Content-Type/);
    assert.match(headers.get('vary') ?? '', /^Origin/);
    for (const [path, origin, method] of [
      [interactions, 'https://evil.example', 'POST'],
      [interactions, shop, 'DELETE'],
      [rankings, shop, 'GET'],
    ] as const) {
      const refused = await preflight(path, origin, method);
      assert.equal(refused.headers.get('access-control-allow-origin'), null, `${path} ${origin}`);
      assert.equal(refused.headers.get('vary'), 'Origin');
    }
  });
});

suite('pages of CORS_ORIGINS', () => {
  const readKey = 'a-key-that-may-only-read';
  before(async () => (bench = await openBench({ API_KEYS: `${readKey}:read`, CORS_ORIGINS: shop })));
  after(() => bench.close());
  const headers = { origin: shop, 'x-api-key': readKey };

  test('read with a key of theirs, and can read refusals too', async () => {
    const { status, headers: answered } = await bench.ask('GET', rankings, { headers });
    assert.deepEqual([status, answered.get('access-control-allow-origin')], [200, shop]);
    const refused = await bench.ask('GET', rankings, { headers: { origin: shop } });
    assert.deepEqual([refused.status, refused.headers.get('access-control-allow-origin')], [401, shop]);
    const other = await bench.ask('GET', rankings, { headers: { ...headers, origin: 'https://other.example' } });
    assert.deepEqual([other.headers.get('access-control-allow-origin'), other.headers.get('vary')], [null, 'Origin']);
  });

  test('without such settings no answer depends on the origin', async () => {
    const plain = await openBench();
    const { headers: answered } = await plain.ask('GET', rankings, { headers: { origin: shop } });
    assert.deepEqual([answered.get('access-control-allow-origin'), answered.get('vary')], [null, null]);
    await plain.close();
  });
});
