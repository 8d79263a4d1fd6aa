// A blend of models for lists by history. What each is tried with, and what it counts, is chosen on a tenth of the users' items; then the
// models are made of all.
import type { HistoryModel } from '../../models/history-model.ts';
import { InteractionMatrix } from '../../models/interaction-matrix.ts';
import { ScoreBlend, standardise } from '../../models/score-blend.ts';
import { seededRandom } from '../../streams/random.ts';
import { ndcgAt } from '../metrics.ts';
import { Ranking } from './ranking.ts';
import type { TopnAlgorithm } from './topn-algorithms.ts';
import { holdOut } from './topn-data.ts';

/** Each keeps its scores of all items for a while: 8 bytes each. */
const USERS_MAX = 400;
const CUT = 20;
const STEPS = [0, 0.125, 0.25, 0.5, 1];
const ROUNDS = 2;
const SEED = 7;

interface Held {
  readonly history: Int32Array;
  readonly wanted: readonly number[];
}

export function fitBlend(matrix: InteractionMatrix, algorithms: readonly TopnAlgorithm[]): HistoryModel {
  const histories = Array.from({ length: matrix.users }, (_, user) => matrix.itemsOf(user));
  const { kept, held } = holdOut(histories, seededRandom(SEED));
  const less = new InteractionMatrix(kept, matrix.items);
  const users = usersOf(kept, held);
  const tried = algorithms.map((algorithm) => bestChoice(algorithm, less, users));
  const weights = weightsOf(
    tried.map(({ scores }) => scores),
    users,
    matrix.items,
  );
  const parts = algorithms.map(({ fit }, at) => ({
    weight: weights[at] ?? 0,
    parameters: tried[at]?.parameters ?? {},
    fit,
  }));
  return new ScoreBlend(
    parts
      .filter(({ weight }) => weight > 0)
      .map(({ weight, parameters, fit }) => ({ weight, model: fit(matrix, parameters) })),
    matrix.items,
  );
}

/** Users with something held out, taken evenly. */
function usersOf(kept: readonly Int32Array[], held: readonly Int32Array[]): Held[] {
  const all = kept.flatMap((history, user) => {
    const wanted = held[user] as Int32Array;
    return wanted.length > 0 && history.length > 0 ? [{ history, wanted: [...wanted] }] : [];
  });
  const step = Math.max(1, Math.ceil(all.length / USERS_MAX));
  return all.filter((_, at) => at % step === 0);
}

function bestChoice({ choices, fit }: TopnAlgorithm, matrix: InteractionMatrix, users: readonly Held[]) {
  return choices
    .map((parameters) => {
      const model = fit(matrix, parameters);
      const scores = users.map(({ history }) => {
        const own = new Float64Array(matrix.items);
        model.score(history, own);
        standardise(own);
        return own;
      });
      return { parameters, scores, quality: qualityOf([scores], [1], users, matrix.items) };
    })
    .reduce((best, one) => (one.quality > best.quality ? one : best));
}

/** One weight after the other, each to what is best while the others stay. */
function weightsOf(scores: readonly (readonly Float64Array[])[], users: readonly Held[], items: number): number[] {
  const weights = scores.map(() => 1);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let part = 0; part < weights.length; part += 1) {
      const tried = STEPS.map((weight) => {
        const all = weights.with(part, weight);
        return { weight, quality: qualityOf(scores, all, users, items) };
      });
      weights[part] = tried.reduce((best, one) => (one.quality > best.quality ? one : best)).weight;
    }
  }
  return weights;
}

/** Mean NDCG. */
function qualityOf(
  scores: readonly (readonly Float64Array[])[],
  weights: readonly number[],
  users: readonly Held[],
  items: number,
): number {
  const ranking = new Ranking(items, CUT);
  let sum = 0;
  for (const [at, { history, wanted }] of users.entries()) {
    ranking.scores.fill(0);
    for (const [part, own] of scores.entries()) {
      const weight = weights[part] as number;
      const mine = own[at] as Float64Array;
      for (let item = 0; item < items; item += 1)
        ranking.scores[item] = (ranking.scores[item] as number) + weight * (mine[item] as number);
    }
    const ranks = [...ranking.best(history)].flatMap((item, place) => (wanted.includes(item) ? [place + 1] : []));
    sum += ndcgAt(ranks, wanted.length, CUT);
  }
  return sum / Math.max(1, users.length);
}
