// Matrix factorisation for implicit feedback by alternating least squares: Hu, Koren and Volinsky, "Collaborative Filtering for Implicit
// Feedback Datasets" (ICDM 2008, section 4), in the form of Rendle et al., "Revisiting the Performance of iALS on Item Recommendation
// Benchmarks" (RecSys 2022, section 3): ones count 1, everything else α, and λ is scaled by (frequency + α · others)^ν. Each half of a
// sweep takes a few steps of conjugate gradients from where the last one ended (Takács, Pilászy and Tikk, RecSys 2011, section 4).
import type { ItemFactors } from './folded-tastes.ts';
import type { HistoryModel } from './history-model.ts';
import type { InteractionMatrix } from './interaction-matrix.ts';
import { cholesky, solveFactored } from './symmetric.ts';

export interface ImplicitAlsOptions {
  readonly factors: number;
  readonly sweeps: number;
  /** α, the weight of what did not happen. */
  readonly unobservedWeight: number;
  readonly lambda: number;
  /** ν: 0 regularises all alike, 1 by frequency. */
  readonly frequencyPower: number;
  /** Uniform numbers in [0, 1), for the factors to begin with. */
  readonly random: () => number;
}

const CG_STEPS = 3;
const INITIAL_SPREAD = 0.1;

export class ImplicitAls implements HistoryModel {
  readonly #options: ImplicitAlsOptions;
  readonly #items: number;
  readonly #itemFactors: Float32Array;
  /** α · YᵀY of the items' factors. */
  readonly #gram: Float64Array;
  // Scratch of the folding in.
  readonly #system: Float64Array;
  readonly #user: Float64Array;

  constructor(matrix: InteractionMatrix, options: ImplicitAlsOptions) {
    const { factors, sweeps, unobservedWeight } = options;
    this.#options = options;
    this.#items = matrix.items;
    const users = initial(matrix.users, options);
    this.#itemFactors = initial(matrix.items, options);
    const solver = new Solver(options);
    for (let sweep = 0; sweep < sweeps; sweep += 1) {
      solver.improve(users, matrix.userStart, matrix.userItems, this.#itemFactors);
      solver.improve(this.#itemFactors, matrix.itemStart, matrix.itemUsers, users);
    }
    this.#gram = gramOf(this.#itemFactors, factors, unobservedWeight);
    this.#system = new Float64Array(factors * factors);
    this.#user = new Float64Array(factors);
  }

  /** What folding in needs, to be kept without the rest. */
  get itemFactors(): ItemFactors {
    const { factors: count, lambda, frequencyPower: power, unobservedWeight } = this.#options;
    return { count, items: this.#itemFactors, gram: this.#gram, lambda, others: unobservedWeight * this.#items, power };
  }

  get bytes(): number {
    return this.#itemFactors.byteLength + this.#gram.byteLength;
  }

  score(history: Int32Array, scores: Float64Array): void {
    const user = this.#foldIn(history);
    const factors = user.length;
    for (let item = 0; item < this.#items; item += 1) {
      const first = item * factors;
      let sum = 0;
      for (let factor = 0; factor < factors; factor += 1)
        sum += (user[factor] as number) * (this.#itemFactors[first + factor] as number);
      scores[item] = sum;
    }
  }

  /** The factors that somebody with these items has, given those of the items: exact, by Cholesky. */
  #foldIn(history: Int32Array): Float64Array {
    const { factors } = this.#options;
    const a = this.#system;
    const b = this.#user.fill(0);
    a.set(this.#gram);
    for (const item of history) {
      const first = item * factors;
      for (let row = 0; row < factors; row += 1) {
        const value = this.#itemFactors[first + row] as number;
        b[row] = (b[row] as number) + value;
        for (let column = 0; column <= row; column += 1) {
          const cell = row * factors + column;
          a[cell] = (a[cell] as number) + value * (this.#itemFactors[first + column] as number);
        }
      }
    }
    const regularisation = regularisationOf(this.#options, history.length, this.#items);
    for (let row = 0; row < factors; row += 1)
      a[row * factors + row] = (a[row * factors + row] as number) + regularisation;
    cholesky(a, factors);
    solveFactored(a, factors, b);
    return b;
  }
}

/** Improves the factors of one side, given the other's. */
class Solver {
  readonly #options: ImplicitAlsOptions;
  readonly #x: Float64Array;
  readonly #residual: Float64Array;
  readonly #direction: Float64Array;
  readonly #product: Float64Array;

  constructor(options: ImplicitAlsOptions) {
    this.#options = options;
    this.#x = new Float64Array(options.factors);
    this.#residual = new Float64Array(options.factors);
    this.#direction = new Float64Array(options.factors);
    this.#product = new Float64Array(options.factors);
  }

  improve(own: Float32Array, start: Int32Array, partners: Int32Array, others: Float32Array): void {
    const { factors, unobservedWeight } = this.#options;
    const gram = gramOf(others, factors, unobservedWeight);
    const count = others.length / factors;
    for (let row = 0; row < start.length - 1; row += 1) {
      const mine = partners.subarray(start[row], start[row + 1]);
      const first = row * factors;
      if (mine.length === 0) own.fill(0, first, first + factors);
      else this.#solve(own, first, mine, others, gram, regularisationOf(this.#options, mine.length, count));
    }
  }

  #solve(
    own: Float32Array,
    first: number,
    mine: Int32Array,
    others: Float32Array,
    gram: Float64Array,
    regularisation: number,
  ): void {
    // prettier-ignore
    const [x, residual, direction, product] = [this.#x, this.#residual, this.#direction, this.#product];
    const factors = x.length;
    x.set(own.subarray(first, first + factors));
    this.#multiply(x, mine, others, gram, regularisation);
    residual.fill(0);
    for (const other of mine) {
      const begin = other * factors;
      for (let at = 0; at < factors; at += 1) residual[at] = (residual[at] as number) + (others[begin + at] as number);
    }
    let size = 0;
    for (let at = 0; at < factors; at += 1) {
      const rest = (residual[at] as number) - (product[at] as number);
      residual[at] = rest;
      direction[at] = rest;
      size += rest * rest;
    }
    for (let step = 0; step < CG_STEPS && size > 1e-12; step += 1) {
      this.#multiply(direction, mine, others, gram, regularisation);
      let curvature = 0;
      for (let at = 0; at < factors; at += 1) curvature += (direction[at] as number) * (product[at] as number);
      const length = size / curvature;
      let rest = 0;
      for (let at = 0; at < factors; at += 1) {
        x[at] = (x[at] as number) + length * (direction[at] as number);
        const left = (residual[at] as number) - length * (product[at] as number);
        residual[at] = left;
        rest += left * left;
      }
      for (let at = 0; at < factors; at += 1)
        direction[at] = (residual[at] as number) + (rest / size) * (direction[at] as number);
      size = rest;
    }
    own.set(x, first);
  }

  /** product = (α·YᵀY + Σ y·yᵀ of one's own partners + λ) · vector */
  #multiply(
    vector: Float64Array,
    mine: Int32Array,
    others: Float32Array,
    gram: Float64Array,
    regularisation: number,
  ): void {
    // prettier-ignore
    const product = this.#product;
    const factors = vector.length;
    for (let row = 0; row < factors; row += 1) {
      const begin = row * factors;
      let sum = regularisation * (vector[row] as number);
      for (let at = 0; at < factors; at += 1) sum += (gram[begin + at] as number) * (vector[at] as number);
      product[row] = sum;
    }
    for (const other of mine) {
      const begin = other * factors;
      let dot = 0;
      for (let at = 0; at < factors; at += 1) dot += (others[begin + at] as number) * (vector[at] as number);
      for (let at = 0; at < factors; at += 1)
        product[at] = (product[at] as number) + dot * (others[begin + at] as number);
    }
  }
}

function regularisationOf(options: ImplicitAlsOptions, frequency: number, others: number): number {
  const { lambda, frequencyPower, unobservedWeight } = options;
  return lambda * (frequency + unobservedWeight * others) ** frequencyPower;
}

/** Normal numbers, small (Box and Muller). */
function initial(rows: number, { factors, random }: ImplicitAlsOptions): Float32Array {
  const spread = INITIAL_SPREAD / Math.sqrt(factors);
  return Float32Array.from(
    { length: rows * factors },
    () => spread * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/** weight · YᵀY, whole. */
function gramOf(y: Float32Array, factors: number, weight: number): Float64Array {
  const gram = new Float64Array(factors * factors);
  for (let first = 0; first < y.length; first += factors) {
    for (let row = 0; row < factors; row += 1) {
      const value = weight * (y[first + row] as number);
      for (let column = 0; column <= row; column += 1) {
        const cell = row * factors + column;
        gram[cell] = (gram[cell] as number) + value * (y[first + column] as number);
      }
    }
  }
  for (let row = 0; row < factors; row += 1)
    for (let column = row + 1; column < factors; column += 1) gram[row * factors + column] = gram[column * factors + row] as number; // prettier-ignore
  return gram;
}
