// Avro codecs of the schemas in this folder, compiled once.
//
// A value is written as `streams/registry/wire-format.ts` says, with the version of `history/` as its number.
import type { Resolver, Schema, Type, schema as avro } from 'avsc';
import { HEADER_BYTES, schemaNumber, type Codec } from '../streams/index.ts';
import { isSameSchema } from './compatibility.ts';
import { compile } from './compile.ts';
import { currentSchema, keptVersions, type KeptVersion } from './schema-files.ts';

const VALUE_BYTES_MAX = 16 * 1024 * 1024;

/** Where values are encoded before they are copied out in their final size: no call of ours encodes while another does. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * The codec of `<name>.avsc`: writes its version, reads every kept one.
 *
 * @throws Error when the schema is missing, not valid Avro, or not kept.
 */
export function avroCodec<V>(name: string): Codec<V> {
  return versionedCodec(name, currentSchema(name), keptVersions(name));
}

/** The codec of a schema given with its history, where it must stand: most often as the newest. */
export function versionedCodec<V>(name: string, schema: Schema, kept: readonly KeptVersion[]): Codec<V> {
  const written = kept.findLast((each) => isSameSchema(each.schema, schema))?.version;
  if (written === undefined) throw new Error(`${name}: the schema as it is now is not kept; run freshet schemas apply`);
  const current = compile(schema);
  const resolverOf = resolvers(name, current, kept);
  return {
    encode: (value) => encode(name, current, written, value),
    decode: (bytes) => {
      const version = versionOf(name, bytes);
      const resolver = version === written ? undefined : resolverOf(version);
      try {
        return current.fromBuffer(bytes.subarray(HEADER_BYTES), resolver) as V;
      } catch (error) {
        throw new Error(`${name} version ${version}: ${(error as Error).message}`, { cause: error });
      }
    },
    schemas: { versions: kept, written, converter: (writer) => converter(name, current, written, writer) },
  };
}

/**
 * Reads only these fields of `<name>.avsc`, of any kept version, and nothing of a value that lies behind the last of them: for a
 * field near the beginning a hundredth of what decoding all of it takes. What is skipped is not checked.
 */
export function avroPart<V>(name: string, fields: readonly (keyof V & string)[]): Pick<Codec<V>, 'decode'> {
  const schema = currentSchema(name) as avro.RecordType; // values of topics are records
  const wanted = schema.fields.filter((field) => fields.some((each) => each === field.name));
  const part = compile({ ...schema, fields: wanted });
  const resolverOf = resolvers(name, part, keptVersions(name));
  return {
    decode: (bytes) => part.fromBuffer(bytes.subarray(HEADER_BYTES), resolverOf(versionOf(name, bytes)), true) as V,
  };
}

function converter(name: string, current: Type, written: number, writer: Schema): (bytes: Buffer) => Buffer {
  const resolver = current.createResolver(compile(writer));
  return (bytes) => encode(name, current, written, current.fromBuffer(bytes.subarray(HEADER_BYTES), resolver));
}

function encode(name: string, type: Type, version: number, value: unknown): Buffer {
  let end: number;
  try {
    end = type.encode(value, scratch, HEADER_BYTES);
  } catch (error) {
    throw invalid(name, type, value, error as Error);
  }
  if (end < 0) {
    enlargeScratch(name, -end);
    return encode(name, type, version, value);
  }
  scratch[0] = 0;
  scratch.writeUInt32BE(version, 1);
  const bytes = Buffer.allocUnsafe(end);
  scratch.copy(bytes, 0, 0, end);
  return bytes;
}

function enlargeScratch(name: string, missingBytes: number): void {
  const bytes = scratch.length + missingBytes;
  if (bytes > VALUE_BYTES_MAX) throw new Error(`${name}: a value of ${bytes} bytes; at most ${VALUE_BYTES_MAX} fit`);
  scratch = Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(2 * scratch.length, VALUE_BYTES_MAX)));
}

/** avsc says what was wrong, but not where: look again, slowly. */
function invalid(name: string, type: Type, value: unknown, cause: Error): Error {
  const problems: string[] = [];
  type.isValid(value, {
    errorHook: (path, part, expected) => {
      problems.push(`${path.join('.') || 'the value'} is ${shown(part)}, not ${kindOf(expected)}`);
    },
  });
  return new Error(`${name}: ${problems.join('; ') || cause.message}`, { cause });
}

function shown(value: unknown): string {
  const text = value instanceof Map ? 'a Map' : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function kindOf(type: Type): string {
  return type.name ?? JSON.stringify(type.schema());
}

function versionOf(name: string, bytes: Buffer): number {
  const version = schemaNumber(bytes);
  if (version === undefined) throw new Error(`${name}: not Avro with a schema version in front`);
  return version;
}

/** Compiled at the first record of a version: most logs hold few of them. */
function resolvers(name: string, current: Type, kept: readonly KeptVersion[]): (version: number) => Resolver {
  const compiled = new Map<number, Resolver>();
  return (version) => {
    const known = compiled.get(version);
    if (known !== undefined) return known;
    const found = kept.find((each) => each.version === version);
    if (found === undefined) {
      const versions = kept.map((each) => each.version).join(', ');
      throw new Error(`${name}: schema version ${version} is unknown; this program knows ${versions}`);
    }
    const resolver = current.createResolver(compile(found.schema));
    compiled.set(version, resolver);
    return resolver;
  };
}
