// Non-negative matrix factorisation R ≈ W·H by coordinate descent: Cichocki and Phan, "Fast local algorithms for large scale nonnegative
// matrix and tensor factorizations" (IEICE 2009, algorithm 2, "HALS"), which scikit-learn's solver `cd` is too. Absent ratings are zeros.
import type { HistoryModel } from './history-model.ts';
import type { InteractionMatrix } from './interaction-matrix.ts';
import { descendRow, solveNonNegative } from './non-negative-least-squares.ts';
import type { NonNegativeItemFactors } from './non-negative-tastes.ts';

export interface NonNegativeFactorsOptions {
  readonly factors: number;
  readonly iterations: number;
  /** By place in the matrix's `userItems`. @default ones */
  readonly ratings?: ArrayLike<number>;
  /** Uniform numbers in [0, 1), for the factors to begin with. */
  readonly random: () => number;
}

export class NonNegativeFactors implements HistoryModel {
  readonly #factors: number;
  readonly #items: number;
  /** By item × factors: H, transposed. */
  readonly #h: Float64Array;
  readonly #gram: Float64Array;
  readonly #user: Float64Array;
  readonly #wanted: Float64Array;
  /** ‖R − W·H‖ over all cells, the zeros too (Frobenius). */
  readonly residual: number;

  constructor(matrix: InteractionMatrix, options: NonNegativeFactorsOptions) {
    const { factors, iterations, random } = options;
    this.#factors = factors;
    this.#items = matrix.items;
    const byUser = Float64Array.from(options.ratings ?? new Uint8Array(matrix.ones).fill(1));
    const byItem = transposed(matrix, byUser);
    // Of the size that makes W·H as large as R on average.
    const mean = byUser.reduce((sum, rating) => sum + rating, 0) / Math.max(1, matrix.users * matrix.items);
    const begin = () => 2 * Math.sqrt(mean / factors) * random();
    const w = Float64Array.from({ length: matrix.users * factors }, begin);
    this.#h = Float64Array.from({ length: matrix.items * factors }, begin);
    for (let iteration = 0; iteration < iterations; iteration += 1) {
      descend(w, matrix.userStart, matrix.userItems, byUser, this.#h, factors);
      descend(this.#h, matrix.itemStart, matrix.itemUsers, byItem, w, factors);
    }
    this.#gram = gramOf(this.#h, factors);
    this.#user = new Float64Array(factors);
    this.#wanted = new Float64Array(factors);
    this.residual = residualOf(matrix, byUser, w, this.#h, factors);
  }

  /** What folding in needs, to be kept without the rest. */
  get itemFactors(): NonNegativeItemFactors {
    return {
      solving: 'non_negative',
      count: this.#factors,
      items: Float32Array.from(this.#h),
      gram: this.#gram.slice(),
    };
  }

  get bytes(): number {
    return this.#h.byteLength + this.#gram.byteLength;
  }

  score(history: Int32Array, scores: Float64Array): void {
    const factors = this.#factors;
    const wanted = this.#wanted.fill(0);
    for (const item of history)
      for (let at = 0; at < factors; at += 1)
        wanted[at] = (wanted[at] as number) + (this.#h[item * factors + at] as number);
    const user = this.#user;
    solveNonNegative(user, this.#gram, wanted);
    for (let item = 0; item < this.#items; item += 1) scores[item] = dot(user, 0, this.#h, item * factors, factors);
  }
}

/** One sweep over the rows of one side, given the other's. */
function descend(
  own: Float64Array,
  start: Int32Array,
  partners: Int32Array,
  ratings: Float64Array,
  others: Float64Array,
  factors: number,
): void {
  const gram = gramOf(others, factors);
  const wanted = new Float64Array(factors);
  for (let row = 0; row < start.length - 1; row += 1) {
    wanted.fill(0);
    for (let place = start[row] as number; place < (start[row + 1] as number); place += 1) {
      const begin = (partners[place] as number) * factors;
      const rating = ratings[place] as number;
      for (let at = 0; at < factors; at += 1)
        wanted[at] = (wanted[at] as number) + rating * (others[begin + at] as number);
    }
    descendRow(own, row * factors, wanted, gram, factors);
  }
}

/** YᵀY, whole. */
function gramOf(y: Float64Array, factors: number): Float64Array {
  const gram = new Float64Array(factors * factors);
  for (let first = 0; first < y.length; first += factors) {
    for (let row = 0; row < factors; row += 1) {
      const value = y[first + row] as number;
      if (value === 0) continue;
      for (let column = 0; column < factors; column += 1) {
        const cell = row * factors + column;
        gram[cell] = (gram[cell] as number) + value * (y[first + column] as number);
      }
    }
  }
  return gram;
}

/** ‖R‖² − 2·⟨R, WH⟩ + ⟨WᵀW, HHᵀ⟩: no cell that is 0 has to be looked at. */
function residualOf(
  matrix: InteractionMatrix,
  ratings: Float64Array,
  w: Float64Array,
  h: Float64Array,
  factors: number,
): number {
  let sum = 0;
  for (let user = 0; user < matrix.users; user += 1) {
    for (let place = matrix.userStart[user] as number; place < (matrix.userStart[user + 1] as number); place += 1) {
      const rating = ratings[place] as number;
      const guess = dot(w, user * factors, h, (matrix.userItems[place] as number) * factors, factors);
      sum += rating * rating - 2 * rating * guess;
    }
  }
  const [wGram, hGram] = [gramOf(w, factors), gramOf(h, factors)];
  return Math.sqrt(Math.max(0, sum + dot(wGram, 0, hGram, 0, wGram.length)));
}

/** The same ratings in the order of `itemUsers`. */
function transposed(matrix: InteractionMatrix, byUser: Float64Array): Float64Array {
  const byItem = new Float64Array(byUser.length);
  const next = matrix.itemStart.slice();
  for (let place = 0; place < byUser.length; place += 1) {
    const item = matrix.userItems[place] as number;
    byItem[next[item] as number] = byUser[place] as number;
    next[item] = (next[item] as number) + 1;
  }
  return byItem;
}

function dot(a: Float64Array, first: number, b: Float64Array, begin: number, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += (a[first + at] as number) * (b[begin + at] as number);
  return sum;
}
