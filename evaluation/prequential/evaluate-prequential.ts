// The protocol `prequential`: events in order of (time, user, item); before each one its user, if known, is given a list of items that are
// known and that they have not had, and the event's item is the one that is right; then the event is learnt. An item that nobody had
// before is missed. What a user has had already is neither asked for nor learnt again.
import { performance } from 'node:perf_hooks';
import type { Item } from '../../schemas/types.ts';
import { seededRandom } from '../../streams/random.ts';
import {
  chooseByReplay,
  pickAlgorithms,
  type AlgorithmResult,
  type Chosen,
  type Evaluation,
  type Progress,
} from '../evaluation.ts';
import { EvaluationRefused } from '../errors.ts';
import { ItemNumbers } from '../item-numbers.ts';
import { Tally } from '../tally.ts';
import type { RawInteraction } from '../topn/read-interactions.ts';
import { withinRange, type TimeRange } from '../topn/topn-data.ts';
import {
  BEST_SO_FAR,
  onlineAlgorithms,
  type OnlineAlgorithm,
  type OnlineEvent,
  type OnlineSizes,
} from './online-algorithms.ts';

export interface PrequentialOptions extends TimeRange {
  readonly ks: readonly number[];
  /** Empty: the one that does best on the validation events. */
  readonly algorithms: readonly string[];
  /** The share of users who are asked for, the same ones for all; everything is learnt. */
  readonly sample: number;
  readonly minRating?: number;
  /** Only so many events, the first ones. */
  readonly limit?: number;
  /** What the shop says of its items, by id: the running system knows it. */
  readonly described?: ReadonlyMap<string, Item>;
  readonly progress: Progress;
}

const TIME_SLICES = 10;
const PROGRESS_EVERY = 100;
const SAMPLE_SEED = 17;
/** The share of the events that an algorithm is chosen on: the last of the training, or the first of all when there is none. */
const VALIDATION_SHARE = 0.1;
/** Enough to tell algorithms apart. */
const VALIDATION_EVENTS_MAX = 5000;
/** What is learnt before them at most, so that choosing takes minutes however long the training is. */
const VALIDATION_LEARNT_MAX = 50_000;

/** Events in order, and which of them are asked for, unless their user is unknown. */
export interface Course {
  readonly events: readonly OnlineEvent[];
  readonly isAsked: (event: OnlineEvent, at: number) => boolean;
}

export type CourseOptions = Pick<
  PrequentialOptions,
  'sample' | 'minRating' | 'limit' | 'described' | 'fromSeconds' | 'untilSeconds'
>;

/** @param train is learnt without being asked for; its events come first. */
export function evaluatePrequential(
  train: readonly RawInteraction[],
  test: readonly RawInteraction[],
  options: PrequentialOptions,
): Evaluation {
  const { sizes, learnt, course } = courseOf(train, test, options);
  const { events } = course;
  const isChosen = options.algorithms.length === 0;
  const chosen = isChosen ? choose(events, learnt, sizes, options) : [];
  const names = isChosen ? chosen.slice(0, 1).map(({ algorithm }) => algorithm) : options.algorithms;
  const results = pickAlgorithms(onlineAlgorithms, names).map((algorithm) => replay(course, algorithm, sizes, options));
  return {
    protocol: 'prequential',
    sizes: { users: sizes.users, items: sizes.itemIds.length, events: events.length, scored: results[0]?.tally.events ?? 0 }, // prettier-ignore
    ks: options.ks,
    results,
    chosen,
    tried: chosen,
    isChosen,
  };
}

interface Begun {
  readonly sizes: OnlineSizes;
  readonly course: Course;
  /** Events that are learnt without being asked for: they come first. */
  readonly learnt: number;
}

/** @throws EvaluationRefused when there is nothing to ask for. */
export function courseOf(
  train: readonly RawInteraction[],
  test: readonly RawInteraction[],
  options: CourseOptions,
): Begun {
  const isLiked = ({ rating }: RawInteraction) => rating >= (options.minRating ?? -Infinity);
  const { users, items, learnt, events } = inOrder(train.filter(isLiked), test.filter(isLiked), options);
  if (events.length === learnt) throw new EvaluationRefused('no event of the test is new: nothing to evaluate');
  const random = seededRandom(SAMPLE_SEED);
  const isSampled = Array.from({ length: users.count }, () => random() < options.sample);
  return {
    sizes: {
      users: users.count,
      itemIds: items.ids,
      itemNumberOf: (id: string) => items.numberOf(id),
      ...(options.described !== undefined && { described: options.described }),
    },
    course: { events, isAsked: ({ user }, at) => at >= learnt && (isSampled[user] as boolean) },
    learnt,
  };
}

interface Ordered {
  readonly users: ItemNumbers;
  readonly items: ItemNumbers;
  readonly events: readonly OnlineEvent[];
  /** So many of them, the first ones, are learnt only. */
  readonly learnt: number;
}

/** What is trained on and what lies before the range that is asked for comes first. */
function inOrder(train: readonly RawInteraction[], test: readonly RawInteraction[], options: CourseOptions): Ordered {
  // prettier-ignore
  const users = new ItemNumbers([...train, ...test].map(({ user }) => user));
  const described = options.described?.keys() ?? [];
  const items = new ItemNumbers([...[...train, ...test].map(({ item }) => item), ...described]);
  const earlier = options.fromSeconds === undefined ? [] : withinRange(test, { untilSeconds: options.fromSeconds });
  const learnt = firstTimes([...eventsOf(train, users, items), ...eventsOf(earlier, users, items)]);
  const asked = eventsOf(withinRange(test, options), users, items);
  const events = firstTimes([...learnt, ...asked]).slice(0, options.limit);
  return { users, items, events, learnt: Math.min(learnt.length, events.length) };
}

/** The best first. The last of what is learnt only decides, or the first of all. */
function choose(
  all: readonly OnlineEvent[],
  learnt: number,
  sizes: OnlineSizes,
  options: PrequentialOptions,
): Chosen[] {
  const events = learnt > 0 ? all.slice(Math.max(0, learnt - VALIDATION_LEARNT_MAX), learnt) : all;
  const count = Math.min(VALIDATION_EVENTS_MAX, Math.ceil(events.length * VALIDATION_SHARE));
  const from = events.length - count;
  const course: Course =
    learnt > 0 ? { events, isAsked: (_, at) => at >= from } : { events: events.slice(0, count), isAsked: () => true };
  const key = `ndcg@${Math.max(...options.ks)}`;
  return chooseByReplay(
    onlineAlgorithms,
    key,
    (algorithm) => replay(course, algorithm, sizes, options),
    options.progress,
    // What is best of the first events need not stay so; it goes on choosing.
    BEST_SO_FAR,
  );
}

function eventsOf(raw: readonly RawInteraction[], users: ItemNumbers, items: ItemNumbers): OnlineEvent[] {
  return raw
    .map(({ user, item, time, rating, deed }) => ({
      user: users.numberOf(user),
      item: items.numberOf(item),
      userId: user,
      itemId: item,
      timeMs: time,
      rating,
      ...(deed !== undefined && { deed }),
    }))
    .sort((one, other) => one.timeMs - other.timeMs || one.user - other.user || one.item - other.item);
}

/** Of what is done again only logs tell, and say what it was. */
function firstTimes(events: readonly OnlineEvent[]): OnlineEvent[] {
  const had = new Map<number, Set<number>>();
  return events.flatMap((event) => {
    const own = had.get(event.user) ?? new Set();
    had.set(event.user, own);
    if (own.size !== own.add(event.item).size) return [event];
    return event.deed === undefined ? [] : [{ ...event, isRepeat: true }];
  });
}

/** Empty, for as many items as there are. */
export function tallyOf(events: readonly OnlineEvent[], { users, itemIds }: OnlineSizes, ks: readonly number[]): Tally {
  const popularity = new Float64Array(itemIds.length);
  for (const { item, isRepeat } of events) if (isRepeat !== true) popularity[item] = (popularity[item] as number) + 1;
  return new Tally(users, ks, popularity);
}

function replay(
  { events, isAsked }: Course,
  algorithm: OnlineAlgorithm,
  sizes: OnlineSizes,
  { ks, progress }: PrequentialOptions,
): AlgorithmResult {
  const recommender = algorithm.begin(sizes);
  const histories: number[][] = Array.from({ length: sizes.users }, () => []);
  const tally = tallyOf(events, sizes, ks);
  const limit = Math.max(...ks);
  let learningMs = 0;
  for (const [at, event] of events.entries()) {
    if (at % PROGRESS_EVERY === 0) progress.show(algorithm.name, at, events.length);
    if (event.isRepeat === true) {
      recommender.repeat?.(event);
      continue;
    }
    const history = histories[event.user] as number[];
    const askedMs = performance.now();
    if (history.length > 0 && isAsked(event, at)) {
      const list = Array.from(recommender.recommend(event, history, limit));
      const elapsedMs = performance.now() - askedMs;
      const slices = [historySlice(history.length), `tenth ${1 + Math.floor((at * TIME_SLICES) / events.length)} of the events`, ...(recommender.slices ?? [])]; // prettier-ignore
      tally.add({ group: event.user, relevant: [event.item], list, slices, elapsedMs });
    }
    const learntFromMs = performance.now();
    recommender.learn(event, history);
    learningMs += performance.now() - learntFromMs;
    history.push(event.item);
  }
  return { algorithm: algorithm.name, parameters: {}, modelBytes: recommender.bytes, fitMs: learningMs, tally };
}

function historySlice(length: number): string {
  const bound = [1, 5, 10, 20, 50, 100].find((most) => length <= most);
  return bound === undefined ? 'history of more than 100 items' : `history of up to ${bound} items`;
}
