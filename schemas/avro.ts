// Avro codecs of the schemas in this folder, compiled once.
//
// On the log a value is `0x00`, the schema's version as a 4-byte big-endian number, then the Avro body: the layout of Confluent's
// wire format, with the version of `history/` in the place of the registry's id.
import { readFileSync } from 'node:fs';
import avro from 'avsc';
import type { Codec } from '../streams/index.ts';

const HEADER_BYTES = 5;

/**
 * The codec of `<name>.avsc`.
 *
 * @throws Error when the schema is missing or not valid Avro.
 */
export function avroCodec<V>(name: string): Codec<V> {
  const type = avro.Type.forSchema(JSON.parse(readFileSync(new URL(`./${name}.avsc`, import.meta.url), 'utf8')));
  return {
    encode: (value) => {
      const body = type.toBuffer(value);
      const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length);
      bytes[0] = 0;
      bytes.writeUInt32BE(1, 1);
      body.copy(bytes, HEADER_BYTES);
      return bytes;
    },
    decode: (bytes) => {
      if (bytes.length < HEADER_BYTES || bytes[0] !== 0) throw new Error(`${name}: not Avro with a schema version in front`);
      return type.fromBuffer(bytes.subarray(HEADER_BYTES)) as V;
    },
  };
}
