// Limits how often each of many may do something: a bucket of tokens for each, which fills steadily and from which each
// request takes one. So a burst is let through and a steady excess is not.
import { LRUCache } from 'lru-cache';

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

interface Bucket {
  tokens: number;
  atMs: number;
}

/** A bucket holds what comes in so many seconds. */
export const windowSeconds = 10;
/** Beyond it those who came least recently are forgotten, and begin anew with a full bucket. */
const bucketsMax = 100_000;

export class TokenBuckets {
  readonly limit: Limit;
  readonly capacity: number;
  readonly #buckets = new LRUCache<string, Bucket>({ max: bucketsMax });

  constructor(limit: Limit) {
    this.limit = limit;
    this.capacity = limit.perSecond * windowSeconds;
  }

  take(of: string, nowMs: number): Taken {
    const bucket = this.#bucketOf(of, nowMs);
    const { perSecond } = this.limit;
    const ok = bucket.tokens >= 1;
    if (ok) bucket.tokens -= 1;
    return {
      ok,
      remaining: Math.floor(bucket.tokens),
      waitSeconds: Math.ceil((1 - bucket.tokens) / perSecond),
      fullInSeconds: Math.ceil((this.capacity - bucket.tokens) / perSecond),
    };
  }

  #bucketOf(of: string, nowMs: number): Bucket {
    let bucket = this.#buckets.get(of);
    if (bucket === undefined) this.#buckets.set(of, (bucket = { tokens: this.capacity, atMs: nowMs }));
    // A clock that was set back gives nothing, rather than taking away.
    const elapsedMs = Math.max(0, nowMs - bucket.atMs);
    bucket.tokens = Math.min(this.capacity, bucket.tokens + (elapsedMs / 1000) * this.limit.perSecond);
    bucket.atMs = nowMs;
    return bucket;
  }
}
