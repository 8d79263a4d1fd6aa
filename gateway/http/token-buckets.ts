// Limits how often each of many may do something: a bucket of tokens for each, which fills steadily and from which each
// request takes one. So a burst is let through and a steady excess is not.
//
// The buckets lie in memory that threads share, so that all of them together give out what one would. A bucket is found by two hashes of
// its owner's name, one for a row of eight places and one to be told from its neighbours there; a row is changed by one thread at a time.
import { randomInt } from 'node:crypto';

export interface Limit {
  /** Names the limit to those who run into it. */
  readonly name: string;
  readonly perSecond: number;
}

export interface Taken {
  /** False when there was nothing left. */
  readonly ok: boolean;
  readonly remaining: number;
  /** Until one request is possible again. */
  readonly waitSeconds: number;
  /** Until everything is there again. */
  readonly fullInSeconds: number;
}

/** A bucket holds what comes in so many seconds. */
export const windowSeconds = 10;

const placesPerRow = 8;
/** Places for 131,072; where a row is full, who came least recently is forgotten, and begins anew with a full bucket. */
const rows = 2 ** 14;
const places = rows * placesPerRow;
const int32Bytes = Int32Array.BYTES_PER_ELEMENT;
const float64Bytes = Float64Array.BYTES_PER_ELEMENT;
const seedsCount = 2;
const bufferBytes = 2 * places * float64Bytes + (places + rows + seedsCount) * int32Bytes;
/** A row is held for less than a microsecond, unless who holds it has to wait for a processor: then others let it go on. */
const spinsMax = 1_000;
const lockPauseMs = 1;
/** Whoever holds it for so many pauses was ended in the midst, and must not stop others. */
const lockPausesMax = 1_000;
/** The tag of a place that nobody has. */
const nobody = 0;

/** For the buckets of one limit. Its pages take no room until they are used. */
export function bucketMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bufferBytes);
  // So that nobody can choose a name that has another's bucket.
  seedsIn(memory).set([randomInt(2 ** 31), randomInt(2 ** 31)]);
  return memory;
}

export class TokenBuckets {
  readonly limit: Limit;
  readonly capacity: number;
  readonly #tokens: Float64Array;
  readonly #filledAtMs: Float64Array;
  readonly #tags: Int32Array;
  readonly #locks: Int32Array;
  readonly #seeds: Int32Array;

  /** `memory`: from `bucketMemory`, the same for all threads that are to count together. */
  constructor(limit: Limit, memory: SharedArrayBuffer = bucketMemory()) {
    this.limit = limit;
    this.capacity = limit.perSecond * windowSeconds;
    this.#tokens = new Float64Array(memory, 0, places);
    this.#filledAtMs = new Float64Array(memory, places * float64Bytes, places);
    this.#tags = new Int32Array(memory, 2 * places * float64Bytes, places);
    this.#locks = new Int32Array(memory, 2 * places * float64Bytes + places * int32Bytes, rows);
    this.#seeds = seedsIn(memory);
  }

  take(of: string, nowMs: number): Taken {
    const row = hashed(of, this.#seeds[0] ?? 0) & (rows - 1);
    this.#lock(row);
    try {
      const place = this.#placeOf(of, row * placesPerRow, nowMs);
      const filled = this.#filled(place, nowMs);
      const ok = filled >= 1;
      const tokens = ok ? filled - 1 : filled;
      this.#tokens[place] = tokens;
      return this.#told(ok, tokens);
    } finally {
      Atomics.store(this.#locks, row, 0);
    }
  }

  #told(ok: boolean, tokens: number): Taken {
    const { perSecond } = this.limit;
    return {
      ok,
      remaining: Math.floor(tokens),
      waitSeconds: Math.ceil((1 - tokens) / perSecond),
      fullInSeconds: Math.ceil((this.capacity - tokens) / perSecond),
    };
  }

  #lock(row: number): void {
    for (let pauses = 0; pauses < lockPausesMax; pauses += 1) {
      for (let spins = 0; spins < spinsMax; spins += 1)
        if (Atomics.compareExchange(this.#locks, row, 0, 1) === 0) return;
      Atomics.wait(this.#locks, row, 1, lockPauseMs);
    }
  }

  #placeOf(of: string, first: number, nowMs: number): number {
    const tag = hashed(of, this.#seeds[1] ?? 0) || 1;
    let oldest = first;
    for (let place = first; place < first + placesPerRow; place += 1) {
      if (this.#tags[place] === tag) return place;
      if (this.#isOlder(place, oldest)) oldest = place;
    }
    this.#tags[oldest] = tag;
    this.#tokens[oldest] = this.capacity;
    this.#filledAtMs[oldest] = nowMs;
    return oldest;
  }

  #isOlder(place: number, other: number): boolean {
    if (this.#tags[other] === nobody) return false;
    return this.#tags[place] === nobody || (this.#filledAtMs[place] ?? 0) < (this.#filledAtMs[other] ?? 0);
  }

  #filled(place: number, nowMs: number): number {
    // A clock that was set back gives nothing, rather than taking away.
    const elapsedMs = Math.max(0, nowMs - (this.#filledAtMs[place] ?? nowMs));
    this.#filledAtMs[place] = nowMs;
    return Math.min(this.capacity, (this.#tokens[place] ?? 0) + (elapsedMs / 1000) * this.limit.perSecond);
  }
}

function seedsIn(memory: SharedArrayBuffer): Int32Array {
  return new Int32Array(memory, bufferBytes - seedsCount * int32Bytes, seedsCount);
}

/** FNV-1a over the text's units, mixed once more as its low bits alone are poor. */
function hashed(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
