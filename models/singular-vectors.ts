// The first right singular vectors of a sparse matrix whose entries are products of a norm of the row and one of the column, by subspace
// iteration (Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 2011, algorithm 4.4).
import { sideOf, spread, type Side } from './graph-side.ts';
import type { InteractionMatrix } from './interaction-matrix.ts';
import { Arena, arenaBytes, padded } from './kernels/arena.ts';
import { cholesky, invertLower } from './symmetric.ts';

export interface SingularVectorsOptions {
  readonly userNorm: Float64Array;
  readonly itemNorm: Float64Array;
  /** How many; not more than there are items. */
  readonly vectors: number;
  /** Uniform numbers in [0, 1), for the subspace to begin with. */
  readonly random: () => number;
}

/** Each halves the error at least; more change no list that was looked at. */
const ITERATIONS = 6;
/** Further vectors that are iterated and thrown away, so that the last ones kept are right. */
const SPARE_VECTORS = 16;
/** Added to all eigenvalues while iterating: a graph may have fewer than there are vectors, and the rest would be nothing to divide by. */
const SHIFT = 0.01;

/**
 * Writes an orthonormal basis of them, by item × padded vectors, the first ones first: Cholesky's way of making the columns orthonormal keeps
 * their order, so that those that are spare hold the rest.
 */
export function singularVectors(matrix: InteractionMatrix, options: SingularVectorsOptions, basis: Float32Array): void {
  const { items } = matrix;
  const columns = Math.min(items, options.vectors + SPARE_VECTORS);
  const subspace = new Subspace(matrix, options, columns);
  for (let iteration = 0; iteration < ITERATIONS; iteration += 1) subspace.iterate();
  subspace.orthonormalise(); // once more takes away the rounding of the first time ("CholeskyQR2", Yamamoto et al. 2015)
  const kept = padded(options.vectors);
  const width = padded(columns);
  for (let item = 0; item < items; item += 1)
    basis.set(subspace.v.subarray(item * width, item * width + options.vectors), item * kept);
}

class Subspace {
  readonly #arena: Arena;
  readonly #columns: number;
  readonly #width: number;
  readonly #rows: number;
  #v: Float32Array;
  #spare: Float32Array;
  readonly #u: Float32Array;
  readonly #square: Float32Array;
  readonly #byUser: Side;
  readonly #byItem: Side;

  constructor(matrix: InteractionMatrix, options: SingularVectorsOptions, columns: number) {
    const { items, users, ones } = matrix;
    this.#columns = columns;
    this.#width = padded(columns);
    this.#rows = padded(items);
    const ofItems = this.#rows * this.#width;
    const sides = [users + 1, items + 1, ones, ones, users, items];
    this.#arena = new Arena(arenaBytes(ofItems, ofItems, users * this.#width, this.#width ** 2, ...sides));
    this.#v = this.#arena.floats(ofItems);
    this.#spare = this.#arena.floats(ofItems);
    this.#u = this.#arena.floats(users * this.#width);
    this.#square = this.#arena.floats(this.#width ** 2);
    this.#byUser = sideOf(this.#arena, matrix.userStart, matrix.userItems, options.userNorm);
    this.#byItem = sideOf(this.#arena, matrix.itemStart, matrix.itemUsers, options.itemNorm);
    for (let item = 0; item < items; item += 1)
      for (let at = 0; at < columns; at += 1) this.#v[item * this.#width + at] = options.random() - 0.5;
    this.orthonormalise();
  }

  /** By padded item × padded columns. */
  get v(): Float32Array {
    return this.#v;
  }

  /** v = (R̃ᵀ·R̃ + shift) · v, made orthonormal. */
  iterate(): void {
    const v = this.#v;
    this.#u.fill(0);
    spread(this.#arena, this.#byUser, this.#byItem, v, this.#width, this.#u);
    for (let at = 0; at < v.length; at += 1) v[at] = SHIFT * (v[at] as number);
    spread(this.#arena, this.#byItem, this.#byUser, this.#u, this.#width, v);
    this.orthonormalise();
  }

  /** v = v · L⁻ᵀ where L·Lᵀ = vᵀ·v. */
  orthonormalise(): void {
    const [columns, width, square] = [this.#columns, this.#width, this.#square];
    const { kernels } = this.#arena;
    kernels.gramOf(this.#v.byteOffset, this.#rows, width, square.byteOffset);
    const gram = new Float64Array(columns * columns);
    for (let row = 0; row < columns; row += 1)
      for (let column = 0; column < columns; column += 1) gram[row * columns + column] = square[row * width + column] as number; // prettier-ignore
    cholesky(gram, columns);
    invertLower(gram, columns);
    square.fill(0);
    for (let row = 0; row < columns; row += 1)
      for (let column = row; column < columns; column += 1) square[row * width + column] = gram[column * columns + row] as number; // prettier-ignore
    kernels.multiplyRows(this.#v.byteOffset, this.#rows, width, square.byteOffset, this.#spare.byteOffset);
    [this.#v, this.#spare] = [this.#spare, this.#v];
  }
}
