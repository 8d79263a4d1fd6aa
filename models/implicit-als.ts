// Matrix factorisation for implicit feedback by alternating least squares: Hu, Koren and Volinsky, "Collaborative Filtering for Implicit
// Feedback Datasets" (ICDM 2008, section 4), in the form of Rendle et al., "Revisiting the Performance of iALS on Item Recommendation
// Benchmarks" (RecSys 2022, section 3): ones count 1, everything else α, and λ is scaled by (frequency + α · others)^ν. Each half of a
// sweep takes a few steps of conjugate gradients from where the last one ended (Takács, Pilászy and Tikk, RecSys 2011, section 4).
import type { ItemFactors } from './folded-tastes.ts';
import type { HistoryModel } from './history-model.ts';
import type { InteractionMatrix } from './interaction-matrix.ts';
import { Arena, arenaBytes, padded } from './kernels/arena.ts';
import { RowThreads } from './kernels/row-threads.ts';
import { normal } from './normal.ts';

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
  /** That learn together, to the same bits. @default 1 */
  readonly threads?: number;
}

const CG_STEPS = 3;
/** From nothing, for somebody who is scored: more change no list that was looked at. */
const FOLD_IN_STEPS = 20;
const INITIAL_SPREAD = 0.1;
/** Ones times factors below which further threads take longer to start than they save. */
const WORK_FOR_THREADS = 5_000_000;
/** Of a solver: residual, direction and product. */
const SCRATCH_ROWS = 3;

export class ImplicitAls implements HistoryModel {
  readonly #options: ImplicitAlsOptions;
  readonly #arena: Arena;
  readonly #items: Side;
  /** Somebody who is scored: a side of one row. */
  readonly #customer: Side;
  readonly #solver: Solver;
  readonly #scores: Float32Array;

  constructor(matrix: InteractionMatrix, options: ImplicitAlsOptions) {
    const { items } = matrix;
    const width = padded(options.factors);
    this.#options = options;
    const trained = trainedItems(matrix, options, width);
    // An arena of its own: the customers' factors are not needed any more.
    const customer = [width, 2, items, 1];
    this.#arena = new Arena(arenaBytes(trained.length, items, ...customer, ...solverCounts(width)));
    const none = { start: this.#arena.copyOf(Int32Array.of(0, 0)), lambdas: this.#arena.floats(1) };
    this.#items = { rows: items, factors: this.#arena.floats(trained.length), partners: new Int32Array(0), ...none };
    this.#items.factors.set(trained);
    this.#customer = { rows: 1, factors: this.#arena.floats(width), partners: this.#arena.copyOf(new Int32Array(items)), ...none }; // prettier-ignore
    this.#scores = this.#arena.floats(items);
    this.#solver = new Solver(this.#arena, width);
    this.#solver.weigh(this.#items, options.unobservedWeight);
  }

  /** What folding in needs, to be kept without the rest: rows filled up with zeros as here. */
  get itemFactors(): ItemFactors {
    const { lambda, frequencyPower: power, unobservedWeight } = this.#options;
    return {
      solving: 'least_squares',
      count: this.#solver.width,
      items: this.#items.factors.slice(),
      gram: Float64Array.from(this.#solver.gram),
      lambda,
      others: unobservedWeight * this.#items.rows,
      power,
    };
  }

  get bytes(): number {
    return this.#arena.bytes;
  }

  score(history: Int32Array, scores: Float64Array): void {
    this.#foldIn(history);
    const { kernels } = this.#arena;
    kernels.scoreRows(this.#items.factors.byteOffset, this.#items.rows, this.#solver.width, this.#customer.factors.byteOffset, this.#scores.byteOffset); // prettier-ignore
    scores.set(this.#scores);
  }

  /** Somebody's factors, given the items': (α·YᵀY + Σ y·yᵀ + λ) x = Σ y. */
  #foldIn(history: Int32Array): void {
    const { factors, partners, start, lambdas } = this.#customer;
    factors.fill(0);
    partners.set(history);
    start[1] = history.length;
    lambdas[0] = regularisationOf(this.#options, history.length, this.#items.rows);
    this.#solver.solve(this.#customer, this.#items, FOLD_IN_STEPS);
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

/** Solves rows of one side, given the other's factors. */
class Solver {
  readonly width: number;
  readonly #arena: Arena;
  /** α · YᵀY */
  readonly gram: Float32Array;
  readonly #scratch: Float32Array;
  readonly #threads: RowThreads;

  constructor(arena: Arena, width: number, threads = 1) {
    this.#arena = arena;
    this.width = width;
    this.gram = arena.floats(width ** 2);
    this.#scratch = arena.floats(threads * SCRATCH_ROWS * width);
    this.#threads = new RowThreads(arena, threads);
  }

  weigh(others: Side, unobservedWeight: number): void {
    const gram = this.gram;
    this.#arena.kernels.gramOf(others.factors.byteOffset, others.rows, this.width, gram.byteOffset);
    for (let cell = 0; cell < gram.length; cell += 1) gram[cell] = unobservedWeight * (gram[cell] as number);
  }

  solve(own: Side, others: Side, steps: number): void {
    this.#threads.solve(own.rows, {
      own: own.factors.byteOffset,
      start: own.start.byteOffset,
      partners: own.partners.byteOffset,
      y: others.factors.byteOffset,
      width: this.width,
      gram: this.gram.byteOffset,
      lambdas: own.lambdas.byteOffset,
      steps,
      scratch: this.#scratch.byteOffset,
    });
  }

  close(): void {
    this.#threads.close();
  }
}

function solverCounts(width: number, threads = 1): readonly number[] {
  return [width ** 2, threads * SCRATCH_ROWS * width];
}

function trainedItems(matrix: InteractionMatrix, options: ImplicitAlsOptions, width: number): Float32Array {
  const { users, items, ones } = matrix;
  const sides = [users + 1, items + 1, ones, ones, users, items];
  const threads = ones * width < WORK_FOR_THREADS ? 1 : (options.threads ?? 1);
  const arena = new Arena(arenaBytes(users * width, items * width, ...sides, ...solverCounts(width, threads)));
  const customers = sideOf(arena, matrix.userStart, matrix.userItems, items, options, width);
  const goods = sideOf(arena, matrix.itemStart, matrix.itemUsers, users, options, width);
  const solver = new Solver(arena, width, threads);
  for (let sweep = 0; sweep < options.sweeps; sweep += 1) {
    for (const [own, others] of [
      [customers, goods],
      [goods, customers],
    ] as const) {
      // prettier-ignore
      solver.weigh(others, options.unobservedWeight);
      solver.solve(own, others, CG_STEPS);
    }
  }
  solver.close();
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
  const spread = INITIAL_SPREAD / Math.sqrt(options.factors);
  for (let row = 0; row < rows; row += 1)
    for (let at = 0; at < options.factors; at += 1) factors[row * width + at] = normal(options.random, spread);
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
