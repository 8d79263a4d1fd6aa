// The latest offset of each key, in bounded memory: an open-addressing table of 128-bit keyed hashes.
//
// Keys are not kept. Two keys with the same hash would lose one of them, so the hash is wide and its secret is drawn anew for
// every pass: nobody who chooses keys can aim at another one.
import { randomInt } from 'node:crypto';
import type { Offset } from '../log.ts';

/** Slots for each key it may hold: with two thirds filled a search ends after two or three steps. */
const slotsPerKey = 1.5;

export class KeyMap {
  readonly #keysMax: number;
  readonly #mask: number;
  /** Four words a slot. */
  readonly #hashes: Uint32Array;
  /** Offset + 1; 0: the slot is free. */
  readonly #offsets: Float64Array;
  readonly #secret = Uint32Array.from({ length: 4 }, () => randomInt(2 ** 32));
  readonly #hash = new Uint32Array(4);
  #size = 0;

  constructor(keysMax: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(8, keysMax * slotsPerKey)));
    this.#keysMax = keysMax;
    this.#mask = slots - 1;
    this.#hashes = new Uint32Array(slots * 4);
    this.#offsets = new Float64Array(slots);
  }

  /** Offsets must come in rising order. False when the map is full and the key not in it. */
  set(bytes: Buffer, at: number, length: number, offset: Offset): boolean {
    const slot = this.#find(bytes, at, length);
    if (this.#offsets[slot] === 0) {
      if (this.#size >= this.#keysMax) return false;
      this.#size += 1;
      this.#hashes.set(this.#hash, slot * 4);
    }
    this.#offsets[slot] = offset + 1;
    return true;
  }

  /** The latest offset; -1 when the key is not in the map. */
  get(bytes: Buffer, at: number, length: number): Offset {
    return (this.#offsets[this.#find(bytes, at, length)] ?? 0) - 1;
  }

  /** The slot of the key, or the free one where it belongs. Leaves its hash in `#hash`. */
  #find(bytes: Buffer, at: number, length: number): number {
    const hash = this.#hash;
    halfSipHash(bytes, at, length, this.#secret, 0, hash);
    halfSipHash(bytes, at, length, this.#secret, 2, hash);
    let slot = word(hash, 0) & this.#mask;
    while (this.#offsets[slot] !== 0 && !this.#isHere(slot)) slot = (slot + 1) & this.#mask;
    return slot;
  }

  #isHere(slot: number): boolean {
    const [hashes, hash, first] = [this.#hashes, this.#hash, slot * 4];
    for (let index = 0; index < 4; index += 1) if (hashes[first + index] !== hash[index]) return false;
    return true;
  }
}

/**
 * HalfSipHash-2-4 with 64 bits of output, by the words `part` and `part + 1` of the secret, into the same words of `into`.
 * One loop for all: each step takes a word and does two rounds, the four steps at the end take none.
 */
export function halfSipHash(
  bytes: Uint8Array,
  at: number,
  length: number,
  secret: Uint32Array,
  part: number,
  into: Uint32Array,
): void {
  let v0 = word(secret, part) | 0;
  let v1 = word(secret, part + 1) ^ 0xee;
  let v2 = 0x6c796765 ^ word(secret, part);
  let v3 = 0x74656462 ^ word(secret, part + 1);
  const words = (length >>> 2) + 1;
  for (let step = 0; step < words + 4; step += 1) {
    if (step === words) v2 ^= 0xee;
    else if (step === words + 2) {
      into[part] = v1 ^ v3;
      v1 ^= 0xdd;
    }
    const message = step < words ? messageWord(bytes, at, length, step) : 0;
    v3 ^= message;
    for (let round = 0; round < 2; round += 1) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    v0 ^= message;
  }
  into[part + 1] = v1 ^ v3;
}

/** Four bytes; the last word has what is left of them, and the length in its highest byte. */
function messageWord(bytes: Uint8Array, at: number, length: number, index: number): number {
  const from = at + index * 4;
  if (index * 4 + 4 <= length) {
    return (
      byte(bytes, from) | (byte(bytes, from + 1) << 8) | (byte(bytes, from + 2) << 16) | (byte(bytes, from + 3) << 24)
    );
  }
  let last = length << 24;
  for (let left = length & 3; left > 0; left -= 1) last |= byte(bytes, from + left - 1) << (8 * (left - 1));
  return last;
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function word(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}
