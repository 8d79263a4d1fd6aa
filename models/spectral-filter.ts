// GF-CF: a low-pass filter on the graph of who had what, in closed form. Shen et al., "How Powerful is Graph Convolution for
// Recommendation?" (CIKM 2021, section 4.3): with R̃ = D_U^−½ · R · D_I^−½, somebody's scores are r · (R̃ᵀR̃ + α · D_I^−½ · V·Vᵀ · D_I^½),
// V being the first right singular vectors of R̃. What such filters blur can be sharpened: Choi et al., "Blurring-Sharpening Process Models for
// Collaborative Filtering" (SIGIR 2023) let the scores s run along ds/dt = −s · R̃ᵀR̃, which takes back most of what all have in common.
import type { HistoryModel } from './history-model.ts';
import type { InteractionMatrix } from './interaction-matrix.ts';
import { Arena, arenaBytes, padded } from './kernels/arena.ts';
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
  readonly #sharpening: number;
  /** By item: scratch, where scores are sharpened. */
  readonly #term: Float64Array;

  constructor(matrix: InteractionMatrix, { vectors, lowPassWeight, sharpening = 0, basis }: SpectralFilterOptions) {
    const { items, users } = matrix;
    this.#matrix = matrix;
    this.#lowPassWeight = lowPassWeight;
    this.#sharpening = sharpening;
    this.#term = new Float64Array(sharpening === 0 ? 0 : items);
    this.#userNorm = inverseRoots(matrix.userStart);
    this.#itemNorm = inverseRoots(matrix.itemStart);
    this.#reached = new Float64Array(users);
    this.#width = padded(Math.min(vectors, items));
    this.#arena = new Arena(arenaBytes(items * this.#width, this.#width, items));
    this.#v = this.#arena.floats(items * this.#width);
    this.#signal = this.#arena.floats(this.#width);
    this.#scores = this.#arena.floats(items);
    this.#v.set(basis);
  }

  get bytes(): number {
    const { userItems, itemUsers, userStart, itemStart } = this.#matrix;
    return [
      this.#userNorm,
      this.#itemNorm,
      this.#reached,
      this.#term,
      userItems,
      itemUsers,
      userStart,
      itemStart,
    ].reduce((sum, { byteLength }) => sum + byteLength, this.#arena.bytes);
  }

  score(history: Int32Array, scores: Float64Array): void {
    this.#lowPass(history, scores);
    this.#addNeighbourhood(history, scores);
    if (this.#sharpening > 0) this.#sharpen(scores);
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

  /** s · (1 − tP + (tP)²/2 − (tP)³/6 + (tP)⁴/24) */
  #sharpen(scores: Float64Array): void {
    const term = this.#term;
    term.set(scores);
    for (let order = 1; order <= STEP_ORDER; order += 1) {
      this.#blur(term, -this.#sharpening / order);
      for (let item = 0; item < scores.length; item += 1) scores[item] = (scores[item] as number) + (term[item] as number); // prettier-ignore
    }
  }

  /** s = factor · s · R̃ᵀ · R̃ */
  #blur(signal: Float64Array, factor: number): void {
    const { users, userStart, userItems, itemStart, itemUsers } = this.#matrix;
    const reached = this.#reached;
    for (let item = 0; item < signal.length; item += 1)
      signal[item] = (signal[item] as number) * (this.#itemNorm[item] as number);
    for (let user = 0; user < users; user += 1) {
      let sum = 0;
      for (let place = userStart[user] as number, end = userStart[user + 1] as number; place < end; place += 1)
        sum += signal[userItems[place] as number] as number;
      reached[user] = sum * (this.#userNorm[user] as number) ** 2;
    }
    for (let item = 0; item < signal.length; item += 1) {
      let sum = 0;
      for (let place = itemStart[item] as number, end = itemStart[item + 1] as number; place < end; place += 1)
        sum += reached[itemUsers[place] as number] as number;
      signal[item] = factor * sum * (this.#itemNorm[item] as number);
    }
    reached.fill(0);
  }
}

/** 1 ÷ √(entries of each row); 0 for empty rows. */
function inverseRoots(start: Int32Array): Float64Array {
  return Float64Array.from({ length: start.length - 1 }, (_, row) => {
    const count = (start[row + 1] as number) - (start[row] as number);
    return count === 0 ? 0 : 1 / Math.sqrt(count);
  });
}
