// The best few of many, in order, without sorting the many.
import { nthLargest } from './nth-largest.ts';

export class Best {
  readonly #isBefore: (a: number, b: number) => boolean;
  #numbers = new Float64Array(0);
  #chosen = new Int32Array(0);

  /** `isBefore` says which of two equally good ones comes first, and must be a strict total order. */
  constructor(isBefore: (a: number, b: number) => boolean) {
    this.#isBefore = isBefore;
  }

  /**
   * Of the first `count` ids the `limit` ones with the largest scores, best first. Valid until the next call.
   *
   * @param scores by id; no NaN.
   */
  choose(ids: Int32Array, count: number, scores: Float64Array, limit: number): Int32Array {
    if (this.#chosen.length < limit) this.#chosen = new Int32Array(limit);
    const chosen = this.#chosen.subarray(0, Math.min(count, limit));
    if (count <= limit) chosen.set(ids.subarray(0, count));
    else if (limit > 0) this.#chooseSome(ids, count, scores, chosen);
    this.#sort(chosen, scores);
    return chosen;
  }

  #chooseSome(ids: Int32Array, count: number, scores: Float64Array, chosen: Int32Array): void {
    if (this.#numbers.length < count) this.#numbers = new Float64Array(2 * count);
    const numbers = this.#numbers;
    for (let at = 0; at < count; at += 1) numbers[at] = scores[ids[at] as number] as number;
    const least = nthLargest(numbers, count, chosen.length);
    const ties: number[] = [];
    let found = 0;
    for (let at = 0; at < count; at += 1) {
      const id = ids[at] as number;
      const score = scores[id] as number;
      if (score > least) chosen[found++] = id;
      else if (score === least) ties.push(id);
    }
    if (found + ties.length > chosen.length) ties.sort((a, b) => (this.#isBefore(a, b) ? -1 : 1));
    for (let at = 0; found < chosen.length; at += 1) chosen[found++] = ties[at] as number;
  }

  /** Insertion sort: they are few. */
  #sort(chosen: Int32Array, scores: Float64Array): void {
    for (let place = 1; place < chosen.length; place += 1) {
      const id = chosen[place] as number;
      const score = scores[id] as number;
      let at = place;
      while (at > 0) {
        const above = chosen[at - 1] as number;
        const difference = (scores[above] as number) - score;
        if (difference > 0 || (difference === 0 && this.#isBefore(above, id))) break;
        chosen[at] = above;
        at -= 1;
      }
      chosen[at] = id;
    }
  }
}
