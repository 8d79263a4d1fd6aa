// Google's tokens, against a stand-in for its endpoints.
import assert from 'node:assert/strict';
import { createVerify, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { googleToken } from './google-token.ts';

const lifeS = 3_600;
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** Answers as Google does, with tokens `token-1`, `token-2` …; remembers what it was asked. */
async function google(t: TestContext) {
  const asked: { path: string; body: string; flavor: string | undefined }[] = [];
  const state = { tokens: 0, isAway: false };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    asked.push({ path, body: Buffer.concat(chunks).toString(), flavor: request.headers['metadata-flavor'] as string });
    if (state.isAway) response.writeHead(503).end('away');
    else if (path.endsWith('/email')) response.end('machine@project.example');
    else response.end(JSON.stringify({ access_token: `token-${(state.tokens += 1)}`, expires_in: lifeS }));
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, state };
}

function keyFile(t: TestContext, content: Record<string, unknown>): string {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-google-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

function parts(token: string): unknown[] {
  const [header = '', claims = '', access = ''] = token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString());
  return [JSON.parse(header), JSON.parse(claims), access];
}

function clockAt(nowMs: number) {
  const clock = { ms: nowMs, nowMs: () => clock.ms, sleep: async () => {} };
  return clock;
}

test('a key is exchanged for a token by an assertion signed with it', async (t) => {
  const { url, asked } = await google(t);
  const key = {
    type: 'service_account',
    client_email: 'shop@project.example',
    private_key: privateKey,
    private_key_id: 'k1',
    token_uri: `${url}/token`,
  };
  const token = googleToken({ keyFile: keyFile(t, key), clock: clockAt(1_700_000_000_000) });
  assert.deepEqual(parts(await token()), [
    { typ: 'JWT', alg: 'GOOG_OAUTH2_TOKEN' },
    { exp: 1_700_003_600, iss: 'Google', iat: 1_700_000_000, scope: 'kafka', sub: 'shop@project.example' },
    'token-1',
  ]);
  const form = new URLSearchParams(asked[0]?.body);
  assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
  const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  assert.ok(createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(publicKey, signature, 'base64url'));
  assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), { alg: 'RS256', typ: 'JWT', kid: 'k1' });
  assert.deepEqual(JSON.parse(Buffer.from(claims, 'base64url').toString()), {
    iss: 'shop@project.example',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    aud: `${url}/token`,
    iat: 1_700_000_000,
    exp: 1_700_003_600,
  });
});

test('without a key the account of the machine is used', async (t) => {
  const { url, asked } = await google(t);
  const [, claims, access] = parts(await googleToken({ metadataUrl: url })());
  assert.equal((claims as { sub: string }).sub, 'machine@project.example');
  assert.equal(access, 'token-1');
  assert.ok(asked.every(({ flavor }) => flavor === 'Google'));
});

test('a token is used until shortly before it expires, and many ask for a new one only once', async (t) => {
  const { url, state } = await google(t);
  const clock = clockAt(0);
  const token = googleToken({ metadataUrl: url, clock });
  const access = async () => parts(await token())[2];
  assert.equal(await access(), 'token-1');
  clock.ms = (lifeS - 301) * 1_000;
  assert.equal(await access(), 'token-1');
  clock.ms = (lifeS - 299) * 1_000;
  assert.deepEqual(await Promise.all([access(), access(), access()]), ['token-2', 'token-2', 'token-2']);
  assert.equal(state.tokens, 2);
});

test('while Google is away the last token serves until it expires', async (t) => {
  const { url, state } = await google(t);
  const clock = clockAt(0);
  const token = googleToken({ metadataUrl: url, clock });
  await token();
  state.isAway = true;
  clock.ms = (lifeS - 100) * 1_000;
  assert.equal(parts(await token())[2], 'token-1');
  clock.ms = lifeS * 1_000;
  await assert.rejects(token(), { kind: 'DependencyUnavailable' });
  state.isAway = false;
  assert.equal(parts(await token())[2], 'token-2');
});

test('a file that is no key of a service account is refused with its kind', async (t) => {
  const file = keyFile(t, { type: 'authorized_user', client_id: 'x' });
  await assert.rejects(googleToken({ keyFile: file })(), { kind: 'Misconfigured', message: /authorized_user/ });
  await assert.rejects(googleToken({ keyFile: `${file}.missing` })(), { kind: 'Misconfigured' });
});
