// The best of all items but some.
import { Best } from '../../models/best.ts';

export class Ranking {
  readonly #limit: number;
  readonly #items: Int32Array;
  readonly #best = new Best((a, b) => a < b);

  constructor(items: number, limit: number) {
    this.#limit = limit;
    this.#items = Int32Array.from({ length: items }, (_, item) => item);
  }

  /** Best first; equal scores by smaller number. Overwrites the scores of what is left out. Valid until the next call. */
  best(scores: Float64Array, without: Int32Array): Int32Array {
    for (const item of without) scores[item] = -Infinity;
    const limit = Math.min(this.#limit, scores.length - without.length);
    return this.#best.choose(this.#items, this.#items.length, scores, limit);
  }
}
