// Every way to be let in by a broker, and that none is let in without. The same for every client.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runFreshet } from '../../../../test/end-to-end/freshet-process.ts';
import { leftOut } from '../../../../test/left-out.ts';
import { CertificateAuthority } from '../../../../test/servers/certificates.ts';
import { startKafka, type KafkaListener } from '../../../../test/servers/kafka.ts';
import { hasCommand } from '../../../../test/servers/program.ts';
import { readPartition } from '../../contract/support.ts';
import { openKafkaLog } from '../open.ts';
import type { KafkaSecurity, SaslSettings } from '../security.ts';
import type { KafkaClientName } from '../settings.ts';

const password = 'not-a-secret';
/** Clients must say anew who they are after so long; kafkajs does it ten seconds early. */
const sessionMs = 11_000;

export async function securityOnKafka(client: KafkaClientName): Promise<void> {
  if (!hasCommand('openssl')) return leftOut('TLS and SASL need openssl.');
  const folder = mkdtempSync(join(tmpdir(), 'freshet-tls-'));
  after(() => rmSync(folder, { recursive: true }));
  const authority = new CertificateAuthority(folder);
  const [server, ours] = [authority.sign('broker'), authority.sign('shop')];
  const stranger = new CertificateAuthority(mkdtempSync(join(folder, 'stranger-'))).sign('stranger');
  writeFileSync(join(folder, 'store.pem'), server.key + server.certificate);
  const stores = {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': join(folder, 'store.pem'),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': join(folder, 'ca.pem'),
  };
  const kafka = await startKafka({
    scramUsers: (['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const).map((mechanism) => ({
      mechanism,
      name: 'shop',
      password,
    })),
    listeners: {
      encrypted: { protocol: 'SSL', properties: stores },
      mutual: { protocol: 'SSL', properties: { ...stores, 'ssl.client.auth': 'required' } },
      named: { protocol: 'SASL_SSL', properties: { ...stores, ...mechanisms } },
    },
  });
  if (kafka === undefined) return;
  after(() => kafka.remove());

  const open = (listener: string, security: KafkaSecurity) =>
    openKafkaLog({ client, brokers: [kafka.address(listener)], security, limits: { retryMs: 1_000 } });
  const works = async (listener: string, security: KafkaSecurity): Promise<void> => {
    const log = await open(listener, security);
    try {
      const topic = `by.${listener}.${security.sasl?.mechanism ?? 'tls'}`;
      await log.ensureTopics([{ name: topic, partitions: 1, cleanup: 'delete' }]);
      await log.append([{ topic, key: null, value: Buffer.from('here'), timestampMs: 1 }]);
      const { records } = await readPartition(log, { topic, partition: 0 });
      assert.deepEqual(
        records.map(({ value }) => String(value)),
        ['here'],
      );
    } finally {
      await log.close();
    }
  };
  const tls = { ca: authority.certificate };

  test('TLS: a broker of a trusted authority is talked to, another one is not', async () => {
    await works('encrypted', { tls });
    await assert.rejects(open('encrypted', { tls: true }), { kind: 'DependencyUnavailable' });
  });

  test('mTLS: who shows a certificate of the authority is let in, others are not', async () => {
    await works('mutual', { tls: { ...tls, ...ours } });
    await assert.rejects(open('mutual', { tls }), { kind: 'DependencyUnavailable' });
    await assert.rejects(open('mutual', { tls: { ...tls, ...stranger } }), { kind: 'DependencyUnavailable' });
  });

  for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const) {
    test(`SASL ${mechanism}: the right password is let in, a wrong one is a setting to mend`, async () => {
      await works('named', { tls, sasl: { mechanism, username: 'shop', password } });
      const sasl: SaslSettings = { mechanism, username: 'shop', password: 'wrong' };
      await assert.rejects(open('named', { tls, sasl }), { kind: 'Misconfigured' });
    });
  }

  test('the environment of a process says all of it', async () => {
    writeFileSync(join(folder, 'password'), `${password}\n`);
    const inFolder = (file: string) => join(folder, file);
    const encrypted = { KAFKA_CLIENT: client, KAFKA_SSL: 'on', KAFKA_SSL_CA_FILE: inFolder('ca.pem') };
    const diff = (listener: string, environment: Readonly<Record<string, string>>) =>
      runFreshet(['topics', 'diff'], { KAFKA_BROKERS: kafka.address(listener), ...encrypted, ...environment });
    const named = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'shop' };
    const certified = { KAFKA_SSL_CERT_FILE: inFolder('shop.pem'), KAFKA_SSL_KEY_FILE: inFolder('shop.key') };
    const letIn = [
      await diff('encrypted', {}),
      await diff('mutual', certified),
      await diff('named', { ...named, KAFKA_SASL_PASSWORD_FILE: inFolder('password') }),
    ];
    for (const { output } of letIn) assert.match(output, /missing {2}freshet\.interactions\.v1/);
    assert.match((await diff('named', { ...named, KAFKA_SASL_PASSWORD: 'wrong' })).output, /^Kafka does not let us in/);
  });

  test('SASL OAUTHBEARER: a token is asked for anew when the broker wants to see us again, and the work goes on', async () => {
    let asked = 0;
    const token = async () => unsecuredToken('shop', (asked += 1));
    await works('named', { tls, sasl: { mechanism: 'OAUTHBEARER', token } });
    const log = await open('named', { tls, sasl: { mechanism: 'OAUTHBEARER', token } });
    const topic = 'by.named.OAUTHBEARER';
    await log.append([{ topic, key: null, value: Buffer.from('before'), timestampMs: 1 }]);
    const before = asked;
    // Longer than a connection is good for: one that had not been renewed would be cut by the broker.
    const untilMs = performance.now() + sessionMs + 1_000;
    let appended = 0;
    while (performance.now() < untilMs) {
      await log.append([{ topic, key: null, value: Buffer.from('again'), timestampMs: 1 }]);
      appended += 1;
      await sleep(500);
    }
    assert.ok(asked > before, 'no new token was asked for');
    const { records } = await readPartition(log, { topic, partition: 0 });
    assert.equal(records.length, 2 + appended);
    await log.close();
  });

  test('SASL OAUTHBEARER: an expired token is not let in', async () => {
    const token = async () => unsecuredToken('shop', 1, -3_600);
    // What the broker says then is lost on some clients, so it may look as if it were away.
    await assert.rejects(open('named', { tls, sasl: { mechanism: 'OAUTHBEARER', token } }), {
      kind: /^(Misconfigured|DependencyUnavailable)$/,
    });
  });
}

const login = 'org.apache.kafka.common.security';
const mechanisms: KafkaListener['properties'] = {
  'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
  'plain.sasl.jaas.config': `${login}.plain.PlainLoginModule required user_shop="${password}";`,
  'scram-sha-256.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
  'scram-sha-512.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
  'oauthbearer.sasl.jaas.config': `${login}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
  'oauthbearer.connections.max.reauth.ms': String(sessionMs),
};

/** The kind that Kafka's own test of tokens takes: not signed by anybody. */
function unsecuredToken(sub: string, number: number, lifeS = 60): string {
  const nowS = Math.floor(Date.now() / 1_000);
  const parts = [{ alg: 'none' }, { sub, iat: nowS - 7_200, exp: nowS + lifeS, jti: String(number) }];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}
