// Item-kNN on who had what: each item's nearest by cosine (Sarwar et al., WWW 2001, section 3.1), customers with long histories counting
// less if asked for (the inverse user frequency of Breese, Heckerman and Kadie, UAI 1998, section 2.1.3).
import type { HistoryModel } from './history-model.ts';
import type { InteractionMatrix } from './interaction-matrix.ts';
import { ItemPairs } from './item-pairs.ts';
import { SparseScores } from './sparse-scores.ts';

export interface ItemNeighboursOptions {
  /** Neighbours kept of each item. */
  readonly neighboursMax: number;
  /** A customer of n items counts ln(items ÷ n) instead of 1. */
  readonly byRarity: boolean;
}

export class ItemNeighbours implements HistoryModel {
  readonly #pairs: ItemPairs;

  constructor(matrix: InteractionMatrix, options: ItemNeighboursOptions) {
    this.#pairs = nearest(matrix, options);
  }

  get bytes(): number {
    return this.#pairs.bytes;
  }

  /** Each item's neighbours. */
  get rows(): ItemPairs {
    return this.#pairs;
  }

  score(history: Int32Array, scores: Float64Array): void {
    scores.fill(0);
    const { start, to, weight } = this.#pairs;
    for (const item of history) {
      for (let place = start[item] as number; place < (start[item + 1] as number); place += 1) {
        const other = to[place] as number;
        scores[other] = (scores[other] as number) + (weight[place] as number);
      }
    }
  }
}

function nearest(matrix: InteractionMatrix, { neighboursMax, byRarity }: ItemNeighboursOptions): ItemPairs {
  const { items, users } = matrix;
  const userWeight = Float64Array.from({ length: users }, (_, user) => {
    const length = matrix.itemsOf(user).length;
    return byRarity ? Math.log(items / Math.max(1, length)) ** 2 : 1;
  });
  const norm = new Float64Array(items);
  for (let user = 0; user < users; user += 1) {
    for (const item of matrix.itemsOf(user)) norm[item] = (norm[item] as number) + (userWeight[user] as number);
  }
  const row = new SparseScores(items);
  const start = new Int32Array(items + 1);
  const to: number[] = [];
  const weight: number[] = [];
  for (let item = 0; item < items; item += 1) {
    for (const user of matrix.usersOf(item)) {
      const counts = userWeight[user] as number;
      if (counts > 0) for (const other of matrix.itemsOf(user)) if (other !== item) row.add(other, counts);
    }
    for (const other of row.items)
      row.values[other] = (row.values[other] as number) / Math.sqrt((norm[item] as number) * (norm[other] as number));
    for (const other of row.best(neighboursMax)) {
      to.push(other);
      weight.push(row.values[other] as number);
    }
    row.clear();
    start[item + 1] = to.length;
  }
  return new ItemPairs(start, Int32Array.from(to), Float64Array.from(weight));
}
