// The algorithms for lists by history, each with the parameters it is tried with; a part of the training data chooses.
import { availableParallelism } from 'node:os';
import { ContentNeighbours } from '../../models/content-neighbours.ts';
import { Ease, EASE_ITEMS_MAX } from '../../models/ease.ts';
import type { HistoryModel } from '../../models/history-model.ts';
import { ImplicitAls } from '../../models/implicit-als.ts';
import type { InteractionMatrix } from '../../models/interaction-matrix.ts';
import { ItemNeighbours } from '../../models/item-neighbours.ts';
import { NonNegativeFactors } from '../../models/non-negative-factors.ts';
import { SpectralFilter, spectralBasis } from '../../models/spectral-filter.ts';
import { seededRandom } from '../../streams/random.ts';

type Parameters = Readonly<Record<string, number>>;

export interface TopnAlgorithm {
  readonly name: string;
  /** By parameter: the values it may have, in an order in which neighbours are alike, and the one to begin with. */
  readonly choices: Readonly<Record<string, { readonly values: readonly number[]; readonly first: number }>>;
  /** Items that it can take. @default any number */
  readonly itemsMax?: number;
  readonly fit: (matrix: InteractionMatrix, chosen: Parameters) => HistoryModel;
}

/** A blend of all the others, weighed on held out items. */
export const BLEND = 'blend';

const SEED = 1;
/** Of them on models take turns at the memory. */
const THREADS_MAX = 4;

/** Interactions times lists that are asked for: sharpening goes through all of the graph for each list, and would take hours beyond. */
const SHARPENED_MAX = 3e11;

/**
 * @param texts by item, what is written about it; without, one algorithm is missing.
 * @param work interactions times lists that are asked for.
 */
export function topnAlgorithms(texts: readonly string[] | undefined, work: number): readonly TopnAlgorithm[] {
  const algorithms = byHistory(work <= SHARPENED_MAX ? [0, 1, 2, 3] : [0]);
  if (texts === undefined) return algorithms;
  return [...algorithms, { name: 'content', choices: {}, fit: () => new ContentNeighbours(texts) }];
}

const byHistory = (sharpening: readonly number[]): readonly TopnAlgorithm[] => [
  { name: 'popularity', choices: {}, fit: fitPopularity },
  {
    name: 'item_knn',
    choices: { neighbours: { values: [20, 50, 100, 200], first: 100 }, rarity: { values: [0, 1], first: 0 } },
    fit: (matrix, { neighbours = 100, rarity = 0 }) =>
      new ItemNeighbours(matrix, { neighboursMax: neighbours, byRarity: rarity === 1 }),
  },
  {
    name: 'als',
    // The weight of what did not happen is small; the sparser a set, the smaller. λ is scaled by frequency, which makes it of one size everywhere.
    choices: {
      unobserved: { values: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1], first: 0.03 },
      lambda: { values: [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1], first: 0.01 },
      factors: { values: [32, 64, 128, 256], first: 64 },
    },
    fit: (matrix, { factors = 64, unobserved = 0.03, lambda = 0.01 }) =>
      new ImplicitAls(matrix, {
        factors,
        sweeps: 12,
        unobservedWeight: unobserved,
        lambda,
        frequencyPower: 1,
        threads: Math.min(THREADS_MAX, availableParallelism()),
        random: seededRandom(SEED),
      }),
  },
  {
    name: 'nmf',
    choices: { factors: { values: [10, 20, 40, 80], first: 40 } },
    fit: (matrix, { factors = 40 }) =>
      new NonNegativeFactors(matrix, { factors, iterations: 40, random: seededRandom(SEED) }),
  },
  {
    name: 'ease',
    choices: { lambda: { values: [30, 100, 300, 1000, 3000], first: 300 } },
    itemsMax: EASE_ITEMS_MAX,
    fit: (matrix, { lambda = 300 }) => new Ease(matrix, lambda),
  },
  {
    name: 'spectral_filter',
    choices: {
      sharpening: { values: sharpening, first: 0 },
      low_pass: { values: [0.1, 0.3, 1, 3], first: 0.3 },
      // 512 take twice the memory and four times the training, for lists that are 1 % better where they are.
      vectors: { values: [64, 128, 256], first: 256 },
    },
    fit: (matrix, { vectors = 256, low_pass = 0.3, sharpening = 0 }) =>
      new SpectralFilter(matrix, { vectors, lowPassWeight: low_pass, sharpening, basis: latestBasis.of(matrix, vectors) }), // prettier-ignore
  },
];

/** Filters that are tried one after the other mostly differ in what takes no time. */
class LatestBasis {
  #matrix: WeakRef<InteractionMatrix> | undefined;
  #vectors = 0;
  #basis: Float32Array = new Float32Array(0);

  of(matrix: InteractionMatrix, vectors: number): Float32Array {
    if (this.#matrix?.deref() !== matrix || this.#vectors !== vectors) {
      this.#matrix = new WeakRef(matrix);
      this.#vectors = vectors;
      this.#basis = spectralBasis(matrix, vectors, seededRandom(SEED));
    }
    return this.#basis;
  }
}

const latestBasis = new LatestBasis();

function fitPopularity(matrix: InteractionMatrix): HistoryModel {
  const counts = Float64Array.from({ length: matrix.items }, (_, item) => matrix.countOf(item));
  return { bytes: counts.byteLength, score: (_, scores) => scores.set(counts) };
}
