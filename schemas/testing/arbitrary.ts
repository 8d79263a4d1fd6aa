// Random values of an Avro schema, for property tests.
import type { Schema } from 'avsc';
import fc, { type Arbitrary } from 'fast-check';

interface Complex {
  type: Schema;
  name?: string;
  logicalType?: string;
  items?: Schema;
  values?: Schema;
  symbols?: string[];
  fields?: { name: string; type: Schema }[];
}

const LONG_MAX = 2 ** 50; // avsc reads larger ones with an error, since a double can't tell them apart

const PRIMITIVES: Record<string, Arbitrary<unknown>> = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  int: fc.integer(),
  long: fc.integer({ min: -LONG_MAX, max: LONG_MAX }),
  double: fc.oneof(fc.double({ noNaN: true }), fc.constant(-Infinity)),
  string: fc.string({ unit: 'grapheme', maxLength: 12 }),
  bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
};

export function arbitraryOf(schema: Schema): Arbitrary<unknown> {
  return valueOf(schema, new Map());
}

function valueOf(schema: Schema, named: Map<string, Arbitrary<unknown>>): Arbitrary<unknown> {
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? named.get(schema) ?? unknownType(schema);
  if (Array.isArray(schema)) return fc.oneof(...schema.map((branch) => valueOf(branch as Schema, named)));
  const complex = schema as Complex;
  switch (complex.type) {
    case 'record':
      return recordOf(complex, named);
    case 'enum':
      return fc.constantFrom(...(complex.symbols ?? []));
    case 'map':
      return fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), valueOf(complex.values ?? 'null', named), {
        maxKeys: 5,
        noNullPrototype: true,
      });
    case 'array':
      return arrayOf(complex, named);
    default:
      return valueOf(complex.type, named);
  }
}

function recordOf({ name, fields }: Complex, named: Map<string, Arbitrary<unknown>>): Arbitrary<unknown> {
  const record = fc.record(
    Object.fromEntries((fields ?? []).map((field) => [field.name, valueOf(field.type, named)])),
    { noNullPrototype: true },
  );
  if (name !== undefined) named.set(name, record);
  return record;
}

function arrayOf({ items, logicalType }: Complex, named: Map<string, Arbitrary<unknown>>): Arbitrary<unknown> {
  const entries = fc.array(valueOf(items ?? 'null', named), { maxLength: 5 });
  if (logicalType !== 'number-by-id') return entries;
  return entries.map((pairs) => new Map(pairs.map((pair) => Object.values(pair as object) as [string, number])));
}

function unknownType(name: string): never {
  throw new Error(`no arbitrary for ${name}`);
}
