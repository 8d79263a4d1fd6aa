// The algorithms for lists by history, each with the parameters it is tried with; a part of the training data chooses.
import { fitBlend } from './fit-blend.ts';
import { Ease, EASE_ITEMS_MAX } from '../../models/ease.ts';
import type { HistoryModel } from '../../models/history-model.ts';
import { ImplicitAls } from '../../models/implicit-als.ts';
import type { InteractionMatrix } from '../../models/interaction-matrix.ts';
import { ItemNeighbours } from '../../models/item-neighbours.ts';
import { SpectralFilter } from '../../models/spectral-filter.ts';
import { seededRandom } from '../../streams/random.ts';

type Parameters = Readonly<Record<string, number>>;

export interface TopnAlgorithm {
  readonly name: string;
  readonly choices: readonly Parameters[];
  /** Items that it can take. @default any number */
  readonly itemsMax?: number;
  readonly fit: (matrix: InteractionMatrix, chosen: Parameters) => HistoryModel;
}

const SEED = 1;

const single: readonly TopnAlgorithm[] = [
  { name: 'popularity', choices: [{}], fit: fitPopularity },
  {
    name: 'item_knn',
    choices: [20, 100].flatMap((neighbours) => [0, 1].map((rarity) => ({ neighbours, rarity }))),
    fit: (matrix, { neighbours = 100, rarity = 0 }) =>
      new ItemNeighbours(matrix, { neighboursMax: neighbours, byRarity: rarity === 1 }),
  },
  {
    name: 'als',
    // Weight of what did not happen, and λ: dense sets want a small weight, sparse ones a smaller one yet.
    choices: [
      { factors: 64, sweeps: 10, unobserved: 0.1, lambda: 3, power: 0 },
      { factors: 64, sweeps: 10, unobserved: 0.1, lambda: 1, power: 0 },
      { factors: 64, sweeps: 10, unobserved: 0.025, lambda: 2.5, power: 0 },
      { factors: 128, sweeps: 10, unobserved: 0.003, lambda: 0.01, power: 1 },
      { factors: 128, sweeps: 10, unobserved: 0.03, lambda: 0.003, power: 1 },
    ],
    fit: (matrix, { factors = 64, sweeps = 10, unobserved = 0.1, lambda = 3, power = 0 }) =>
      new ImplicitAls(matrix, {
        factors,
        sweeps,
        unobservedWeight: unobserved,
        lambda,
        frequencyPower: power,
        random: seededRandom(SEED),
      }),
  },
  {
    name: 'ease',
    choices: [{ lambda: 100 }, { lambda: 300 }, { lambda: 1000 }],
    itemsMax: EASE_ITEMS_MAX,
    fit: (matrix, { lambda = 300 }) => new Ease(matrix, lambda),
  },
  {
    name: 'spectral_filter',
    choices: [
      { vectors: 256, low_pass: 0.3 },
      { vectors: 256, low_pass: 1 },
      { vectors: 64, low_pass: 1 },
    ],
    fit: (matrix, { vectors = 256, low_pass = 0.3 }) =>
      new SpectralFilter(matrix, { vectors, lowPassWeight: low_pass, random: seededRandom(SEED) }),
  },
];

/** Linear models of different kinds err differently; where EASE does not fit, factors take its place. */
export const topnAlgorithms: readonly TopnAlgorithm[] = [
  ...single,
  {
    name: 'blend',
    choices: [{}],
    fit: (matrix) => {
      const names = ['spectral_filter', matrix.items <= EASE_ITEMS_MAX ? 'ease' : 'als'];
      return fitBlend(
        matrix,
        single.filter(({ name }) => names.includes(name)),
      );
    },
  },
];

function fitPopularity(matrix: InteractionMatrix): HistoryModel {
  const counts = Float64Array.from({ length: matrix.items }, (_, item) => matrix.countOf(item));
  return { bytes: counts.byteLength, score: (_, scores) => scores.set(counts) };
}
