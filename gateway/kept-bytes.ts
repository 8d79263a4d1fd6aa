// Bytes that are kept to tell later whether what is read is still the same.

/** Most of what may be kept in memory along with them. */
const keptAlongBytesMax = 16 * 1024;

/** Those that a server has answered are a part of all that came with them, which would stay in memory for as long: of these a copy. */
export function keepable(bytes: Buffer): Buffer {
  return bytes.buffer.byteLength <= keptAlongBytesMax ? bytes : Buffer.from(bytes);
}

/** Of one object, of the same bytes, or of nothing. */
export function areSame(one: Buffer | null, other: Buffer | null): boolean {
  return one === other || (one !== null && other !== null && one.equals(other));
}
