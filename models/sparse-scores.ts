// Scores of a few items out of very many, collected and emptied without touching the others.
import { Best } from './best.ts';

export class SparseScores {
  /** By item; 0 where nothing was added. */
  readonly values: Float64Array;
  #touched = new Int32Array(1024);
  #count = 0;
  readonly #best = new Best((a, b) => a < b);

  constructor(items: number) {
    this.values = new Float64Array(items);
  }

  /** How many items have a score. */
  get count(): number {
    return this.#count;
  }

  /** The items that have a score, in no order; valid until the next `add`. */
  get items(): Int32Array {
    return this.#touched.subarray(0, this.#count);
  }

  /** `score` must be positive. */
  add(item: number, score: number): void {
    const before = this.values[item] as number;
    this.values[item] = before + score;
    if (before !== 0) return;
    if (this.#count === this.#touched.length) this.#grow();
    this.#touched[this.#count] = item;
    this.#count += 1;
  }

  clear(): void {
    for (let place = 0; place < this.#count; place += 1) this.values[this.#touched[place] as number] = 0;
    this.#count = 0;
  }

  /** The best items, best first; equal scores by smaller number. Valid until the next call. */
  best(limit: number): Int32Array {
    return this.#best.choose(this.#touched, this.#count, this.values, limit);
  }

  #grow(): void {
    const larger = new Int32Array(2 * this.#touched.length);
    larger.set(this.#touched);
    this.#touched = larger;
  }
}
