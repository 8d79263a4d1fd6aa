// EASE: a linear model from item to item with the best weights in closed form. Steck, "Embarrassingly Shallow Autoencoders for Sparse
// Data" (WWW 2019, section 3.1): P = (XᵀX + λI)⁻¹, B = I − P · diag(1 ÷ P_jj). For catalogues whose square fits the memory.
import type { HistoryModel } from './history-model.ts';
import type { InteractionMatrix } from './interaction-matrix.ts';
import { Invertible } from './inverse.ts';

/** 16 bytes a cell while it learns, 4 later: 12,000 items are 2.3 GB and some ten minutes. */
export const EASE_ITEMS_MAX = 12_000;

export class Ease implements HistoryModel {
  readonly #items: number;
  /** B, by row of the item had. */
  readonly #weights: Float32Array;

  /** @throws RangeError when there are more than `EASE_ITEMS_MAX` items. */
  constructor(matrix: InteractionMatrix, lambda: number) {
    const { items } = matrix;
    if (items > EASE_ITEMS_MAX) throw new RangeError(`EASE is for ${EASE_ITEMS_MAX} items at most, not ${items}`);
    this.#items = items;
    this.#weights = toWeights(coOccurrences(matrix, lambda), items);
  }

  get bytes(): number {
    return this.#weights.byteLength;
  }

  /** What having one item says of each, by number. */
  weightsOf(item: number): Float32Array {
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

/** XᵀX + λI */
function coOccurrences(matrix: InteractionMatrix, lambda: number): Invertible {
  const counts = new Invertible(matrix.items);
  const { cells, stride } = counts;
  for (let user = 0; user < matrix.users; user += 1) {
    const history = matrix.itemsOf(user);
    for (const item of history) {
      for (const other of history) {
        const cell = item * stride + other;
        cells[cell] = (cells[cell] as number) + 1;
      }
    }
  }
  for (let item = 0; item < matrix.items; item += 1) {
    const diagonal = item * stride + item;
    cells[diagonal] = (cells[diagonal] as number) + lambda;
  }
  return counts;
}

/** −P_ij ÷ P_jj, and 0 on the diagonal. */
function toWeights(matrix: Invertible, items: number): Float32Array {
  matrix.toNegativeInverse();
  const { cells, stride } = matrix;
  const diagonal = Float64Array.from({ length: items }, (_, item) => -(cells[item * stride + item] as number));
  const weights = new Float32Array(items * items);
  for (let item = 0; item < items; item += 1) {
    for (let other = 0; other < items; other += 1)
      if (item !== other) weights[item * items + other] = (cells[item * stride + other] as number) / (diagonal[other] as number); // prettier-ignore
  }
  return weights;
}
