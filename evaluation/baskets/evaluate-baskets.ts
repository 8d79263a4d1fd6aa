// The protocol `baskets`: before each basket of a known customer all items are ranked, those bought before too, and what the basket holds is
// right; then it is learnt. Items that nobody bought before are missed.
import { performance } from 'node:perf_hooks';
import { seededRandom } from '../../streams/random.ts';
import { EvaluationRefused } from '../errors.ts';
import {
  chooseByReplay,
  pickAlgorithms,
  type AlgorithmResult,
  type Chosen,
  type Evaluation,
  type Progress,
} from '../evaluation.ts';
import { compareText, ItemNumbers } from '../item-numbers.ts';
import { Tally } from '../tally.ts';
import { Ranking } from '../topn/ranking.ts';
import type { TimeRange } from '../topn/topn-data.ts';
import { basketAlgorithms, type BasketAlgorithm, type BasketCustomer, type BasketSizes } from './basket-algorithms.ts';
import type { RawBasket } from './read-baskets.ts';

export interface BasketsOptions extends TimeRange {
  readonly ks: readonly number[];
  /** Empty: the one that does best on the validation baskets. */
  readonly algorithms: readonly string[];
  /** The share of customers who are looked at, the same ones for all. */
  readonly sample: number;
  /** By item id. Without, all items are of one category. */
  readonly categories?: ReadonlyMap<string, string>;
  readonly progress: Progress;
}

interface NumberedBasket {
  readonly user: number;
  readonly seconds: number;
  readonly items: readonly number[];
}

/** The last baskets of the training choose the algorithm, or the first of all when there is none. */
const VALIDATION_SHARE = 0.1;
/** Enough to tell algorithms apart. */
const VALIDATION_BASKETS_MAX = 5000;
/** What is learnt before them at most, so that choosing takes minutes however long the training is. */
const VALIDATION_LEARNT_MAX = 50_000;
const TIME_SLICES = 10;
const PROGRESS_EVERY = 100;
const SAMPLE_SEED = 17;

/** Some of the baskets, in order, and from which one on they are asked for. */
interface Course {
  readonly baskets: readonly NumberedBasket[];
  readonly askedFrom: number;
}

/** @param train is learnt without being asked for; its baskets come first. */
export function evaluateBaskets(
  train: readonly RawBasket[],
  test: readonly RawBasket[],
  options: BasketsOptions,
): Evaluation {
  const raw = [...train.toSorted(byTime), ...test.toSorted(byTime)];
  const users = new ItemNumbers(raw.map(({ user }) => user));
  const random = seededRandom(SAMPLE_SEED);
  const isSampled = Array.from({ length: users.count }, () => random() < options.sample);
  const isLooked = ({ user, seconds }: RawBasket) => isSampled[users.numberOf(user)] === true && seconds < (options.untilSeconds ?? Infinity); // prettier-ignore
  const looked = raw.filter(isLooked);
  const learnt = train.filter(isLooked).length;
  const items = new ItemNumbers(looked.flatMap((basket) => basket.items));
  const baskets = looked.map((basket): NumberedBasket => ({ user: users.numberOf(basket.user), seconds: basket.seconds, items: basket.items.map((id) => items.numberOf(id)) })); // prettier-ignore
  const sizes = { ...categoriesOf(items, options.categories), items: items.count };
  const isChosen = options.algorithms.length === 0;
  const chosen = isChosen ? choose(validationOf(baskets, learnt), users.count, sizes, options) : [];
  const names = isChosen ? chosen.slice(0, 1).map(({ algorithm }) => algorithm) : options.algorithms;
  const results = pickAlgorithms(basketAlgorithms, names).map((algorithm) => replay({ baskets, askedFrom: learnt }, algorithm, users.count, sizes, options)); // prettier-ignore
  const scored = results[0]?.tally.events ?? 0;
  if (scored === 0) throw new EvaluationRefused('no customer has a second basket in what is asked for: nothing to evaluate'); // prettier-ignore
  return {
    protocol: 'baskets',
    sizes: { users: users.count, items: items.count, categories: sizes.categoryNames.length, baskets: baskets.length, scored }, // prettier-ignore
    ks: options.ks,
    results,
    chosen,
    tried: chosen,
    isChosen,
  };
}

function categoriesOf(
  items: ItemNumbers,
  categories: ReadonlyMap<string, string> = new Map(),
): Pick<BasketSizes, 'categories' | 'categoryNames'> {
  // prettier-ignore
  const names = new ItemNumbers(['', ...items.ids.map((id) => categories.get(id) ?? '')]);
  return {
    categories: Int32Array.from(items.ids, (id) => names.numberOf(categories.get(id) ?? '')),
    categoryNames: names.ids,
  };
}

/** In the order of time, then of customer. */
function byTime(one: RawBasket, other: RawBasket): number {
  return one.seconds - other.seconds || compareText(one.user, other.user);
}

function validationOf(all: readonly NumberedBasket[], learnt: number): Course {
  const baskets = learnt > 0 ? all.slice(Math.max(0, learnt - VALIDATION_LEARNT_MAX), learnt) : all;
  const count = Math.min(VALIDATION_BASKETS_MAX, Math.ceil(baskets.length * VALIDATION_SHARE));
  return learnt > 0 ? { baskets, askedFrom: baskets.length - count } : { baskets: baskets.slice(0, count), askedFrom: 0 }; // prettier-ignore
}

/** The best first. */
function choose(course: Course, users: number, sizes: BasketSizes, options: BasketsOptions): Chosen[] {
  const key = `ndcg@${Math.max(...options.ks)}`;
  const { fromSeconds: _, ...everything } = options;
  return chooseByReplay(
    basketAlgorithms,
    key,
    (algorithm) => replay(course, algorithm, users, sizes, everything),
    options.progress,
  );
}

function replay(
  { baskets, askedFrom }: Course,
  algorithm: BasketAlgorithm,
  users: number,
  sizes: BasketSizes,
  { ks, fromSeconds = -Infinity, progress }: BasketsOptions,
): AlgorithmResult {
  const recommender = algorithm.begin(sizes);
  const customers: BasketCustomer[] = Array.from({ length: users }, () => ({ bought: new Map() }));
  const popularity = new Float64Array(sizes.items);
  for (const { items } of baskets) for (const item of items) popularity[item] = (popularity[item] as number) + 1;
  const tally = new Tally(users, ks, popularity);
  const ranking = new Ranking(sizes.items, Math.max(...ks));
  const scores = new Float64Array(sizes.items);
  const everything = new Int32Array(0);
  let learningMs = 0;
  for (const [at, { user, seconds, items }] of baskets.entries()) {
    if (at % PROGRESS_EVERY === 0) progress.show(algorithm.name, at, baskets.length);
    const customer = customers[user] as BasketCustomer;
    const askedMs = performance.now();
    if (at >= askedFrom && customer.bought.size > 0 && seconds >= fromSeconds) {
      recommender.score(customer, seconds, scores);
      const list = ranking.best(scores, everything).filter((item) => (scores[item] as number) > 0);
      const slices = [historySlice(customer.bought.size), `tenth ${1 + Math.floor((at * TIME_SLICES) / baskets.length)} of the baskets`]; // prettier-ignore
      tally.add({ group: user, relevant: items, list, slices, elapsedMs: performance.now() - askedMs });
    }
    const learntFromMs = performance.now();
    recommender.learn(customer, seconds, items);
    learningMs += performance.now() - learntFromMs;
    for (const item of items) {
      const own = customer.bought.get(item);
      customer.bought.set(item, { lastSeconds: seconds, times: (own?.times ?? 0) + 1 });
    }
  }
  const repeats = recommender.repeats === undefined ? {} : { repeats: recommender.repeats };
  return { algorithm: algorithm.name, parameters: {}, modelBytes: recommender.bytes, fitMs: learningMs, tally, ...repeats }; // prettier-ignore
}

function historySlice(bought: number): string {
  const bound = [10, 50, 100, 200, 500].find((most) => bought <= most);
  return bound === undefined ? 'customers of more than 500 items' : `customers of up to ${bound} items`;
}
