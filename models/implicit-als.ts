// Matrix factorisation for implicit feedback by alternating least squares: Hu, Koren and Volinsky, "Collaborative Filtering for Implicit
// Feedback Datasets" (ICDM 2008, section 4), in the form of Rendle et al., "Revisiting the Performance of iALS on Item Recommendation
// Benchmarks" (RecSys 2022, section 3): ones count 1, everything else α, and λ is scaled by (frequency + α · others)^ν. Each half of a
// sweep takes a few steps of conjugate gradients from where the last one ended (Takács, Pilászy and Tikk, RecSys 2011, section 4).
import type { ItemFactors } from './folded-tastes.ts';
import type { HistoryModel } from './history-model.ts';
import type { InteractionMatrix } from './interaction-matrix.ts';
import { Arena, arenaBytes, padded } from './kernels/arena.ts';
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
/** Of a solver: residual, direction and product. */
const SCRATCH_ROWS = 3;

export class ImplicitAls implements HistoryModel {
  readonly #options: ImplicitAlsOptions;
  readonly #items: number;
  /** Of a row in the arena; what is past the factors is 0. */
  readonly #width: number;
  readonly #arena: Arena;
  readonly #itemFactors: Float32Array;
  readonly #user: Float32Array;
  readonly #scores: Float32Array;
  /** α · YᵀY of the items' factors. */
  readonly #gram: Float64Array;
  readonly #system: Float64Array;

  constructor(matrix: InteractionMatrix, options: ImplicitAlsOptions) {
    this.#options = options;
    this.#items = matrix.items;
    this.#width = padded(options.factors);
    const trained = trainedItems(matrix, options, this.#width);
    // An arena of its own: the customers' factors are not needed any more.
    this.#arena = new Arena(arenaBytes(trained.length, this.#width, matrix.items));
    this.#itemFactors = this.#arena.floats(trained.length);
    this.#itemFactors.set(trained);
    this.#user = this.#arena.floats(this.#width);
    this.#scores = this.#arena.floats(matrix.items);
    this.#gram = weightedGram(this.#itemFactors, this.#width, options);
    this.#system = new Float64Array(options.factors ** 2);
  }

  /** What folding in needs, to be kept without the rest. */
  get itemFactors(): ItemFactors {
    const { factors: count, lambda, frequencyPower: power, unobservedWeight } = this.#options;
    return { count, items: this.#itemFactors, gram: this.#gram, lambda, others: unobservedWeight * this.#items, power };
  }

  get bytes(): number {
    return this.#arena.bytes + this.#gram.byteLength;
  }

  score(history: Int32Array, scores: Float64Array): void {
    this.#user.set(this.#foldIn(history));
    const [y, x, out] = [this.#itemFactors, this.#user, this.#scores].map(({ byteOffset }) => byteOffset) as [number, number, number]; // prettier-ignore
    this.#arena.kernels.scoreRows(y, this.#items, this.#width, x, out);
    scores.set(this.#scores);
  }

  /** Somebody's factors, given the items': (α·YᵀY + Σ y·yᵀ + λ) x = Σ y, solved exactly. */
  #foldIn(history: Int32Array): Float64Array {
    const { factors } = this.#options;
    const a = this.#system;
    const b = new Float64Array(factors);
    a.set(this.#gram);
    for (const item of history) {
      const first = item * this.#width;
      for (let row = 0; row < factors; row += 1) {
        const value = this.#itemFactors[first + row] as number;
        b[row] = (b[row] as number) + value;
        for (let column = 0; column <= row; column += 1) {
          const cell = row * factors + column;
          a[cell] = (a[cell] as number) + value * (this.#itemFactors[first + column] as number);
        }
      }
    }
    const lambda = regularisationOf(this.#options, history.length, this.#items);
    for (let row = 0; row < factors; row += 1) a[row * factors + row] = (a[row * factors + row] as number) + lambda;
    cholesky(a, factors);
    solveFactored(a, factors, b);
    return b;
  }
}

/** One of the two sides of the matrix in the arena. */
interface Side {
  readonly rows: number;
  readonly factors: Float32Array;
  readonly start: Int32Array;
  readonly partners: Int32Array;
  readonly lambdas: Float32Array;
}

function trainedItems(matrix: InteractionMatrix, options: ImplicitAlsOptions, width: number): Float32Array {
  const { users, items, ones } = matrix;
  const small = [users + 1, items + 1, ones, ones, users, items, width ** 2, SCRATCH_ROWS * width];
  const arena = new Arena(arenaBytes(users * width, items * width, ...small));
  const customers = sideOf(arena, matrix.userStart, matrix.userItems, items, options, width);
  const goods = sideOf(arena, matrix.itemStart, matrix.itemUsers, users, options, width);
  const gram = arena.floats(width ** 2);
  const scratch = arena.floats(SCRATCH_ROWS * width);
  const improve = (own: Side, others: Side) => {
    arena.kernels.gramOf(others.factors.byteOffset, others.rows, width, gram.byteOffset);
    for (let cell = 0; cell < gram.length; cell += 1) gram[cell] = options.unobservedWeight * (gram[cell] as number);
    const [x, start, partners] = [own.factors.byteOffset, own.start.byteOffset, own.partners.byteOffset];
    arena.kernels.solveRows(0, own.rows, x, start, partners, others.factors.byteOffset, width, gram.byteOffset, own.lambdas.byteOffset, CG_STEPS, scratch.byteOffset); // prettier-ignore
  };
  for (let sweep = 0; sweep < options.sweeps; sweep += 1) {
    improve(customers, goods);
    improve(goods, customers);
  }
  return goods.factors;
}

function sideOf(
  arena: Arena,
  start: Int32Array,
  partners: Int32Array,
  others: number,
  options: ImplicitAlsOptions,
  width: number,
): Side {
  const rows = start.length - 1;
  const factors = arena.floats(rows * width);
  const normal = normalNumbers(options.random, INITIAL_SPREAD / Math.sqrt(options.factors));
  for (let row = 0; row < rows; row += 1)
    for (let at = 0; at < options.factors; at += 1) factors[row * width + at] = normal();
  const lambdas = arena.floats(rows);
  for (let row = 0; row < rows; row += 1) {
    const frequency = (start[row + 1] as number) - (start[row] as number);
    lambdas[row] = regularisationOf(options, frequency, others);
  }
  return { rows, factors, start: arena.copyOf(start), partners: arena.copyOf(partners), lambdas };
}

function regularisationOf(options: ImplicitAlsOptions, frequency: number, others: number): number {
  const { lambda, frequencyPower, unobservedWeight } = options;
  return lambda * (frequency + unobservedWeight * others) ** frequencyPower;
}

/** Box and Muller. */
function normalNumbers(random: () => number, spread: number): () => number {
  return () => spread * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** α · YᵀY: the lower half, in double precision. */
function weightedGram(y: Float32Array, width: number, { factors, unobservedWeight }: ImplicitAlsOptions): Float64Array {
  const gram = new Float64Array(factors * factors);
  for (let first = 0; first < y.length; first += width) {
    for (let row = 0; row < factors; row += 1) {
      const value = unobservedWeight * (y[first + row] as number);
      for (let column = 0; column <= row; column += 1) {
        const cell = row * factors + column;
        gram[cell] = (gram[cell] as number) + value * (y[first + column] as number);
      }
    }
  }
  return gram;
}
