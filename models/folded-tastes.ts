// The tastes of somebody who was not there when the factors were trained, or has done more since: solved from the items they had, as one
// half of a sweep of ALS would, and taken apart by item. Hu, Koren and Volinsky, "Collaborative Filtering for Implicit Feedback Datasets"
// (ICDM 2008), equation 4 for the solution and section 5 for what each item contributes.
import { cholesky, solveFactored } from './symmetric.ts';

export interface ItemFactors {
  readonly solving: 'least_squares';
  /** Numbers per item. */
  readonly count: number;
  /** By item. */
  readonly items: Float32Array;
  /** α · YᵀY, whole. */
  readonly gram: Float64Array;
  /** What is added to the diagonal for so many items had: λ · (had + others)^power. */
  readonly lambda: number;
  readonly others: number;
  readonly power: number;
}

/** Items that tastes are made of; the latest. */
export const FOLDED_ITEMS_MAX = 20;

/** Somebody's tastes, made of what they had. Used again for one customer after the other. */
export interface LiveTastes {
  /** Takes the first `FOLDED_ITEMS_MAX` of these items, each once. */
  fold(history: readonly number[]): void;
  /** How well an item fits the tastes: about 1 when it was among those had, near 0 when nothing speaks for it. */
  scoreOf(item: number): number;
  /** What the item at a place of the history adds to that. */
  partOf(item: number, place: number): number;
  /** How many items were taken. */
  readonly places: number;
}

export class FoldedTastes implements LiveTastes {
  readonly #factors: ItemFactors;
  readonly #system: Float64Array;
  readonly #sum: Float64Array;
  /** By place in the history: what the item adds to the tastes. */
  readonly #parts: Float64Array;
  readonly #right: Float64Array;
  #places = 0;

  constructor(factors: ItemFactors) {
    const { count } = factors;
    this.#factors = factors;
    this.#system = new Float64Array(count * count);
    this.#sum = new Float64Array(count);
    this.#parts = new Float64Array(count * FOLDED_ITEMS_MAX);
    this.#right = new Float64Array(count);
  }

  fold(history: readonly number[]): void {
    const { count, items, gram } = this.#factors;
    this.#places = Math.min(history.length, FOLDED_ITEMS_MAX);
    this.#system.set(gram);
    for (let place = 0; place < this.#places; place += 1) this.#addToSystem((history[place] as number) * count);
    this.#regularise();
    cholesky(this.#system, count);
    this.#sum.fill(0);
    for (let place = 0; place < this.#places; place += 1) {
      const first = (history[place] as number) * count;
      for (let at = 0; at < count; at += 1) this.#right[at] = items[first + at] as number;
      solveFactored(this.#system, count, this.#right);
      this.#parts.set(this.#right, place * count);
      for (let at = 0; at < count; at += 1) this.#sum[at] = (this.#sum[at] as number) + (this.#right[at] as number);
    }
  }

  scoreOf(item: number): number {
    return this.#product(item, this.#sum, 0);
  }

  partOf(item: number, place: number): number {
    return this.#product(item, this.#parts, place * this.#factors.count);
  }

  get places(): number {
    return this.#places;
  }

  #product(item: number, vector: Float64Array, begin: number): number {
    const { count, items } = this.#factors;
    const first = item * count;
    let sum = 0;
    for (let at = 0; at < count; at += 1) sum += (vector[begin + at] as number) * (items[first + at] as number);
    return sum;
  }

  /** Only the lower half is read. */
  #addToSystem(first: number): void {
    const { count, items } = this.#factors;
    for (let row = 0; row < count; row += 1) {
      const value = items[first + row] as number;
      for (let column = 0; column <= row; column += 1) {
        const cell = row * count + column;
        this.#system[cell] = (this.#system[cell] as number) + value * (items[first + column] as number);
      }
    }
  }

  #regularise(): void {
    const { count, lambda, others, power } = this.#factors;
    const regularisation = lambda * (this.#places + others) ** power;
    for (let row = 0; row < count; row += 1)
      this.#system[row * count + row] = (this.#system[row * count + row] as number) + regularisation;
  }
}
