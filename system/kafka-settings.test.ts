// What the environment says of brokers reaches the driver.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { readSettings } from '../config/settings.ts';
import { google, keyFile, privateKey } from '../streams/log/kafka/testing/google.ts';
import { kafkaSettings } from './kafka-settings.ts';

const securityOf = (environment: Readonly<Record<string, string>>) =>
  kafkaSettings(readSettings(environment).settings, 'one', pino({ level: 'silent' })).security;

test('with Google, the account is that of the key file that is named', async (t) => {
  const { url } = await google(t);
  const file = keyFile(t, {
    type: 'service_account',
    client_email: 'shop@project.example',
    private_key: privateKey,
    token_uri: `${url}/token`,
  });
  const security = securityOf({ KAFKA_SASL_MECHANISM: 'google', GOOGLE_APPLICATION_CREDENTIALS: file });
  const sasl = security?.sasl;
  assert.ok(sasl?.mechanism === 'OAUTHBEARER');
  const [, claims = ''] = (await sasl.token()).split('.');
  assert.equal(
    (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string }).sub,
    'shop@project.example',
  );
});

test('passwords go with their mechanism, in the name that brokers have for it', () => {
  const login = { KAFKA_SASL_USERNAME: 'shop', KAFKA_SASL_PASSWORD: 'not-a-secret' };
  for (const [mechanism, name] of [
    ['plain', 'PLAIN'],
    ['scram-sha-256', 'SCRAM-SHA-256'],
    ['scram-sha-512', 'SCRAM-SHA-512'],
  ] as const) {
    const sasl = { mechanism: name, username: 'shop', password: 'not-a-secret' };
    assert.deepEqual(securityOf({ ...login, KAFKA_SASL_MECHANISM: mechanism }), { sasl });
  }
  assert.deepEqual(securityOf({ KAFKA_SSL: 'on' }), { tls: true });
  assert.deepEqual(securityOf({}), {});
});
