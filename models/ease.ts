// EASE: a linear model from item to item with the best weights in closed form. Steck, "Embarrassingly Shallow Autoencoders for Sparse
// Data" (WWW 2019, section 3.1): P = (XᵀX + λI)⁻¹, B = I − P · diag(1 ÷ P_jj). For catalogues whose square fits the memory.
import type { HistoryModel } from './history-model.ts';
import type { InteractionMatrix } from './interaction-matrix.ts';
import { invert } from './symmetric.ts';

/** 8 bytes a cell: 12,000 items are 1.2 GB and some twenty minutes. */
export const EASE_ITEMS_MAX = 12_000;

export class Ease implements HistoryModel {
  readonly #items: number;
  /** B, by row of the item had. */
  readonly #weights: Float64Array;

  /** @throws RangeError when there are more than `EASE_ITEMS_MAX` items. */
  constructor(matrix: InteractionMatrix, lambda: number) {
    const { items } = matrix;
    if (items > EASE_ITEMS_MAX) throw new RangeError(`EASE is for ${EASE_ITEMS_MAX} items at most, not ${items}`);
    this.#items = items;
    this.#weights = coOccurrences(matrix);
    for (let item = 0; item < items; item += 1) {
      const diagonal = item * items + item;
      this.#weights[diagonal] = (this.#weights[diagonal] as number) + lambda;
    }
    invert(this.#weights, items);
    toWeights(this.#weights, items);
  }

  get bytes(): number {
    return this.#weights.byteLength;
  }

  /** What having one item says of each, by number. */
  weightsOf(item: number): Float64Array {
    return this.#weights.subarray(item * this.#items, (item + 1) * this.#items);
  }

  score(history: Int32Array, scores: Float64Array): void {
    scores.fill(0);
    for (const item of history) {
      const first = item * this.#items;
      for (let other = 0; other < this.#items; other += 1)
        scores[other] = (scores[other] as number) + (this.#weights[first + other] as number);
    }
  }
}

function coOccurrences(matrix: InteractionMatrix): Float64Array {
  const { items, users } = matrix;
  const counts = new Float64Array(items * items);
  for (let user = 0; user < users; user += 1) {
    const history = matrix.itemsOf(user);
    for (const item of history) {
      for (const other of history) {
        const cell = item * items + other;
        counts[cell] = (counts[cell] as number) + 1;
      }
    }
  }
  return counts;
}

/** P_ij becomes −P_ij ÷ P_jj, and 0 on the diagonal. */
function toWeights(p: Float64Array, items: number): void {
  const diagonal = Float64Array.from({ length: items }, (_, item) => p[item * items + item] as number);
  for (let item = 0; item < items; item += 1) {
    for (let other = 0; other < items; other += 1) {
      const cell = item * items + other;
      p[cell] = item === other ? 0 : -(p[cell] as number) / (diagonal[other] as number);
    }
  }
}
