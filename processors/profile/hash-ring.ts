// The latest few texts, remembered as 64-bit hashes: 8 bytes each, oldest first.
//
// Of a million different texts two share a hash with a probability of 3 in 100 million; among the few in a ring, practically never.

const HASH_BYTES = 8;

export function ringHas(ring: Buffer, text: string): boolean {
  const { low, high } = hash64(text);
  const lowest = low & 0xff; // of nearly all others this byte is another, and one byte is read much faster than four
  for (let at = ring.length - HASH_BYTES; at >= 0; at -= HASH_BYTES) {
    if (ring[at] === lowest && ring.readUInt32LE(at) === low && ring.readUInt32LE(at + 4) === high) return true;
  }
  return false;
}

/** The ring with `text` as its newest and at most `countMax` texts. `ring` itself must not be used any more. */
export function addToRing(ring: Buffer, text: string, countMax: number): Buffer {
  const { low, high } = hash64(text);
  const grown = withRoom(ring, countMax);
  grown.writeUInt32LE(low, grown.length - HASH_BYTES);
  grown.writeUInt32LE(high, grown.length - HASH_BYTES + 4);
  return grown;
}

/** Marks memory that a ring has for itself from its beginning on, to grow in: another allocation for each text would cost more than all else that is done with it. */
const isRoom = Symbol('room of a ring');
type Room = ArrayBufferLike & { [isRoom]?: true };

function withRoom(ring: Buffer, countMax: number): Buffer {
  const bytes = ring.length + HASH_BYTES;
  const bytesMax = countMax * HASH_BYTES;
  if (bytes > bytesMax) {
    ring.copyWithin(0, HASH_BYTES);
    return ring;
  }
  const room: Room = ring.buffer;
  if (bytes <= room.byteLength && room[isRoom]) return Buffer.from(room, 0, bytes);
  const larger: Room = new ArrayBuffer(Math.min(2 * bytes, bytesMax));
  larger[isRoom] = true;
  const grown = Buffer.from(larger, 0, bytes);
  ring.copy(grown);
  return grown;
}

interface Hash {
  readonly text: string;
  readonly low: number;
  readonly high: number;
}

/** What is looked for in a ring is added to it next. */
let latest: Hash = hashed('');

function hash64(text: string): Hash {
  if (latest.text !== text) latest = hashed(text);
  return latest;
}

/** Two multiplicative hashes with different constants, each finished with bits of the other (the shape of cyrb53). */
function hashed(text: string): Hash {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return { text, low: a >>> 0, high: b >>> 0 };
}
