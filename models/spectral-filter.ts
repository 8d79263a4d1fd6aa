// GF-CF: a low-pass filter on the graph of who had what, in closed form. Shen et al., "How Powerful is Graph Convolution for
// Recommendation?" (CIKM 2021, section 4.3): with R̃ = D_U^−½ · R · D_I^−½, somebody's scores are r · (R̃ᵀR̃ + α · D_I^−½ · V·Vᵀ · D_I^½),
// V being the first right singular vectors of R̃. They are found by subspace iteration (Halko, Martinsson and Tropp, "Finding structure
// with randomness", SIAM Review 2011, algorithm 4.4).
import type { HistoryModel } from './history-model.ts';
import type { InteractionMatrix } from './interaction-matrix.ts';
import { cholesky } from './symmetric.ts';

export interface SpectralFilterOptions {
  /** Singular vectors; the more, the sharper. */
  readonly vectors: number;
  /** α, the share of the ideal low-pass filter. */
  readonly lowPassWeight: number;
  /** Uniform numbers in [0, 1), for the subspace to begin with. */
  readonly random: () => number;
}

/** Each halves the error at least; more change no list that was looked at. */
const ITERATIONS = 6;
/** Further vectors that are iterated and thrown away, so that the last ones kept are right. */
const SPARE_VECTORS = 16;
/** Added to all eigenvalues while iterating: a graph may have fewer than there are vectors, and the rest would be nothing to divide by. */
const SHIFT = 0.01;

export class SpectralFilter implements HistoryModel {
  readonly #matrix: InteractionMatrix;
  readonly #lowPassWeight: number;
  readonly #vectors: number;
  /** By item × vectors. */
  readonly #v: Float32Array;
  readonly #userNorm: Float64Array;
  readonly #itemNorm: Float64Array;
  /** By user: scratch. */
  readonly #reached: Float64Array;
  readonly #touched: number[] = [];
  readonly #signal: Float64Array;

  constructor(matrix: InteractionMatrix, { vectors, lowPassWeight, random }: SpectralFilterOptions) {
    this.#matrix = matrix;
    this.#lowPassWeight = lowPassWeight;
    this.#userNorm = inverseRoots(matrix.userStart);
    this.#itemNorm = inverseRoots(matrix.itemStart);
    this.#vectors = Math.min(vectors, matrix.items);
    this.#v = this.#singularVectors(random);
    this.#reached = new Float64Array(matrix.users);
    this.#signal = new Float64Array(this.#vectors);
  }

  get bytes(): number {
    const { userItems, itemUsers, userStart, itemStart } = this.#matrix;
    const norms = this.#userNorm.byteLength + this.#itemNorm.byteLength + this.#reached.byteLength;
    return (
      this.#v.byteLength +
      norms +
      userItems.byteLength +
      itemUsers.byteLength +
      userStart.byteLength +
      itemStart.byteLength
    );
  }

  score(history: Int32Array, scores: Float64Array): void {
    this.#lowPass(history, scores);
    this.#addNeighbourhood(history, scores);
  }

  /** r · α · D_I^−½ · V · Vᵀ · D_I^½ */
  #lowPass(history: Int32Array, scores: Float64Array): void {
    const vectors = this.#vectors;
    const signal = this.#signal.fill(0);
    for (const item of history) {
      // Items nobody had in training tell nothing.
      const norm = this.#itemNorm[item] as number;
      if (norm === 0) continue;
      for (let at = 0; at < vectors; at += 1)
        signal[at] = (signal[at] as number) + norm * (this.#v[item * vectors + at] as number);
    }
    for (let item = 0; item < scores.length; item += 1) {
      const first = item * vectors;
      let sum = 0;
      for (let at = 0; at < vectors; at += 1) sum += (signal[at] as number) * (this.#v[first + at] as number);
      const norm = this.#itemNorm[item] as number;
      scores[item] = norm === 0 ? 0 : (this.#lowPassWeight * sum) / norm;
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

  /** An orthonormal basis of the first right singular vectors, by item × vectors. */
  #singularVectors(random: () => number): Float32Array {
    const { items, users } = this.#matrix;
    const width = Math.min(items, this.#vectors + SPARE_VECTORS);
    const v = Float64Array.from({ length: items * width }, () => random() - 0.5);
    const u = new Float64Array(users * width);
    orthonormalise(v, width);
    for (let iteration = 0; iteration < ITERATIONS; iteration += 1) {
      u.fill(0);
      this.#multiply(v, u, width, this.#matrix.userStart, this.#matrix.userItems, this.#userNorm, this.#itemNorm);
      for (let at = 0; at < v.length; at += 1) v[at] = SHIFT * (v[at] as number);
      this.#multiply(u, v, width, this.#matrix.itemStart, this.#matrix.itemUsers, this.#itemNorm, this.#userNorm);
      orthonormalise(v, width);
    }
    orthonormalise(v, width); // once more takes away the rounding of the first time ("CholeskyQR2", Yamamoto et al. 2015)
    return this.#first(v, width);
  }

  /**
   * The basis after Cholesky's way keeps its order: the first columns converge to the first singular vectors, those that are spare
   * to the rest.
   */
  #first(v: Float64Array, width: number): Float32Array {
    const kept = new Float32Array(this.#matrix.items * this.#vectors);
    for (let item = 0; item < this.#matrix.items; item += 1) {
      for (let at = 0; at < this.#vectors; at += 1) kept[item * this.#vectors + at] = v[item * width + at] as number;
    }
    return kept;
  }

  /** to += R̃ · from, row by row of `to`. */
  #multiply(
    from: Float64Array,
    to: Float64Array,
    width: number,
    start: Int32Array,
    partners: Int32Array,
    own: Float64Array,
    others: Float64Array,
  ): void {
    // prettier-ignore
    for (let row = 0; row < start.length - 1; row += 1) {
      const first = row * width;
      for (let place = start[row] as number; place < (start[row + 1] as number); place += 1) {
        const other = partners[place] as number;
        const scale = (own[row] as number) * (others[other] as number);
        const begin = other * width;
        for (let at = 0; at < width; at += 1)
          to[first + at] = (to[first + at] as number) + scale * (from[begin + at] as number);
      }
    }
  }
}

/** 1 ÷ √(entries of each row); 0 for empty rows. */
function inverseRoots(start: Int32Array): Float64Array {
  return Float64Array.from({ length: start.length - 1 }, (_, row) => {
    const count = (start[row + 1] as number) - (start[row] as number);
    return count === 0 ? 0 : 1 / Math.sqrt(count);
  });
}

/** Makes the columns orthonormal by Cholesky of VᵀV: for the iteration once is enough. */
function orthonormalise(v: Float64Array, width: number): void {
  const gram = columnsGram(v, width);
  cholesky(gram, width);
  for (let first = 0; first < v.length; first += width) {
    // Solves x · Lᵀ = row, from the left.
    for (let column = 0; column < width; column += 1) {
      let sum = v[first + column] as number;
      for (let at = 0; at < column; at += 1) sum -= (v[first + at] as number) * (gram[column * width + at] as number);
      v[first + column] = sum / (gram[column * width + column] as number);
    }
  }
}

function columnsGram(v: Float64Array, width: number): Float64Array {
  const gram = new Float64Array(width * width);
  for (let first = 0; first < v.length; first += width) {
    for (let row = 0; row < width; row += 1) {
      const value = v[first + row] as number;
      const begin = row * width;
      for (let column = 0; column <= row; column += 1)
        gram[begin + column] = (gram[begin + column] as number) + value * (v[first + column] as number);
    }
  }
  return gram;
}
