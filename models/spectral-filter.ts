// GF-CF: a low-pass filter on the graph of who had what, in closed form. Shen et al., "How Powerful is Graph Convolution for
// Recommendation?" (CIKM 2021, section 4.3): with R̃ = D_U^−½ · R · D_I^−½, somebody's scores are r · (R̃ᵀR̃ + α · D_I^−½ · V·Vᵀ · D_I^½),
// V being the first right singular vectors of R̃. What such filters blur can be sharpened: Choi et al., "Blurring-Sharpening Process Models for
// Collaborative Filtering" (SIGIR 2023) let the scores s run along ds/dt = −s · R̃ᵀR̃, which takes back most of what all have in common.
import { inverseRoots, sideOf, spread, type Side } from './graph-side.ts';
import { TOGETHER_MAX, type HistoryModel } from './history-model.ts';
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
  singularVectors(matrix, { userNorm: inverseRoots(matrix.userStart), itemNorm: inverseRoots(matrix.itemStart), vectors: count, random }, basis); // prettier-ignore
  return basis;
}

/** Of one Runge–Kutta step of fourth order along ds/dt = −s · P: e^(−tP) up to (tP)⁴. */
const STEP_ORDER = 4;
const FLOAT_BYTES = 4;
/** Rows of V that are multiplied for one customer after the other before the next rows: they fit the second cache. */
const ROWS_TOGETHER = 128;

/** Several customers are scored side by side: most of the time goes into reading V and the graph, which is done once for all of them. */
export class SpectralFilter implements HistoryModel {
  readonly #lowPassWeight: number;
  readonly #sharpening: number;
  readonly #items: number;
  readonly #width: number;
  readonly #arena: Arena;
  /** By item × vectors. */
  readonly #v: Float32Array;
  readonly #byUser: Side;
  readonly #byItem: Side;
  /** Scratch, by customer: what of each vector is in their history, and what becomes of it by item. */
  readonly #signals: Float32Array;
  readonly #passed: Float32Array;
  /** Scratch, by item or user × customers side by side. */
  readonly #scores: Float32Array;
  readonly #term: Float32Array;
  readonly #reached: Float32Array;

  constructor(matrix: InteractionMatrix, { vectors, lowPassWeight, sharpening = 0, basis }: SpectralFilterOptions) {
    const { items, users, ones } = matrix;
    this.#lowPassWeight = lowPassWeight;
    this.#sharpening = sharpening;
    this.#items = items;
    this.#width = padded(Math.min(vectors, items));
    const sides = [users + 1, items + 1, ones, ones, users, items];
    const scratch = [this.#width, items, items, items, users].map((rows) => rows * TOGETHER_MAX);
    this.#arena = new Arena(arenaBytes(items * this.#width, ...sides, ...scratch));
    this.#v = this.#arena.floats(items * this.#width);
    this.#v.set(basis);
    this.#byUser = sideOf(this.#arena, matrix.userStart, matrix.userItems, inverseRoots(matrix.userStart));
    this.#byItem = sideOf(this.#arena, matrix.itemStart, matrix.itemUsers, inverseRoots(matrix.itemStart));
    this.#signals = this.#arena.floats(this.#width * TOGETHER_MAX);
    this.#passed = this.#arena.floats(items * TOGETHER_MAX);
    this.#scores = this.#arena.floats(items * TOGETHER_MAX);
    this.#term = this.#arena.floats(items * TOGETHER_MAX);
    this.#reached = this.#arena.floats(users * TOGETHER_MAX);
  }

  get bytes(): number {
    return this.#arena.bytes;
  }

  score(history: Int32Array, scores: Float64Array): void {
    this.scoreTogether([history], [scores]);
  }

  scoreTogether(histories: readonly Int32Array[], scores: readonly Float64Array[]): void {
    this.#lowPass(histories);
    this.#addNeighbourhood(histories);
    if (this.#sharpening > 0) this.#sharpen();
    for (let item = 0; item < this.#items; item += 1)
      for (const [column, own] of scores.entries()) own[item] = this.#scores[item * TOGETHER_MAX + column] as number;
  }

  /** r · α · D_I^−½ · V · Vᵀ · D_I^½ */
  #lowPass(histories: readonly Int32Array[]): void {
    const { norms } = this.#byItem;
    const { kernels } = this.#arena;
    const [items, width, v, signals, passed] = [this.#items, this.#width, this.#v, this.#signals.fill(0), this.#passed];
    for (const [column, history] of histories.entries()) {
      const signal = signals.subarray(column * width, (column + 1) * width);
      for (const item of history) addScaled(signal, norms[item] as number, v.subarray(item * width, (item + 1) * width)); // prettier-ignore
    }
    for (let first = 0; first < items; first += ROWS_TOGETHER) {
      const rows = Math.min(ROWS_TOGETHER, items - first);
      const from = v.byteOffset + FLOAT_BYTES * first * width;
      for (const column of histories.keys())
        kernels.scoreRows(from, rows, width, signals.byteOffset + FLOAT_BYTES * column * width, passed.byteOffset + FLOAT_BYTES * (column * items + first)); // prettier-ignore
    }
    this.#scores.fill(0);
    for (let item = 0; item < items; item += 1) {
      const norm = norms[item] as number;
      if (norm === 0) continue; // nobody had it in training: that tells nothing
      for (const column of histories.keys())
        this.#scores[item * TOGETHER_MAX + column] = (this.#lowPassWeight * (passed[column * items + item] as number)) / norm; // prettier-ignore
    }
  }

  /** r · R̃ᵀ · R̃ */
  #addNeighbourhood(histories: readonly Int32Array[]): void {
    this.#term.fill(0);
    for (const [column, history] of histories.entries())
      for (const item of history) this.#term[item * TOGETHER_MAX + column] = 1;
    this.#blur();
    addScaled(this.#scores, 1, this.#term);
  }

  /** s · (1 − tP + (tP)²/2 − (tP)³/6 + (tP)⁴/24) */
  #sharpen(): void {
    this.#term.set(this.#scores);
    let weight = 1;
    for (let order = 1; order <= STEP_ORDER; order += 1) {
      this.#blur();
      weight *= -this.#sharpening / order;
      addScaled(this.#scores, weight, this.#term);
    }
  }

  /** term = term · R̃ᵀ · R̃ */
  #blur(): void {
    const [term, reached] = [this.#term, this.#reached];
    reached.fill(0);
    spread(this.#arena, this.#byUser, this.#byItem, term, TOGETHER_MAX, reached);
    term.fill(0);
    spread(this.#arena, this.#byItem, this.#byUser, reached, TOGETHER_MAX, term);
  }
}

/** to += scale · from */
function addScaled(to: Float32Array, scale: number, from: Float32Array): void {
  for (let at = 0; at < to.length; at += 1) to[at] = (to[at] as number) + scale * (from[at] as number);
}
