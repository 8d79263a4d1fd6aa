// Google's tokens, against a stand-in for its endpoints.
import assert from 'node:assert/strict';
import { createVerify } from 'node:crypto';
import { test } from 'node:test';
import { googleToken } from './google-token.ts';
import { google, keyFile, lifeS, privateKey, publicKey } from './testing/google.ts';

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
