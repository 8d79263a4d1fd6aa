// How a topic's values become bytes.

export interface Codec<V> {
  /** @throws Error when the value does not fit its schema; the message names the field. */
  encode(value: V): Buffer;
  /** @throws Error when the bytes are not a value of any known version of the schema. */
  decode(bytes: Buffer): V;
}

/** JSON, for tests and for topics of the runtime's own. */
export function jsonCodec<V>(): Codec<V> {
  return {
    encode: (value) => Buffer.from(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(bytes.toString('utf8')) as V,
  };
}
