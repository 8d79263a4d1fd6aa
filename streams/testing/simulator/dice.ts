// Everything that is left to chance in a run, drawn from its seed.
import { hash32, seededRandom } from '../../random.ts';

export class Dice {
  readonly #seed: string;
  readonly #random: () => number;

  constructor(seed: string) {
    this.#seed = seed;
    this.#random = seededRandom(hash32(seed));
  }

  /** Dice of their own for one purpose: what it draws does not shift what others draw. */
  fork(purpose: string): Dice {
    return new Dice(`${this.#seed}/${purpose}`);
  }

  /** In [0, 1). */
  fraction(): number {
    return this.#random();
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)] as T;
  }
}
