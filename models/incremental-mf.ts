// Matrix factorisation that learns one event at a time: ISGD of Vinagre, Jorge and Gama, "Fast incremental matrix factorization for
// recommendation with positive-only feedback" (UMAP 2014, algorithm 1).

import { normal } from './normal.ts';

export interface IncrementalMfOptions {
  readonly users: number;
  readonly items: number;
  readonly factors: number;
  readonly rate: number;
  readonly lambda: number;
  /** Uniform numbers in [0, 1), for what somebody begins with. */
  readonly random: () => number;
}

/** Small: what is not known yet is then near 0, and does not stand in the way of what is. */
const INITIAL_SPREAD = 0.01;

export class IncrementalMf {
  readonly #options: IncrementalMfOptions;
  readonly #users: Float64Array;
  readonly #items: Float64Array;

  constructor(options: IncrementalMfOptions) {
    this.#options = options;
    const { users, items, factors, random } = options;
    const initial = () => normal(random, INITIAL_SPREAD);
    this.#users = Float64Array.from({ length: users * factors }, initial);
    this.#items = Float64Array.from({ length: items * factors }, initial);
  }

  get bytes(): number {
    return this.#users.byteLength + this.#items.byteLength;
  }

  /** How near 1 it would have taken this to be. */
  scoreOf(user: number, item: number): number {
    const { factors } = this.#options;
    let sum = 0;
    for (let at = 0; at < factors; at += 1)
      sum += (this.#users[user * factors + at] as number) * (this.#items[item * factors + at] as number);
    return sum;
  }

  learn(user: number, item: number): void {
    const { factors, rate, lambda } = this.#options;
    const error = 1 - this.scoreOf(user, item);
    for (let at = 0; at < factors; at += 1) {
      const u = this.#users[user * factors + at] as number;
      const i = this.#items[item * factors + at] as number;
      // Both from where they were: from a user who has moved already, the item overshoots, and at a rate of 0.2 the two run away.
      this.#users[user * factors + at] = u + rate * (error * i - lambda * u);
      this.#items[item * factors + at] = i + rate * (error * u - lambda * i);
    }
  }
}
