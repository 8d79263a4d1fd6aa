// How a value says which schema it was written with: `0x00`, a number in 4 bytes (big endian), then the body. Inside this program
// the number is the schema's version among those kept with the topic; on a broker it is the schema's id in the registry, which makes
// it Confluent's wire format.

export const HEADER_BYTES = 5;

/** Undefined when the value is in another format. */
export function schemaNumber(value: Buffer): number | undefined {
  return value.length >= HEADER_BYTES && value[0] === 0 ? value.readUInt32BE(1) : undefined;
}

/** A copy with another number: the bytes given may be those of a log or a store. */
export function withSchemaNumber(value: Buffer, number: number): Buffer {
  const copy = Buffer.allocUnsafe(value.length);
  value.copy(copy);
  copy.writeUInt32BE(number, 1);
  return copy;
}

/** No codec reads it, whatever it was: it does not begin with a zero. */
export function unreadable(value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0xff), value]);
}
