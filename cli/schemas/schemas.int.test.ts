// `freshet schemas` against a real registry.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import type { Schema } from 'avsc';
import { currentSchema } from '../../schemas/schema-files.ts';
import { catalogue } from '../../schemas/topics.ts';
import { ConfluentRegistry } from '../../streams/registry/confluent.ts';
import { freePort } from '../../test/servers/program.ts';
import { startRegistry, type RegistryServer } from '../../test/servers/registry.ts';

let server: RegistryServer | undefined;
before(async () => {
  server = await startRegistry();
});
after(() => server?.remove());

/** Of what `--json` writes, what is looked at here. */
interface Result {
  readonly differences: {
    subject: string;
    what: string;
    done: boolean;
    version?: number;
    id?: number;
    reason?: string;
  }[];
}

/** Not waited for in place: the registry's output has to be read meanwhile. */
async function schemas(command: 'apply' | 'check', env: Record<string, string>, ...options: string[]) {
  const child = spawn(process.execPath, ['cli/freshet.ts', 'schemas', command, ...options], {
    env: { ...process.env, SCHEMA_REGISTRY_URL: server?.url ?? '', ...env },
  });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: status as number, stdout, stderr, result: () => JSON.parse(stdout) as Result };
}

test('check says what is missing, apply registers it under the rule, and then there is nothing to do', async () => {
  if (server === undefined) return;
  const env = { TOPIC_PREFIX: 'first' };
  const before = await schemas('check', env, '--json');
  assert.equal(before.status, 1, before.stderr);
  assert.ok(before.result().differences.every(({ done }) => !done));
  const registry = new ConfluentRegistry({ url: server.url });
  assert.equal(await registry.idOf('first.items.v1-value', currentSchema('items')), undefined);

  const applied = await schemas('apply', env);
  assert.equal(applied.status, 0, applied.stderr);
  assert.match(applied.stdout, /first\.items\.v1-value version 1 is new, with id \d+/);
  assert.match(applied.stdout, /first\.items\.v1-value now has the rule BACKWARD_TRANSITIVE/);
  assert.match(applied.stdout, /^Done: \d+ changes\.$/m);
  for (const { name, codec } of Object.values(catalogue)) {
    const subject = `first.${name}.v1-value`;
    assert.equal(await registry.compatibilityOf(subject), 'BACKWARD_TRANSITIVE');
    for (const { schema } of codec.schemas?.versions ?? []) assert.ok(await registry.idOf(subject, schema), subject);
  }
  for (const command of ['check', 'apply'] as const) {
    const again = await schemas(command, env, '--json');
    assert.deepEqual([again.status, again.result()], [0, { differences: [] }]);
  }
});

test('what the registry refuses is said with its reason, and the rest is registered', async () => {
  if (server === undefined) return;
  const registry = new ConfluentRegistry({ url: server.url });
  const other = { type: 'record', name: 'Item', namespace: 'io.freshet', fields: [{ name: 'colour', type: 'string' }] };
  await registry.register('second.items.v1-value', other as Schema);
  await registry.setCompatibility('second.items.v1-value', 'BACKWARD');
  const { status, result } = await schemas('apply', { TOPIC_PREFIX: 'second' }, '--json');
  assert.equal(status, 1);
  const ofItems = result().differences.filter(({ subject }) => subject === 'second.items.v1-value');
  assert.deepEqual(
    ofItems.map(({ what, done }) => [what, done]),
    [
      ['rule', true],
      ['refused', false],
    ],
  );
  assert.match(ofItems[1]?.reason ?? '', /[Ii]ncompatible/);
  assert.ok(result().differences.some(({ subject, id }) => subject === 'second.rules.v1-value' && id !== undefined));
  const check = await schemas('check', { TOPIC_PREFIX: 'second' });
  assert.equal(check.status, 1);
  assert.match(check.stdout, /second\.items\.v1-value version 1 is refused: /);
});

test('a registry that is away is told apart from one that is none', async () => {
  const away = await schemas('check', { SCHEMA_REGISTRY_URL: `http://127.0.0.1:${await freePort()}` });
  assert.equal(away.status, 3);
  assert.match(away.stderr, /^The schema registry at .* does not answer: .*ECONNREFUSED/);
  const wrong = await schemas('apply', { SCHEMA_REGISTRY_URL: 'https://ann:secret@registry.example' });
  assert.equal(wrong.status, 2);
  assert.doesNotMatch(wrong.stderr, /secret/);
  if (server === undefined) return;
  const none = await schemas('check', { SCHEMA_REGISTRY_URL: new URL('/elsewhere', server.url).href }, '--json');
  assert.equal(none.status, 2);
  assert.match(none.stdout, /"error":".*answers, but not as a schema registry/);
});
