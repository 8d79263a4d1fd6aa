// For each item a few others with weights, heaviest first, as they lie in a file.
import type { SparseScores } from './sparse-scores.ts';

export interface ItemRows {
  /** By item: where its row begins; one longer than there are items. */
  readonly start: Int32Array;
  readonly to: Int32Array;
  readonly weight: Float32Array;
}

/** Collects rows in the order of the items. */
export class ItemRowsBuilder {
  readonly #start: number[] = [0];
  readonly #to: number[] = [];
  readonly #weight: number[] = [];

  /** The next item's row: the best of `scores`, which is emptied. */
  addBest(scores: SparseScores, partnersMax: number): void {
    for (const item of scores.best(partnersMax)) {
      this.#to.push(item);
      this.#weight.push(scores.values[item] as number);
    }
    scores.clear();
    this.#start.push(this.#to.length);
  }

  build(): ItemRows {
    return {
      start: Int32Array.from(this.#start),
      to: Int32Array.from(this.#to),
      weight: Float32Array.from(this.#weight),
    };
  }
}

/** Whether every row lies within the arrays and names items that there are. */
export function areRows({ start, to, weight }: ItemRows, items: number): boolean {
  if (start.length !== items + 1 || to.length !== weight.length || start[0] !== 0 || start[items] !== to.length)
    return false;
  for (let item = 0; item < items; item += 1) if ((start[item] as number) > (start[item + 1] as number)) return false;
  for (let at = 0; at < to.length; at += 1) {
    const item = to[at] as number;
    const each = weight[at] as number;
    if (!(item >= 0 && item < items && each > 0 && each < Infinity)) return false;
  }
  return true;
}
