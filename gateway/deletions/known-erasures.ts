// When customers were deleted, as far as this process knows: by itself just now, or from the serving store. Updates of a deleted customer
// repeat it, since the compacted topic keeps only the last of them.
import { LRUCache } from 'lru-cache';
import type { ServingReads } from '../serving-reads.ts';

/** Those of the last moments, which the serving store may not have yet. */
const recentMax = 10_000;

export class KnownErasures {
  readonly #recent = new LRUCache<string, number>({ max: recentMax });
  readonly #reads: ServingReads;

  constructor(reads: ServingReads) {
    this.#reads = reads;
  }

  add(customerId: string, erasedAtMs: number): void {
    this.#recent.set(customerId, erasedAtMs);
  }

  /** null: never. */
  async of(customerId: string): Promise<number | null> {
    return this.#recent.get(customerId) ?? (await this.#reads.erasure(customerId))?.erased_at ?? null;
  }
}
