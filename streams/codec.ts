// How a topic's values become bytes.
import type { Schema } from 'avsc';

export interface Codec<V> {
  /** @throws Error when the value does not fit its schema; the message names the field. */
  encode(value: V): Buffer;
  /** @throws Error when the bytes are not a value of any known version of the schema. */
  decode(bytes: Buffer): V;
  /** Of codecs that write a schema's version in front. Left out: the bytes are the same in every log. */
  readonly schemas?: VersionedSchemas;
}

/** What has to be known of a codec to bring its values into another log's form, and those of others into its own. */
export interface VersionedSchemas {
  /** Oldest first. */
  readonly versions: readonly { readonly version: number; readonly schema: Schema }[];
  /** The version that is written. */
  readonly written: number;
  /**
   * Makes values written with another schema into values of that version, whatever number is in front.
   *
   * @throws Error when it can't be done for any value; the function answered, when it can't be done for one.
   */
  converter(writer: Schema): (bytes: Buffer) => Buffer;
}

/** JSON, for tests and for topics of the runtime's own. */
export function jsonCodec<V>(): Codec<V> {
  return {
    encode: (value) => Buffer.from(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(bytes.toString('utf8')) as V,
  };
}
