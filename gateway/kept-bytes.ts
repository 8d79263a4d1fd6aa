// Bytes that are kept to tell later whether what is read is still the same.

/** What was read is a part of something larger, a server's answer or Node's pool, which would stay in memory along with it: a copy. */
export function keepable(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const alone = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(alone);
  return alone;
}

/** Of one object, of the same bytes, or of nothing. */
export function areSame(one: Buffer | null, other: Buffer | null): boolean {
  return one === other || (one !== null && other !== null && one.equals(other));
}
