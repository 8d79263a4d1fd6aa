// What the models of `evaluate` cost beside those of others: processor seconds of training, memory, and processor microseconds of a list, on
// the public sets on which others were measured. `--folder` with ml-1m, gowalla, sessions-retailrocket and sessions-yoochoose64.
import { join } from 'node:path';
import { Ease } from '../models/ease.ts';
import { scoreTogether, TOGETHER_MAX, type HistoryModel } from '../models/history-model.ts';
import { ImplicitAls } from '../models/implicit-als.ts';
import type { InteractionMatrix } from '../models/interaction-matrix.ts';
import { ItemNeighbours } from '../models/item-neighbours.ts';
import { SpectralFilter, spectralBasis } from '../models/spectral-filter.ts';
import { readSessions } from '../evaluation/sessions/read-sessions.ts';
import { sessionAlgorithms } from '../evaluation/sessions/session-algorithms.ts';
import { numbered, trainingData } from '../evaluation/sessions/session-data.ts';
import { readInteractions } from '../evaluation/topn/read-interactions.ts';
import { topnData, type TopnData } from '../evaluation/topn/topn-data.ts';
import { seededRandom } from '../streams/random.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';

const LISTS = 400;
const LIST_ITEMS = 20;
const SESSIONS = 1_500;
const RATING_MIN = 4;

type Fit = (matrix: InteractionMatrix) => HistoryModel;

export async function run({ folder }: BenchOptions): Promise<Figures> {
  if (folder === undefined) throw new Error('--folder is missing: where the data sets are');
  const movies = [2, 3, 4, 5].flatMap((fold) => readInteractions(join(folder, 'ml-1m', `fold${fold}.csv.gz`)));
  const figures = {
    ml_1m: histories(topnData(movies.filter(({ rating }) => rating >= RATING_MIN), []), { ease: ease(300), als_64: als(64, 15), als_256: als(256, 12) }), // prettier-ignore
    gowalla: histories(topnData(readInteractions(join(folder, 'gowalla', 'train.txt.gz')), []), { item_knn: itemNeighbours, als_64: als(64, 5), gf_cf: filter(0), sharpened: filter(2) }), // prettier-ignore
    retailrocket: sessions(join(folder, 'sessions-retailrocket')),
    yoochoose64: sessions(join(folder, 'sessions-yoochoose64')),
  };
  console.dir(figures, { depth: null });
  return figures;
}

const ease =
  (lambda: number): Fit =>
  (matrix) =>
    new Ease(matrix, lambda);
const als = (factors: number, sweeps: number): Fit => (matrix) => new ImplicitAls(matrix, { factors, sweeps, unobservedWeight: 0.1, lambda: 0.003, frequencyPower: 1, random: seededRandom(1) }); // prettier-ignore
const itemNeighbours: Fit = (matrix) => new ItemNeighbours(matrix, { neighboursMax: 100, byRarity: true });
const filter = (sharpening: number): Fit => (matrix) => new SpectralFilter(matrix, { vectors: 256, lowPassWeight: 0.3, sharpening, basis: spectralBasis(matrix, 256, seededRandom(1)) }); // prettier-ignore

function histories({ matrix, train }: TopnData, fits: Readonly<Record<string, Fit>>): Figures {
  const asked = train.filter(({ length }) => length > 0).slice(0, LISTS);
  return each(fits, (fit) => {
    const [model, trainSeconds] = processorSeconds(() => fit(matrix));
    const scores = Array.from({ length: TOGETHER_MAX }, () => new Float64Array(matrix.items));
    const [, seconds] = processorSeconds(() => {
      for (let at = 0; at < asked.length; at += TOGETHER_MAX)
        scoreTogether(model, asked.slice(at, at + TOGETHER_MAX), scores.slice(0, asked.length - at));
    });
    return cost(trainSeconds, model.bytes, seconds / asked.length);
  });
}

function sessions(folder: string): Figures {
  const data = trainingData(readSessions(join(folder, 'train.txt.gz')));
  const asked = readSessions(join(folder, 'test.txt.gz')).slice(0, SESSIONS).map((session) => numbered(session, data.items)); // prettier-ignore
  const used = sessionAlgorithms.filter(({ name }) => ['vmis_knn', 'stan_knn', 'blend'].includes(name));
  return each(Object.fromEntries(used.map((algorithm) => [algorithm.name, algorithm])), ({ fit, choices }) => {
    const [recommender, trainSeconds] = processorSeconds(() => fit(data, choices[0] ?? {}));
    let events = 0;
    const [, seconds] = processorSeconds(() => {
      for (const session of asked) {
        for (let seen = 1; seen < session.length; seen += 1) {
          recommender.recommend([...session.subarray(0, seen)], LIST_ITEMS);
          events += 1;
        }
      }
    });
    return cost(trainSeconds, recommender.bytes, seconds / events);
  });
}

function each<T>(all: Readonly<Record<string, T>>, measure: (one: T) => Figures): Figures {
  return Object.fromEntries(
    Object.entries(all).map(([name, one]) => {
      const figures = measure(one);
      console.log(name, figures);
      return [name, figures];
    }),
  );
}

function cost(trainSeconds: number, bytes: number, listSeconds: number): Figures {
  return { train_cpu_seconds: Number(trainSeconds.toFixed(2)), memory_mb: Math.round(bytes / 1e6), list_cpu_us: Math.round(1e6 * listSeconds) }; // prettier-ignore
}

/** Not the clock: it lengthens with whatever else the machine does. */
function processorSeconds<T>(work: () => T): [T, number] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1e6];
}
