// A topic in Avro with two versions, and a registry in memory that can be away, slow or emptied: to try the translation without a server.
import avro, { type Schema } from 'avsc';
import type { Codec } from '../../codec.ts';
import { topic } from '../../topic.ts';
import { SchemaRefused, type FoundSchema, type SchemaRegistry } from '../schema-registry.ts';
import { HEADER_BYTES, schemaNumber } from '../wire-format.ts';

export interface Thing {
  readonly id: string;
  readonly price: number;
}

export const v1: Schema = thing({ name: 'id', type: 'string' });
export const v2: Schema = thing({ name: 'id', type: 'string' }, { name: 'price', type: 'double', default: 1 });
/** Of a producer that is ahead of us. */
export const v3: Schema = thing(
  { name: 'id', type: 'string' },
  { name: 'note', type: 'string', default: '' },
  { name: 'price', type: 'double', default: 1 },
);
const versions = [
  { version: 1, schema: v1 },
  { version: 2, schema: v2 },
];

export const things = topic<Thing>({ name: 'things', codec: thingCodec(), cleanup: 'delete' });

/** As another program writes it: an id of the registry in front. */
export function written(id: number, schema: Schema, value: unknown): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([header, avro.Type.forSchema(schema).toBuffer(value)]);
}

export class MemoryRegistry implements SchemaRegistry {
  /** Thrown instead of an answer. */
  fault: Error | undefined;
  /** Ids that were asked for. */
  readonly asked: number[] = [];
  readonly #ids = new Map<string, number>();
  #next: number;

  constructor(firstId: number) {
    this.#next = firstId;
  }

  async schemaOf(id: number): Promise<FoundSchema> {
    this.#answer();
    this.asked.push(id);
    for (const [text, known] of this.#ids) if (known === id) return { schema: JSON.parse(text) as Schema };
    return { reason: 'unknown_schema', message: `no schema ${id}` };
  }

  async idOf(_subject: string, schema: Schema): Promise<number | undefined> {
    this.#answer();
    return this.#ids.get(JSON.stringify(schema));
  }

  async register(_subject: string, schema: Schema): Promise<number> {
    this.#answer();
    const text = JSON.stringify(schema);
    const id = this.#ids.get(text) ?? this.#next++;
    this.#ids.set(text, id);
    return id;
  }

  empty(): void {
    this.#ids.clear();
  }

  refusalOf = async () => undefined;
  compatibilityOf = async () => undefined;
  setCompatibility = () => Promise.reject(new SchemaRefused('not here'));

  #answer(): void {
    if (this.fault !== undefined) throw this.fault;
  }
}

function thingCodec(): Codec<Thing> {
  const types = versions.map(({ schema }) => avro.Type.forSchema(schema));
  const newest = types.at(-1) as avro.Type;
  const encode = (value: unknown) => written(versions.length, v2, value);
  return {
    encode,
    decode: (bytes) => {
      const writer = types[(schemaNumber(bytes) ?? 0) - 1];
      if (writer === undefined) throw new Error('not a thing');
      return { ...(newest.fromBuffer(bytes.subarray(HEADER_BYTES), newest.createResolver(writer)) as Thing) };
    },
    schemas: {
      versions,
      written: versions.length,
      converter: (writer) => {
        const resolver = newest.createResolver(avro.Type.forSchema(writer));
        return (bytes) => encode(newest.fromBuffer(bytes.subarray(HEADER_BYTES), resolver));
      },
    },
  };
}

function thing(...fields: object[]): Schema {
  return { type: 'record', name: 'Thing', fields } as Schema;
}
