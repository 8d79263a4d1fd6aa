// The protocol `topn`: for every user with items in the test, all items but those of the user's training are ranked, and the items of
// the test are the ones that are right. Equal scores by smaller id. Means are over users.
import { performance } from 'node:perf_hooks';
import type { HistoryModel } from '../../models/history-model.ts';
import { seededRandom } from '../../streams/random.ts';
import { EvaluationRefused } from '../errors.ts';
import { pickAlgorithms, type AlgorithmResult, type Chosen, type Evaluation, type Progress } from '../evaluation.ts';
import { Tally } from '../tally.ts';
import { Ranking } from './ranking.ts';
import { topnAlgorithms, type TopnAlgorithm } from './topn-algorithms.ts';
import { cutTopnValidation, topnData, type TopnData } from './topn-data.ts';
import type { RawInteraction } from './read-interactions.ts';

export interface TopnOptions {
  readonly ks: readonly number[];
  /** Empty: the one that does best on the validation split. */
  readonly algorithms: readonly string[];
  /** The share of users that is looked at, the same ones for all. */
  readonly sample: number;
  /** What counts as liked; everything when undefined. */
  readonly minRating?: number;
  readonly progress: Progress;
}

/** Enough to tell parameters apart; users are taken evenly. */
const VALIDATION_USERS_MAX = 2000;
const SAMPLE_SEED = 17;
const PROGRESS_EVERY = 100;

export function evaluateTopn(
  train: readonly RawInteraction[],
  test: readonly RawInteraction[],
  options: TopnOptions,
): Evaluation {
  const isLiked = ({ rating }: RawInteraction) => rating >= (options.minRating ?? -Infinity);
  const data = topnData(train.filter(isLiked), test.filter(isLiked));
  const random = seededRandom(SAMPLE_SEED);
  const users = [...data.test.keys()].filter((user) => (data.test[user]?.length ?? 0) > 0).filter(() => random() < options.sample); // prettier-ignore
  if (users.length === 0) throw new EvaluationRefused('no user of the test has an item that is new to them: nothing to evaluate'); // prettier-ignore
  const isChosen = options.algorithms.length === 0;
  const fitting = topnAlgorithms.filter(({ itemsMax = Infinity }) => data.items.count <= itemsMax);
  const candidates = isChosen ? fitting : pickAlgorithms(topnAlgorithms, options.algorithms);
  const chosen = chooseParameters(data, candidates, options);
  const used = isChosen ? chosen.slice(0, 1) : options.algorithms.map((name) => chosen.find(({ algorithm }) => algorithm === name) as Chosen); // prettier-ignore
  const results = used.map(({ algorithm, parameters }) => {
    const definition = candidates.find(({ name }) => name === algorithm) as TopnAlgorithm;
    return evaluateOne(data, users, definition, parameters, options);
  });
  const sizes = { users: data.matrix.users, items: data.items.count, train_interactions: data.matrix.ones, test_users: users.length }; // prettier-ignore
  return { protocol: 'topn', sizes, ks: options.ks, results, chosen, isChosen };
}

/** The best first. */
function chooseParameters(data: TopnData, candidates: readonly TopnAlgorithm[], options: TopnOptions): Chosen[] {
  if (candidates.length === 1 && candidates[0]?.choices.length === 1)
    return [{ algorithm: candidates[0].name, parameters: candidates[0].choices[0] ?? {}, validation: NaN }];
  const split = cutTopnValidation(data);
  const asked = [...split.test.keys()].filter((user) => (split.test[user]?.length ?? 0) > 0);
  const step = Math.max(1, Math.ceil(asked.length / VALIDATION_USERS_MAX));
  const users = asked.filter((_, at) => at % step === 0);
  const key = `ndcg@${Math.max(...options.ks)}`;
  const all = candidates.flatMap((algorithm) => algorithm.choices.map((parameters) => ({ algorithm, parameters })));
  const tried = all.map(({ algorithm, parameters }, at): Chosen => {
    options.progress.show(`choosing: ${algorithm.name}`, at, all.length);
    const tally = replay(split, users, algorithm.fit(split.matrix, parameters), options);
    return { algorithm: algorithm.name, parameters, validation: tally.mean(key) };
  });
  return candidates
    .map(({ name }) => tried.filter(({ algorithm }) => algorithm === name))
    .map((own) => own.reduce((best, one) => (one.validation > best.validation ? one : best)))
    .sort((one, other) => other.validation - one.validation);
}

function evaluateOne(
  data: TopnData,
  users: readonly number[],
  { name, fit }: TopnAlgorithm,
  parameters: Chosen['parameters'],
  options: TopnOptions,
): AlgorithmResult {
  options.progress.show(`${name}: learning`, 0, 1);
  const startedMs = performance.now();
  const model = fit(data.matrix, parameters);
  const fitMs = performance.now() - startedMs;
  const tally = replay(data, users, model, options, (done) => options.progress.show(name, done, users.length));
  return { algorithm: name, parameters, modelBytes: model.bytes, fitMs, tally };
}

function replay(
  { train, test, matrix }: TopnData,
  users: readonly number[],
  model: HistoryModel,
  { ks }: TopnOptions,
  onProgress: (done: number) => void = () => {},
): Tally {
  const popularity = Float64Array.from({ length: matrix.items }, (_, item) => matrix.countOf(item));
  const tally = new Tally(users.length, ks, popularity);
  const ranking = new Ranking(matrix.items, Math.max(...ks));
  for (const [group, user] of users.entries()) {
    if (group % PROGRESS_EVERY === 0) onProgress(group);
    const history = train[user] as Int32Array;
    const startedMs = performance.now();
    model.score(history, ranking.scores);
    const list = ranking.best(history);
    const elapsedMs = performance.now() - startedMs;
    tally.add({ group, relevant: [...(test[user] as Int32Array)], list, slices: [historySlice(history.length)], elapsedMs }); // prettier-ignore
  }
  return tally;
}

function historySlice(length: number): string {
  const bounds = [5, 10, 20, 50, 100, 200];
  const bound = bounds.find((most) => length <= most);
  return bound === undefined ? 'history of more than 200 items' : `history of up to ${bound} items`;
}
