import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerCertificate } from 'node:tls';
import { checkNamedServer } from './server-identity.ts';

for (const [host, subject, names, isServer] of [
  ['10.0.0.3', '10.0.0.3', undefined, true],
  ['10.0.0.3', '10.0.0.3', 'DNS:redis.example', true],
  ['10.0.0.3', 'redis.example', 'IP Address:10.0.0.3', true],
  ['redis.example', 'anything', 'DNS:redis.example', true],
  ['10.0.0.3', '10.0.0.4', undefined, false],
  ['10.0.0.3', '10.0.0.3', 'IP Address:10.0.0.4', false],
  ['10.0.0.3', 'redis.example', 'DNS:redis.example', false],
  ['redis.example', '10.0.0.3', undefined, false],
] as const) {
  test(`${host} with a certificate of ${subject}, ${names ?? 'no other names'}: ${isServer ? 'it is' : 'it is not'}`, () => {
    const certificate = { subject: { CN: subject }, subjectaltname: names } as unknown as PeerCertificate; // of all fields those that are looked at
    assert.equal(checkNamedServer(host, certificate) === undefined, isServer);
  });
}
