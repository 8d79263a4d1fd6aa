// GF-CF: a low-pass filter on the graph of who had what, in closed form. Shen et al., "How Powerful is Graph Convolution for
// Recommendation?" (CIKM 2021, section 4.3): with R̃ = D_U^−½ · R · D_I^−½, somebody's scores are r · (R̃ᵀR̃ + α · D_I^−½ · V·Vᵀ · D_I^½),
// V being the first right singular vectors of R̃. What such filters blur can be sharpened: Choi et al., "Blurring-Sharpening Process Models for
// Collaborative Filtering" (SIGIR 2023, section 3.3) let the scores s run along ds/dt = −s · R̃ᵀR̃, which takes back most of what all have in common.
import type { HistoryModel } from './history-model.ts';
import type { InteractionMatrix } from './interaction-matrix.ts';
import { Arena, arenaBytes, padded } from './kernels/arena.ts';
import { sideOf, spread, type Side } from './graph-side.ts';
import { singularVectors } from './singular-vectors.ts';

export interface SpectralFilterOptions {
  /** Singular vectors; the more, the sharper. */
  readonly vectors: number;
  /** α, the share of the ideal low-pass filter. */
  readonly lowPassWeight: number;
  /** For how long the scores are sharpened; 0 is GF-CF as published. @default 0 */
  readonly sharpening?: number;
  /** Of `spectralBasis`, from the same matrix and with as many vectors: filters that differ in the rest only can share it. */
  readonly basis: Float32Array;
}

/** The first right singular vectors of R̃, by item × padded vectors. @param random uniform numbers in [0, 1), for the subspace to begin with. */
export function spectralBasis(matrix: InteractionMatrix, vectors: number, random: () => number): Float32Array {
  const count = Math.min(vectors, matrix.items);
  const basis = new Float32Array(matrix.items * padded(count));
  const [userNorm, itemNorm] = [inverseRoots(matrix.userStart), inverseRoots(matrix.itemStart)];
  singularVectors(matrix, { userNorm, itemNorm, vectors: count, random }, basis);
  return basis;
}

/** Of one Runge–Kutta step of fourth order along ds/dt = −s · P: e^(−tP) up to (tP)⁴. */
const STEP_ORDER = 4;
/** Customers whose scores are sharpened at once. */
const SHARPENED_TOGETHER = 8;

export class SpectralFilter implements HistoryModel {
  readonly #matrix: InteractionMatrix;
  readonly #lowPassWeight: number;
  readonly #width: number;
  readonly #arena: Arena;
  /** By item × vectors. */
  readonly #v: Float32Array;
  readonly #signal: Float32Array;
  readonly #scores: Float32Array;
  readonly #userNorm: Float64Array;
  readonly #itemNorm: Float64Array;
  /** By user: scratch. */
  readonly #reached: Float64Array;
  readonly #touched: number[] = [];
  readonly #sharpener: Sharpener | undefined;

  constructor(matrix: InteractionMatrix, { vectors, lowPassWeight, sharpening = 0, basis }: SpectralFilterOptions) {
    const { items, users } = matrix;
    this.#matrix = matrix;
    this.#lowPassWeight = lowPassWeight;
    this.#userNorm = inverseRoots(matrix.userStart);
    this.#itemNorm = inverseRoots(matrix.itemStart);
    this.#reached = new Float64Array(users);
    this.#width = padded(Math.min(vectors, items));
    this.#arena = new Arena(arenaBytes(items * this.#width, this.#width, items));
    this.#v = this.#arena.floats(items * this.#width);
    this.#signal = this.#arena.floats(this.#width);
    this.#scores = this.#arena.floats(items);
    this.#v.set(basis);
    if (sharpening > 0) this.#sharpener = new Sharpener(matrix, this.#userNorm, this.#itemNorm, sharpening);
  }

  get bytes(): number {
    const { userItems, itemUsers, userStart, itemStart } = this.#matrix;
    return [this.#userNorm, this.#itemNorm, this.#reached, userItems, itemUsers, userStart, itemStart].reduce(
      (sum, { byteLength }) => sum + byteLength,
      this.#arena.bytes,
    );
  }

  score(history: Int32Array, scores: Float64Array): void {
    this.scoreTogether([history], [scores]);
  }

  scoreTogether(histories: readonly Int32Array[], scores: readonly Float64Array[]): void {
    for (const [at, history] of histories.entries()) {
      const own = scores[at] as Float64Array;
      this.#lowPass(history, own);
      this.#addNeighbourhood(history, own);
    }
    this.#sharpener?.sharpen(scores.slice(0, histories.length));
  }

  /** r · α · D_I^−½ · V · Vᵀ · D_I^½ */
  #lowPass(history: Int32Array, scores: Float64Array): void {
    const width = this.#width;
    const signal = this.#signal.fill(0);
    for (const item of history) {
      const norm = this.#itemNorm[item] as number;
      for (let at = 0; at < width; at += 1)
        signal[at] = (signal[at] as number) + norm * (this.#v[item * width + at] as number);
    }
    this.#arena.kernels.scoreRows(this.#v.byteOffset, scores.length, width, signal.byteOffset, this.#scores.byteOffset);
    for (let item = 0; item < scores.length; item += 1) {
      const norm = this.#itemNorm[item] as number;
      // Items nobody had in training tell nothing.
      scores[item] = norm === 0 ? 0 : (this.#lowPassWeight * (this.#scores[item] as number)) / norm;
    }
  }

  /** r · R̃ᵀ · R̃, over the customers who share an item. */
  #addNeighbourhood(history: Int32Array, scores: Float64Array): void {
    const matrix = this.#matrix;
    for (const item of history) {
      for (const user of matrix.usersOf(item)) {
        if (this.#reached[user] === 0) this.#touched.push(user);
        this.#reached[user] = (this.#reached[user] as number) + (this.#itemNorm[item] as number);
      }
    }
    for (const user of this.#touched) {
      const share = (this.#reached[user] as number) * (this.#userNorm[user] as number) ** 2;
      for (let place = matrix.userStart[user] as number; place < (matrix.userStart[user + 1] as number); place += 1) {
        const item = matrix.userItems[place] as number;
        scores[item] = (scores[item] as number) + share * (this.#itemNorm[item] as number);
      }
      this.#reached[user] = 0;
    }
    this.#touched.length = 0;
  }
}

/** Lets scores run along ds/dt = −s · P: some customers' at once, so that each entry of the matrix is fetched once for all of them. */
class Sharpener {
  readonly #time: number;
  readonly #arena: Arena;
  readonly #byUser: Side;
  readonly #byItem: Side;
  /** By item or user × customer. */
  readonly #term: Float32Array;
  readonly #reached: Float32Array;

  constructor(matrix: InteractionMatrix, userNorm: Float64Array, itemNorm: Float64Array, time: number) {
    const { users, items, ones } = matrix;
    this.#time = time;
    const sides = [users + 1, items + 1, ones, ones, users, items];
    this.#arena = new Arena(arenaBytes(...sides, items * SHARPENED_TOGETHER, users * SHARPENED_TOGETHER));
    this.#byUser = sideOf(this.#arena, matrix.userStart, matrix.userItems, userNorm);
    this.#byItem = sideOf(this.#arena, matrix.itemStart, matrix.itemUsers, itemNorm);
    this.#term = this.#arena.floats(items * SHARPENED_TOGETHER);
    this.#reached = this.#arena.floats(users * SHARPENED_TOGETHER);
  }

  get bytes(): number {
    return this.#arena.bytes;
  }

  /** s · (1 − tP + (tP)²/2 − (tP)³/6 + (tP)⁴/24) */
  sharpen(scores: readonly Float64Array[]): void {
    const term = this.#term.fill(0);
    for (const [at, own] of scores.entries()) {
      for (let item = 0; item < own.length; item += 1) term[item * SHARPENED_TOGETHER + at] = own[item] as number;
    }
    for (let order = 1; order <= STEP_ORDER; order += 1) {
      this.#blur(-this.#time / order);
      for (const [at, own] of scores.entries()) {
        for (let item = 0; item < own.length; item += 1)
          own[item] = (own[item] as number) + (term[item * SHARPENED_TOGETHER + at] as number);
      }
    }
  }

  /** term = factor · term · R̃ᵀ · R̃ */
  #blur(factor: number): void {
    const term = this.#term;
    this.#reached.fill(0);
    spread(this.#arena, this.#byUser, this.#byItem, term, this.#reached, SHARPENED_TOGETHER);
    for (let at = 0; at < this.#reached.length; at += 1) this.#reached[at] = factor * (this.#reached[at] as number);
    term.fill(0);
    spread(this.#arena, this.#byItem, this.#byUser, this.#reached, term, SHARPENED_TOGETHER);
  }
}

/** 1 ÷ √(entries of each row); 0 for empty rows. */
function inverseRoots(start: Int32Array): Float64Array {
  return Float64Array.from({ length: start.length - 1 }, (_, row) => {
    const count = (start[row + 1] as number) - (start[row] as number);
    return count === 0 ? 0 : 1 / Math.sqrt(count);
  });
}
