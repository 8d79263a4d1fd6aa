// A real registry with Confluent's API: the contract, and what is no answer of it.
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { startRegistry } from '../../test/servers/registry.ts';
import { freePort } from '../../test/servers/program.ts';
import { wallClock } from '../clock.ts';
import { ConfluentRegistry } from './confluent.ts';
import { schemaRegistryContract } from './schema-registry.contract.ts';
import { things, v3 } from './testing/things.ts';
import { Translation } from './translation.ts';

const server = await startRegistry();
if (server !== undefined) {
  after(() => server.remove());
  const registry = new ConfluentRegistry({ url: server.url, timeoutMs: 2_000 });
  schemaRegistryContract('Confluent’s API', () => registry);

  test('a schema of another kind is known, and said to be of no use', async () => {
    const response = await fetch(`${server.url}/subjects/json-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        schemaType: 'JSON',
        schema: '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}',
      }),
    });
    const { id } = (await response.json()) as { id: number };
    assert.deepEqual(await registry.schemaOf(id), {
      reason: 'unusable_schema',
      message: `schema id ${id} is JSON, not Avro`,
    });
  });

  test('the wire format is that of other clients, both ways', async () => {
    const theirs = new SchemaRegistry({ host: server.url });
    const subject = 'w.things.v1-value';
    await registry.setCompatibility(subject, COMPATIBILITY.BACKWARD_TRANSITIVE);
    for (const { schema } of things.codec.schemas?.versions ?? []) await registry.register(subject, schema);
    const translation = await Translation.open({ registry, topics: [things], prefix: 'w', clock: wallClock });
    const { id } = await theirs.register(
      { type: SchemaType.AVRO, schema: JSON.stringify(v3) },
      { subject, compatibility: COMPATIBILITY.BACKWARD_TRANSITIVE },
    );
    const record = { topic: 'w.things.v1', partition: 0, offset: 0, key: null, timestampMs: 1, headers: {} };
    const value = await theirs.encode(id, { id: 'a', note: 'new', price: 3 });
    const [read] = await translation.translate([{ ...record, value }]);
    assert.deepEqual(things.codec.decode(read?.value as Buffer), { id: 'a', price: 3 });
    const ours = translation.toLog({ ...record, value: things.codec.encode({ id: 'b', price: 5 }) });
    assert.deepEqual({ ...(await theirs.decode(ours.value as Buffer)) }, { id: 'b', price: 5 });
  });

  test('one that stands still is away, not without the schema', async () => {
    server.pause();
    await assert.rejects(registry.schemaOf(1), { kind: 'DependencyUnavailable', dependency: 'schema registry' });
    server.resume();
    assert.ok(await registry.schemaOf(1));
  });
}

test('one that is not there is away', async () => {
  const registry = new ConfluentRegistry({ url: `http://127.0.0.1:${await freePort()}` });
  await assert.rejects(registry.schemaOf(1), {
    kind: 'DependencyUnavailable',
    message: /does not answer: .*ECONNREFUSED/,
  });
});

test('who is not let in is told so; name and password, or a token, go with each request', async () => {
  const seen: (string | undefined)[] = [];
  await answering(
    (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401).end(JSON.stringify({ error_code: 40101, message: 'Unauthorized' }));
    },
    async (url) => {
      for (const access of [{ username: 'ann', password: 'päss:word' }, { token: 'abc' }, undefined]) {
        const registry = new ConfluentRegistry({ url, ...(access === undefined ? {} : { access }) });
        await assert.rejects(registry.schemaOf(1), { kind: 'Misconfigured', message: /does not let us in \(401\)/ });
      }
    },
  );
  assert.deepEqual(seen, [`Basic ${Buffer.from('ann:päss:word').toString('base64')}`, 'Bearer abc', undefined]);
});

test('only the registry’s own words count: neither somebody else’s 404, nor a 500 with the code, is “unknown”', async () => {
  const answers: [status: number, body: string, kind: string][] = [
    [404, '<html>no such page</html>', 'Misconfigured'],
    [404, JSON.stringify({ message: 'not found' }), 'Misconfigured'],
    [200, '<html>welcome</html>', 'Misconfigured'],
    [500, JSON.stringify({ error_code: 50001, message: 'store' }), 'DependencyUnavailable'],
    [503, '', 'DependencyUnavailable'],
    [500, JSON.stringify({ error_code: 40403, message: 'not found' }), 'DependencyUnavailable'],
  ];
  for (const [status, body, kind] of answers) {
    await answering(
      (_, response) => void response.writeHead(status).end(body),
      async (url) => assert.rejects(new ConfluentRegistry({ url }).schemaOf(1), { kind }, `${status} ${body}`),
    );
  }
});

async function answering(listener: RequestListener, during: (url: string) => Promise<void>): Promise<void> {
  const fake = createServer(listener).listen(0, '127.0.0.1');
  await once(fake, 'listening');
  try {
    await during(`http://127.0.0.1:${(fake.address() as AddressInfo).port}`);
  } finally {
    fake.closeAllConnections();
    fake.close();
  }
}
