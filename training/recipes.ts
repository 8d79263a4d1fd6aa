// How tastes can be learnt: each way with the parameters it is tried with. The larger the catalogue, the fewer ways are left.
import { availableParallelism } from 'node:os';
import type { BatchModelParts } from '../models/batch-model.ts';
import { Ease } from '../models/ease.ts';
import { TOGETHER_MAX } from '../models/history-model.ts';
import { ImplicitAls } from '../models/implicit-als.ts';
import type { InteractionMatrix } from '../models/interaction-matrix.ts';
import { ItemNeighbours } from '../models/item-neighbours.ts';
import { ItemRowsBuilder, type ItemRows } from '../models/item-rows.ts';
import { NonNegativeFactors } from '../models/non-negative-factors.ts';
import { SpectralFilter, spectralBasis } from '../models/spectral-filter.ts';
import { SparseScores } from '../models/sparse-scores.ts';
import { seededRandom } from '../streams/random.ts';

type Parameters = Readonly<Record<string, number>>;

export interface Tastes {
  readonly rows: ItemRows;
  readonly factors: BatchModelParts['factors'];
}

export interface Recipe {
  readonly algorithm: string;
  /** Items that it can take. */
  readonly itemsMax: number;
  /** What it is tried with, given how much there is to learn from. */
  readonly choices: (interactions: number) => readonly Parameters[];
  readonly learn: (matrix: InteractionMatrix, chosen: Parameters) => Tastes;
}

/** Partners kept of an item. */
const ROW_MAX = 50;
const SEED = 11;
const THREADS_MAX = 4;
/** With fewer there is little to learn a further factor from, and the nightly training takes as long again. */
const INTERACTIONS_PER_FACTOR = 500;
/** Its square in doubles is 128 MB, and inverting it takes a minute or two. */
const EASE_ITEMS_MAX = 4_000;

/** Each of them is filtered by itself, which takes a millisecond or ten. */
const FILTER_ITEMS_MAX = 20_000;
/** NMF learns in one thread, in doubles, and takes some ten times as long as ALS. */
const NMF_ITEMS_MAX = 20_000;
const NMF_INTERACTIONS_MAX = 1_000_000;
const NMF_SWEEPS = 40;

export const recipes: readonly Recipe[] = [
  {
    algorithm: 'ease',
    itemsMax: EASE_ITEMS_MAX,
    choices: () => [{ lambda: 100 }, { lambda: 500 }],
    learn: (matrix, { lambda = 100 }) => ({ rows: easeRows(new Ease(matrix, lambda), matrix.items), factors: null }),
  },
  {
    algorithm: 'als',
    itemsMax: Infinity,
    choices: alsChoices,
    learn: (matrix, { factors = 64, unobserved = 0.03, lambda = 0.01, power = 1 }) => ({
      rows: neighbourRows(matrix, 1),
      factors: new ImplicitAls(matrix, {
        factors,
        lambda,
        sweeps: 10,
        unobservedWeight: unobserved,
        frequencyPower: power,
        threads: Math.min(THREADS_MAX, availableParallelism()),
        random: seededRandom(SEED),
      }).itemFactors,
    }),
  },
  {
    algorithm: 'nmf',
    itemsMax: NMF_ITEMS_MAX,
    choices: nmfChoices,
    learn: (matrix, { factors = 32 }) => ({
      rows: neighbourRows(matrix, 1),
      factors: new NonNegativeFactors(matrix, { factors, iterations: NMF_SWEEPS, random: seededRandom(SEED) })
        .itemFactors,
    }),
  },
  {
    algorithm: 'spectral_filter',
    itemsMax: FILTER_ITEMS_MAX,
    choices: () => [0, 2].map((sharpening) => ({ vectors: 128, low_pass: 0.3, sharpening })),
    learn: (matrix, { vectors = 128, low_pass = 0.3, sharpening = 0 }) => {
      const basis = spectralBasis(matrix, vectors, seededRandom(SEED));
      const filter = new SpectralFilter(matrix, { vectors, lowPassWeight: low_pass, sharpening, basis });
      return { rows: filterRows(filter, matrix.items), factors: null };
    },
  },
  {
    algorithm: 'item_knn',
    itemsMax: Infinity,
    choices: () => [{ rarity: 1 }],
    learn: (matrix, { rarity = 1 }) => ({ rows: neighbourRows(matrix, rarity), factors: null }),
  },
];

/**
 * More factors tell more tastes apart, if there is enough to learn them from. There is no choice of 256: folding a customer in takes the third
 * power of their number, which would be more than the time that a list may take.
 */
function alsChoices(interactions: number): readonly Parameters[] {
  const few = { factors: 32, unobserved: 0.1, lambda: 3, power: 0 };
  const byFrequency = [64, 128]
    .filter((factors) => factors === 64 || interactions >= INTERACTIONS_PER_FACTOR * factors)
    .flatMap((factors) => [0.03, 0.1].map((unobserved) => ({ factors, unobserved, lambda: 0.003, power: 1 })));
  return [few, { factors: 64, unobserved: 0.03, lambda: 0.01, power: 1 }, ...byFrequency];
}

/** Nothing holds its factors back but their number, so that few are tried where there is little to learn from. */
function nmfChoices(interactions: number): readonly Parameters[] {
  if (interactions > NMF_INTERACTIONS_MAX) return [];
  return [16, 32, 64]
    .filter((factors) => factors === 16 || interactions >= INTERACTIONS_PER_FACTOR * factors)
    .map((factors) => ({ factors }));
}

export const recipeNames: readonly string[] = recipes.map(({ algorithm }) => algorithm);

/** Of EASE's weights only those that speak for an item, and the largest of them: what is served is sums of rows. */
function easeRows(ease: Ease, items: number): ItemRows {
  const rows = new ItemRowsBuilder();
  const scores = new SparseScores(items);
  for (let item = 0; item < items; item += 1) {
    ease.weightsOf(item).forEach((weight, other) => {
      if (weight > 0) scores.add(other, weight);
    });
    rows.addBest(scores, ROW_MAX);
  }
  return rows.build();
}

/** Filters are linear: the scores of a history are the sums of those of its items. */
function filterRows(filter: SpectralFilter, items: number): ItemRows {
  const rows = new ItemRowsBuilder();
  const filtered = Array.from({ length: TOGETHER_MAX }, () => new Float64Array(items));
  const scores = new SparseScores(items);
  for (let first = 0; first < items; first += TOGETHER_MAX) {
    const together = filtered.slice(0, items - first);
    filter.scoreTogether(together.map((_, at) => Int32Array.of(first + at)), together); // prettier-ignore
    for (const [at, own] of together.entries()) {
      own.forEach((score, other) => {
        if (score > 0 && other !== first + at) scores.add(other, score);
      });
      rows.addBest(scores, ROW_MAX);
    }
  }
  return rows.build();
}

function neighbourRows(matrix: InteractionMatrix, rarity: number): ItemRows {
  const { start, to, weight } = new ItemNeighbours(matrix, { neighboursMax: ROW_MAX, byRarity: rarity === 1 }).rows;
  return { start, to, weight: Float32Array.from(weight) };
}
