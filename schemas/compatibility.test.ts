// Proves that every record written since the first release can still be read: each schema against all its kept versions.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Schema } from 'avsc';
import { versionedCodec } from './avro.ts';
import { incompatibilities, isSameSchema } from './compatibility.ts';
import { compile } from './compile.ts';
import { currentSchema, keptVersions, schemaNames } from './schema-files.ts';
import { arbitraryOf } from './testing/arbitrary.ts';

for (const name of schemaNames()) {
  describe(`schema ${name}`, () => {
    const current = currentSchema(name);
    const kept = keptVersions(name);

    it('is kept', () => {
      assert.ok(
        kept.some(({ schema }) => isSameSchema(schema, current)),
        'run: npx freshet schemas apply',
      );
      assert.deepEqual(
        kept.map(({ version }) => version),
        kept.map((_, index) => index + 1),
      );
    });

    it('can read all kept versions', () => {
      assert.deepEqual(incompatibilities(current, kept), []);
      for (const one of kept) {
        const writer = versionedCodec<unknown>(name, one.schema, [one]);
        const reader = versionedCodec<unknown>(name, current, kept);
        fc.assert(
          fc.property(arbitraryOf(one.schema), (value) => {
            const read = reader.decode(writer.encode(value));
            assert.ok(compile(current).isValid(read));
            if (isSameSchema(one.schema, current)) assert.deepEqual(read, value);
          }),
          { numRuns: 20 },
        );
      }
    });
  });
}

describe('a change of a schema', () => {
  const v1 = thing(field('id', 'string'), kind('a', 'b'), heats('double'));

  const compatible: [string, Schema][] = [
    [
      'a new field with a default',
      thing(field('id', 'string'), kind('a', 'b'), heats('double'), field('n', 'int', { default: 0 })),
    ],
    ['a field left out', thing(kind('a', 'b'), heats('double'))],
    [
      'a renamed field with its alias',
      thing(field('item', 'string', { aliases: ['id'] }), kind('a', 'b'), heats('double')),
    ],
    ['one more symbol', thing(field('id', 'string'), kind('a', 'b', 'c'), heats('double'))],
    ['a value that may be missing', thing(field('id', ['null', 'string']), kind('a', 'b'), heats('double'))],
  ];
  for (const [what, schema] of compatible) {
    it(`is accepted: ${what}`, () => assert.deepEqual(incompatibilities(schema, [{ version: 1, schema: v1 }]), []));
  }

  const incompatible: [string, Schema][] = [
    ['a new field without a default', thing(field('id', 'string'), kind('a', 'b'), heats('double'), field('n', 'int'))],
    ['another type', thing(field('id', 'long'), kind('a', 'b'), heats('double'))],
    ['a symbol less', thing(field('id', 'string'), kind('a'), heats('double'))],
    ['numbers by id of another kind', thing(field('id', 'string'), kind('a', 'b'), heats('boolean'))],
  ];
  for (const [what, schema] of incompatible) {
    it(`is refused: ${what}`, () => {
      assert.match(incompatibilities(schema, [{ version: 1, schema: v1 }]).join(), /version 1 can't be read any more/);
    });
  }

  it('is refused when only an older version can not be read: transitively', () => {
    const v2 = thing(field('id', 'string'), field('n', 'int', { default: 0 }));
    const v3 = thing(field('id', 'string'), field('n', 'int'));
    const kept = [thing(field('id', 'string')), v2].map((schema, index) => ({ version: index + 1, schema }));
    assert.equal(incompatibilities(v3, kept).length, 1);
    assert.match(incompatibilities(v3, kept)[0] ?? '', /^version 1 /);
  });

  it('of words alone is no change', () => {
    const plain = thing(field('id', 'string'));
    assert.ok(isSameSchema(thing(field('id', 'string', { doc: 'Better words.' })), plain));
    assert.ok(!isSameSchema(thing(field('id', 'string', { default: '' })), plain));
  });
});

function thing(...fields: object[]): Schema {
  return { type: 'record', name: 'Thing', fields } as Schema;
}

function field(name: string, type: Schema, rest: object = {}): object {
  return { name, type, ...rest };
}

function kind(...symbols: string[]): object {
  return field('kind', { type: 'enum', name: 'Kind', symbols } as Schema);
}

function heats(numbers: Schema): object {
  const items = { type: 'record', name: 'Heat', fields: [field('id', 'string'), field('heat', numbers)] };
  return field('heats', { type: 'array', logicalType: 'number-by-id', items } as Schema);
}
