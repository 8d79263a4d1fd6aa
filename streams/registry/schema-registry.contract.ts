// What every schema registry does. `subjects` are fresh ones: a server is shared by all tests.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Schema } from 'avsc';
import { BACKWARD_TRANSITIVE, type SchemaRegistry } from './schema-registry.ts';

export function schemaRegistryContract(name: string, registryOf: () => SchemaRegistry): void {
  let subjects = 0;
  const freshSubject = () => `contract-${(subjects += 1)}-value`;
  /** With the rule that all our subjects have. */
  async function guarded(): Promise<[SchemaRegistry, string]> {
    const [registry, subject] = [registryOf(), freshSubject()];
    await registry.setCompatibility(subject, BACKWARD_TRANSITIVE);
    return [registry, subject];
  }

  describe(`a schema registry: ${name}`, () => {
    it('knows a schema by its id once it is registered, and only then', async () => {
      const [registry, subject] = await guarded();
      assert.equal(await registry.idOf(subject, thing()), undefined);
      const id = await registry.register(subject, thing());
      assert.equal(await registry.idOf(subject, thing()), id);
      await found(registry, subject, id, thing());
      assert.equal(await registry.idOf(subject, thing({ name: 'more', type: 'int', default: 0 })), undefined);
    });

    it('gives one schema one id, and another another', async () => {
      const [registry, subject] = await guarded();
      const id = await registry.register(subject, thing());
      assert.equal(await registry.register(subject, thing()), id);
      const next = await registry.register(subject, thing({ name: 'more', type: 'int', default: 0 }));
      assert.notEqual(next, id);
      assert.equal(await registry.idOf(subject, thing()), id);
    });

    it('keeps every field, default, word and logical type', async () => {
      const [registry, subject] = await guarded();
      const schema = thing({
        name: 'at',
        type: ['null', { type: 'long', logicalType: 'timestamp-millis' }],
        default: null,
        doc: 'When.',
      });
      const id = await registry.register(subject, schema);
      await found(registry, subject, id, schema);
    });

    it('says that it does not know an id', async () => {
      const [registry, subject] = await guarded();
      const answer = await registry.schemaOf(987_654, subject);
      assert.equal('reason' in answer && answer.reason, 'unknown_schema');
      assert.match('message' in answer ? answer.message : '', /987654/);
    });

    it('refuses a schema that could not read what a former one wrote, with a reason, and keeps nothing of it', async () => {
      const [registry, subject] = await guarded();
      await registry.register(subject, thing());
      const wrong = thing({ name: 'needed', type: 'int' });
      assert.match((await registry.refusalOf(subject, wrong)) ?? '', /./);
      await assert.rejects(registry.register(subject, wrong), (error: Error) => {
        assert.equal('kind' in error && error.kind, 'SchemaRefused');
        assert.match(error.message, /needed/);
        return true;
      });
      assert.equal(await registry.idOf(subject, wrong), undefined);
    });

    it('compares with all former versions, not with the last alone', async () => {
      const [registry, subject] = await guarded();
      // The second has a default for what the third has not: of the first's records the third would know nothing.
      await registry.register(subject, thing());
      await registry.register(subject, thing({ name: 'later', type: 'int', default: 0 }));
      const third = thing({ name: 'later', type: 'int' });
      assert.match((await registry.refusalOf(subject, third)) ?? '', /./);
      await assert.rejects(registry.register(subject, third), { kind: 'SchemaRefused' });
    });

    it('accepts what docs/schemas.md says is accepted', async () => {
      const former = thing({ name: 'kind', type: enumOf('a', 'b') }, { name: 'count', type: 'int' });
      const accepted: Schema[] = [
        thing({ name: 'kind', type: enumOf('a', 'b') }),
        thing({ name: 'sort', aliases: ['kind'], type: enumOf('a', 'b') }, { name: 'count', type: 'int' }),
        thing({ name: 'kind', type: enumOf('a', 'b', 'c') }, { name: 'count', type: 'double' }),
        thing({ name: 'kind', type: enumOf('a', 'b') }, { name: 'count', type: ['null', 'int'] }),
      ];
      for (const schema of accepted) {
        const [registry, subject] = await guarded();
        await registry.register(subject, former);
        assert.equal(await registry.refusalOf(subject, schema), undefined, JSON.stringify(schema));
        await registry.register(subject, schema);
      }
    });

    it('refuses another type, and a symbol less', async () => {
      const former = thing({ name: 'kind', type: enumOf('a', 'b') });
      for (const schema of [thing({ name: 'kind', type: 'long' }), thing({ name: 'kind', type: enumOf('a') })]) {
        const [registry, subject] = await guarded();
        await registry.register(subject, former);
        await assert.rejects(registry.register(subject, schema), { kind: 'SchemaRefused' });
      }
    });

    it('says beforehand that it would accept, and changes nothing by that', async () => {
      const [registry, subject] = await guarded();
      assert.equal(await registry.refusalOf(subject, thing()), undefined);
      await registry.register(subject, thing());
      const next = thing({ name: 'more', type: 'int', default: 0 });
      assert.equal(await registry.refusalOf(subject, next), undefined);
      assert.equal(await registry.idOf(subject, next), undefined);
    });

    it('keeps the rule for new versions of a subject', async () => {
      const [registry, subject] = await guarded();
      assert.equal(await registry.compatibilityOf(subject), BACKWARD_TRANSITIVE);
    });
  });
}

/** A registry may write a schema in another order; what it holds has to be the same. */
async function found(registry: SchemaRegistry, subject: string, id: number, schema: Schema) {
  const answer = await registry.schemaOf(id, subject);
  assert.ok('schema' in answer);
  assert.deepEqual(answer.schema, schema);
}

function enumOf(...symbols: string[]): object {
  return { type: 'enum', name: 'Kind', symbols };
}

function thing(...more: object[]): Schema {
  const fields = [{ name: 'id', type: 'string' }, ...more];
  return { type: 'record', name: 'Thing', namespace: 'io.freshet.test', doc: 'A thing.', fields } as Schema;
}
