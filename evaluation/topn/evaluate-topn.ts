// The protocol `topn`: for every user with items in the test, all items but those of the user's training are ranked, and the items of
// the test are the ones that are right. Equal scores by smaller id. Means are over users.
import { performance } from 'node:perf_hooks';
import { ContentNeighbours } from '../../models/content-neighbours.ts';
import { seededRandom } from '../../streams/random.ts';
import { EvaluationRefused } from '../errors.ts';
import { pickAlgorithms, type AlgorithmResult, type Evaluation, type Progress } from '../evaluation.ts';
import { Tally } from '../tally.ts';
import { Lists } from './lists.ts';
import { chooseModels, type Choice, type Contender } from './choose-models.ts';
import { BLEND, topnAlgorithms, type TopnAlgorithm } from './topn-algorithms.ts';
import { topnData, withinRange, type TimeRange, type TopnData } from './topn-data.ts';
import type { RawInteraction } from './read-interactions.ts';

export interface TopnOptions extends TimeRange {
  readonly ks: readonly number[];
  /** Empty: the one that does best on the validation split. */
  readonly algorithms: readonly string[];
  /** The share of users that is looked at, the same ones for all. */
  readonly sample: number;
  /** What counts as liked; everything when undefined. */
  readonly minRating?: number;
  /** By item id, what is written about it: then likeness of texts is an algorithm too. */
  readonly texts?: ReadonlyMap<string, string>;
  /** How much the items of a list should differ in their texts, from 0 to 1. */
  readonly diversity?: number;
  readonly progress: Progress;
}

const SAMPLE_SEED = 17;

export function evaluateTopn(
  train: readonly RawInteraction[],
  test: readonly RawInteraction[],
  options: TopnOptions,
): Evaluation {
  const isLiked = ({ rating }: RawInteraction) => rating >= (options.minRating ?? -Infinity);
  const data = topnData(train.filter(isLiked), withinRange(test, options).filter(isLiked));
  if (data.matrix.ones === 0)
    throw new EvaluationRefused('nothing to learn from: no interaction of the training counts');
  const random = seededRandom(SAMPLE_SEED);
  const users = [...data.test.keys()].filter((user) => (data.test[user]?.length ?? 0) > 0).filter(() => random() < options.sample); // prettier-ignore
  if (users.length === 0) throw new EvaluationRefused('no user of the test has an item: nothing to evaluate'); // prettier-ignore
  const texts = options.texts === undefined ? undefined : data.items.ids.map((id) => options.texts?.get(id) ?? '');
  const { contenders, tried } = contendersOf(data, topnAlgorithms(texts, data.matrix.ones * users.length), options);
  const isChosen = options.algorithms.length === 0;
  const used = isChosen ? contenders.slice(0, 1) : options.algorithms.map((name) => contenders.find(({ chosen }) => chosen.algorithm === name) as Contender); // prettier-ignore
  const content = texts === undefined ? undefined : new ContentNeighbours(texts);
  const results = used.map((contender) => evaluateOne(data, users, contender, content, options));
  const sizes = { users: data.matrix.users, items: data.items.count, train_interactions: data.matrix.ones, test_users: users.length }; // prettier-ignore
  const chosen = contenders.map((contender) => contender.chosen);
  return { protocol: 'topn', sizes, ks: options.ks, results, chosen, tried, isChosen };
}

function contendersOf(data: TopnData, all: readonly TopnAlgorithm[], options: TopnOptions): Choice {
  const { algorithms, ks, progress } = options;
  const withBlend = algorithms.length === 0 || algorithms.includes(BLEND);
  const fits = ({ itemsMax = Infinity }: TopnAlgorithm) => data.items.count <= itemsMax;
  const named = pickAlgorithms([...all, { name: BLEND }], algorithms);
  const asked = all.filter((each) => named.includes(each));
  for (const each of asked) {
    if (!fits(each)) throw new EvaluationRefused(`${each.name} takes ${each.itemsMax} items at most, and there are ${data.items.count}`); // prettier-ignore
  }
  const singles = withBlend ? all.filter(fits) : asked;
  const [only] = singles;
  if (only !== undefined && singles.length === 1 && Object.keys(only.choices).length === 0)
    return { contenders: [{ chosen: { algorithm: only.name, parameters: {}, validation: NaN }, fit: (matrix) => only.fit(matrix, {}) }], tried: [] }; // prettier-ignore
  return chooseModels(data, singles, withBlend, Math.max(...ks), progress);
}

function evaluateOne(
  data: TopnData,
  users: readonly number[],
  { chosen: { algorithm, parameters }, fit }: Contender,
  content: ContentNeighbours | undefined,
  options: TopnOptions,
): AlgorithmResult {
  options.progress.show(`${algorithm}: learning`, 0, 1);
  const startedMs = performance.now();
  const model = fit(data.matrix);
  const fitMs = performance.now() - startedMs;
  const { train, test, matrix } = data;
  const popularity = Float64Array.from({ length: matrix.items }, (_, item) => matrix.countOf(item));
  const likeness = content === undefined ? undefined : (one: number, other: number) => content.similarity(one, other);
  const tally = new Tally(users.length, options.ks, popularity, likeness);
  const lists = new Lists(model, matrix.items, { limit: Math.max(...options.ks), diversity: options.diversity ?? 0, likeness }); // prettier-ignore
  for (let first = 0; first < users.length; first += lists.together) {
    options.progress.show(algorithm, first, users.length);
    const asked = users.slice(first, first + lists.together);
    const histories = asked.map((user) => train[user] as Int32Array);
    const askedMs = performance.now();
    const answers = lists.of(histories);
    const elapsedMs = (performance.now() - askedMs) / asked.length;
    for (const [at, list] of answers.entries()) {
      const relevant = [...(test[asked[at] as number] as Int32Array)];
      tally.add({ group: first + at, relevant, list, slices: [historySlice(histories[at]?.length ?? 0)], elapsedMs }); // prettier-ignore
    }
  }
  return { algorithm, parameters, modelBytes: model.bytes, fitMs, tally };
}

function historySlice(length: number): string {
  const bounds = [5, 10, 20, 50, 100, 200];
  const bound = bounds.find((most) => length <= most);
  return bound === undefined ? 'history of more than 200 items' : `history of up to ${bound} items`;
}
