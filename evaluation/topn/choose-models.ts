// What each algorithm is worth on a split of the training data, with each of the parameters it is tried with; and how much of each the
// blend takes.
import { TOGETHER_MAX, type HistoryModel } from '../../models/history-model.ts';
import type { InteractionMatrix } from '../../models/interaction-matrix.ts';
import { ScoreBlend } from '../../models/score-blend.ts';
import { describeChosen, type Chosen, type Progress } from '../evaluation.ts';
import { ndcgAt } from '../metrics.ts';
import { BlendedLists, weighParts, type Asked } from './blend-weights.ts';
import { BLEND, type TopnAlgorithm } from './topn-algorithms.ts';
import { cutTopnValidation, type TopnData } from './topn-data.ts';
import { TopScorer, type TopScores } from './top-scores.ts';

/** An algorithm that is ready to be made of all training data. */
export interface Contender {
  readonly chosen: Chosen;
  readonly fit: (matrix: InteractionMatrix) => HistoryModel;
}

export interface Choice {
  /** The best of each algorithm, the best first. */
  readonly contenders: readonly Contender[];
  /** All that was tried, in order. */
  readonly tried: readonly Chosen[];
}

/** Enough to tell parameters apart; users are taken evenly, and fewer where scoring one takes longer. */
const USERS_MAX = 2000;
const SCORES_MAX = 80_000_000;

type Parameters = Chosen['parameters'];

interface Trial {
  readonly chosen: Chosen;
  readonly lists: readonly TopScores[];
  readonly algorithm: TopnAlgorithm;
}

/** @param k up to which NDCG counts. */
export function chooseModels(
  data: TopnData,
  algorithms: readonly TopnAlgorithm[],
  withBlend: boolean,
  k: number,
  progress: Progress,
): Choice {
  const split = cutTopnValidation(data);
  const asked = usersOf(split);
  const tried: Chosen[] = [];
  const report = (chosen: Chosen) => {
    tried.push(chosen);
    progress.note(`tried ${describeChosen(chosen)}: ndcg@${k} ${chosen.validation.toFixed(4)}`);
  };
  const attempt = (algorithm: TopnAlgorithm, parameters: Parameters): Trial => {
    const trial = tryOut(split, asked, algorithm, parameters, k, progress);
    report(trial.chosen);
    return trial;
  };
  const best = algorithms.map((algorithm) => bestTrial(algorithm, attempt));
  const singles = best.map(contenderOf);
  const contenders = withBlend ? [...singles, blendOf(best, asked, split.items.count, k)] : singles;
  if (withBlend) report((contenders.at(-1) as Contender).chosen);
  return { contenders: contenders.toSorted((one, other) => other.chosen.validation - one.chosen.validation), tried };
}

function tryOut(
  { matrix, items }: TopnData,
  asked: readonly Asked[],
  algorithm: TopnAlgorithm,
  parameters: Parameters,
  k: number,
  progress: Progress,
): Trial {
  const what = `trying ${describeChosen({ algorithm: algorithm.name, parameters })}`;
  progress.show(what, 0, asked.length);
  const model = algorithm.fit(matrix, parameters);
  const scorer = new TopScorer(items.count);
  const lists: TopScores[] = [];
  for (let at = 0; at < asked.length; at += TOGETHER_MAX) {
    progress.show(what, at, asked.length);
    lists.push(...scorer.of(model, asked.slice(at, at + TOGETHER_MAX).map(({ history }) => history))); // prettier-ignore
  }
  const validation = meanOf(asked.map((one, at) => ndcgOf(lists[at]?.items ?? [], one, k)));
  return { chosen: { algorithm: algorithm.name, parameters, validation }, lists, algorithm };
}

function usersOf({ train, test, items }: TopnData): Asked[] {
  const all = [...test.keys()].filter((user) => (test[user]?.length ?? 0) > 0);
  const most = Math.max(1, Math.min(USERS_MAX, Math.floor(SCORES_MAX / Math.max(1, items.count))));
  const step = Math.max(1, Math.ceil(all.length / most));
  return all
    .filter((_, at) => at % step === 0)
    .map((user) => ({ history: train[user] as Int32Array, wanted: new Set(test[user]) }));
}

/** One parameter after the other, from its first value uphill as long as lists get better; the others stay meanwhile. */
function bestTrial(
  algorithm: TopnAlgorithm,
  attempt: (algorithm: TopnAlgorithm, parameters: Parameters) => Trial,
): Trial {
  const entries = Object.entries(algorithm.choices);
  let best = attempt(algorithm, Object.fromEntries(entries.map(([name, { first }]) => [name, first])));
  for (const [name, { values, first }] of entries) {
    for (const step of [1, -1]) {
      let at = values.indexOf(first) + step;
      for (; values[at] !== undefined; at += step) {
        const trial = attempt(algorithm, { ...best.chosen.parameters, [name]: values[at] as number });
        if (trial.chosen.validation <= best.chosen.validation) break;
        best = trial;
      }
      if (best.chosen.parameters[name] !== first) break;
    }
  }
  return best;
}

function contenderOf({ chosen, algorithm }: Trial): Contender {
  return { chosen, fit: (matrix) => algorithm.fit(matrix, chosen.parameters) };
}

/** Its figure is that of weights found on one half of the users for the other half: those found on all would flatter it. */
function blendOf(trials: readonly Trial[], asked: readonly Asked[], items: number, k: number): Contender {
  const lists = trials.map((trial) => trial.lists);
  const blended = new BlendedLists(items, k);
  const halves = [0, 1].map((half) => asked.map((_, at) => at).filter((at) => at % 2 === half)) as [number[], number[]];
  const figures = [halves, halves.toReversed() as typeof halves].flatMap(([learnt, judged]) => {
    const weights = weighParts(lists, asked, learnt, items, k);
    return judged.map((at) => ndcgOf(blended.of(lists, weights, at), asked[at] as Asked, k));
  });
  const weights = weighParts(lists, asked, [...asked.keys()], items, k);
  const parts = trials.map((trial, at) => ({ trial, weight: weights[at] as number })).filter(({ weight }) => weight > 0); // prettier-ignore
  const parameters = Object.fromEntries(
    parts.flatMap(({ trial: { chosen }, weight }) => [
      [chosen.algorithm, weight],
      ...Object.entries(chosen.parameters).map(([name, value]) => [`${chosen.algorithm}.${name}`, value]),
    ]),
  ) as Record<string, number>;
  return {
    chosen: { algorithm: BLEND, parameters, validation: meanOf(figures) },
    fit: (matrix) =>
      new ScoreBlend(
        parts.map(({ trial, weight }) => ({ weight, model: contenderOf(trial).fit(matrix) })),
        matrix.items,
      ),
  };
}

function ndcgOf(list: ArrayLike<number>, { wanted }: Asked, k: number): number {
  const ranks = Array.from(list)
    .slice(0, k)
    .flatMap((item, place) => (wanted.has(item) ? [place + 1] : []));
  return ndcgAt(ranks, wanted.size, k);
}

function meanOf(figures: readonly number[]): number {
  return figures.length === 0 ? 0 : figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}
