// The tastes of somebody as sums of what they share with the factors of NMF: non-negative least squares on the items' factors, which stay as
// they were trained (Lee and Seung, "Learning the parts of objects by non-negative matrix factorization", Nature 401, 1999: parts only add up).
// So each factor's share can be told by the items that have it, where the parts of ordinary least squares cancel each other out.
import { FOLDED_ITEMS_MAX, type LiveTastes } from './folded-tastes.ts';
import { solveNonNegative } from './non-negative-least-squares.ts';

export interface NonNegativeItemFactors {
  readonly solving: 'non_negative';
  /** Numbers per item. */
  readonly count: number;
  /** By item; none is negative. */
  readonly items: Float32Array;
  /** HᵀH, whole. */
  readonly gram: Float64Array;
}

export class NonNegativeTastes implements LiveTastes {
  readonly #factors: NonNegativeItemFactors;
  readonly #sum: Float64Array;
  /** By factor: what the items had have of it together. */
  readonly #wanted: Float64Array;
  #history: readonly number[] = [];

  constructor(factors: NonNegativeItemFactors) {
    this.#factors = factors;
    this.#sum = new Float64Array(factors.count);
    this.#wanted = new Float64Array(factors.count);
  }

  fold(history: readonly number[]): void {
    const { count, items, gram } = this.#factors;
    this.#history = history.slice(0, FOLDED_ITEMS_MAX);
    this.#wanted.fill(0);
    for (const item of this.#history)
      for (let at = 0; at < count; at += 1)
        this.#wanted[at] = (this.#wanted[at] as number) + (items[item * count + at] as number);
    solveNonNegative(this.#sum, gram, this.#wanted);
  }

  scoreOf(item: number): number {
    const { count, items } = this.#factors;
    let score = 0;
    for (let at = 0; at < count; at += 1) score += (this.#sum[at] as number) * (items[item * count + at] as number);
    return score;
  }

  /** A factor's share is divided among the items had as they have it, so that parts are not negative and add up to the score. */
  partOf(item: number, place: number): number {
    const { count, items } = this.#factors;
    const had = this.#history[place] as number;
    let part = 0;
    for (let at = 0; at < count; at += 1) {
      const wanted = this.#wanted[at] as number;
      if (wanted === 0) continue; // then nobody's taste has it either
      const share = (items[had * count + at] as number) / wanted;
      part += (this.#sum[at] as number) * share * (items[item * count + at] as number);
    }
    return part;
  }

  get places(): number {
    return this.#history.length;
  }
}
