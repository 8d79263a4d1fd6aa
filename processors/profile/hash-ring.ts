// The latest few texts, remembered as 64-bit hashes: 8 bytes each, oldest first.
//
// Of a million different texts two share a hash with a probability of 3 in 100 million; among the few in a ring, practically never.

const HASH_BYTES = 8;

export function ringHas(ring: Buffer, text: string): boolean {
  const [low, high] = hash64(text);
  for (let at = ring.length - HASH_BYTES; at >= 0; at -= HASH_BYTES) {
    if (ring.readUInt32LE(at) === low && ring.readUInt32LE(at + 4) === high) return true;
  }
  return false;
}

/** The ring with `text` as its newest and at most `countMax` texts. May change `ring` in place. */
export function addToRing(ring: Buffer, text: string, countMax: number): Buffer {
  const [low, high] = hash64(text);
  const grown = withRoom(ring, countMax);
  grown.writeUInt32LE(low, grown.length - HASH_BYTES);
  grown.writeUInt32LE(high, grown.length - HASH_BYTES + 4);
  return grown;
}

function withRoom(ring: Buffer, countMax: number): Buffer {
  if (ring.length < countMax * HASH_BYTES) {
    const grown = Buffer.alloc(ring.length + HASH_BYTES);
    ring.copy(grown);
    return grown;
  }
  ring.copyWithin(0, HASH_BYTES);
  return ring;
}

/** Two multiplicative hashes with different constants, each finished with bits of the other (the shape of cyrb53). */
function hash64(text: string): readonly [low: number, high: number] {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return [a >>> 0, b >>> 0];
}
