// The best of all items but some, by scores that lie in one array.
import { Best } from '../../models/best.ts';

export class Ranking {
  readonly scores: Float64Array;
  readonly #limit: number;
  readonly #items: Int32Array;
  readonly #best = new Best((a, b) => a < b);

  constructor(items: number, limit: number) {
    this.scores = new Float64Array(items);
    this.#limit = limit;
    this.#items = Int32Array.from({ length: items }, (_, item) => item);
  }

  /** Best first; equal scores by smaller number. Overwrites the scores of what is left out. Valid until the next call. */
  best(without: Int32Array): Int32Array {
    for (const item of without) this.scores[item] = -Infinity;
    const limit = Math.min(this.#limit, this.scores.length - without.length);
    return this.#best.choose(this.#items, this.#items.length, this.scores, limit);
  }
}
