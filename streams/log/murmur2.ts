// Where a key belongs: the hash Java's Kafka client places records with, so that every producer agrees on the partition.

/** `org.apache.kafka.common.utils.Utils.murmur2`: a signed 32-bit number. */
export function murmur2(key: Uint8Array): number {
  const length = key.length;
  const whole = length & ~3;
  let hash = 0x9747b28c ^ length;
  for (let at = 0; at < whole; at += 4) {
    let word = byte(key, at) | (byte(key, at + 1) << 8) | (byte(key, at + 2) << 16) | (byte(key, at + 3) << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  if (length > whole) hash = mixRest(hash, key, whole);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 15);
}

/** The partition of `key` among `partitions`, as Java's default partitioner chooses it. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

const multiplier = 0x5bd1e995;

/** The one to three bytes after the last whole word. */
function mixRest(hash: number, key: Uint8Array, from: number): number {
  const rest = byte(key, from) | (byte(key, from + 1) << 8) | (byte(key, from + 2) << 16);
  return Math.imul(hash ^ rest, multiplier);
}

/** Zero past the end, which leaves the xor above without effect. */
function byte(key: Uint8Array, at: number): number {
  return key[at] ?? 0;
}
