// The protocol `prequential`: events in order of (time, user, item); before each one its user, if known, is given a list of items that are
// known and that they have not had, and the event's item is the one that is right; then the event is learnt. An item that nobody had
// before is missed. What a user has had already is neither asked for nor learnt again.
import { performance } from 'node:perf_hooks';
import { pickAlgorithms, type AlgorithmResult, type Evaluation, type Progress } from '../evaluation.ts';
import { EvaluationRefused } from '../errors.ts';
import { ItemNumbers } from '../item-numbers.ts';
import { Tally } from '../tally.ts';
import type { RawInteraction } from '../topn/read-interactions.ts';
import { onlineAlgorithms, type OnlineAlgorithm, type OnlineEvent, type OnlineSizes } from './online-algorithms.ts';

export interface PrequentialOptions {
  readonly ks: readonly number[];
  /** Empty: what is served. */
  readonly algorithms: readonly string[];
  readonly minRating?: number;
  /** Only so many events, the first ones. */
  readonly limit?: number;
  readonly progress: Progress;
}

const TIME_SLICES = 10;
const PROGRESS_EVERY = 100;

/** @param train is learnt without being asked for; its events come first. */
export function evaluatePrequential(
  train: readonly RawInteraction[],
  test: readonly RawInteraction[],
  options: PrequentialOptions,
): Evaluation {
  const isLiked = ({ rating }: RawInteraction) => rating >= (options.minRating ?? -Infinity);
  const all = [...train.filter(isLiked), ...test.filter(isLiked)];
  const users = new ItemNumbers(all.map(({ user }) => user));
  const items = new ItemNumbers(all.map(({ item }) => item));
  const before = firstTimes(eventsOf(train.filter(isLiked), users, items));
  const events = [...before, ...eventsOf(test.filter(isLiked), users, items)];
  const firsts = firstTimes(events).slice(0, options.limit);
  const learntOnly = Math.min(before.length, firsts.length);
  if (firsts.length === learntOnly) throw new EvaluationRefused('no event of the test is new: nothing to evaluate');
  const names = options.algorithms.length === 0 ? ['freshet'] : options.algorithms;
  const sizes = { users: users.count, itemIds: items.ids, itemNumberOf: (id: string) => items.numberOf(id) };
  const results = pickAlgorithms(onlineAlgorithms, names).map((algorithm) =>
    replay(firsts, learntOnly, algorithm, sizes, options),
  );
  return {
    protocol: 'prequential',
    sizes: { users: users.count, items: items.count, events: firsts.length, scored: results[0]?.tally.events ?? 0 },
    ks: options.ks,
    results,
    chosen: [],
    tried: [],
    isChosen: false,
  };
}

function eventsOf(raw: readonly RawInteraction[], users: ItemNumbers, items: ItemNumbers): OnlineEvent[] {
  return raw
    .map(({ user, item, time, rating }) => ({
      user: users.numberOf(user),
      item: items.numberOf(item),
      userId: user,
      itemId: item,
      timeMs: time,
      rating,
    }))
    .sort((one, other) => one.timeMs - other.timeMs || one.user - other.user || one.item - other.item);
}

function firstTimes(events: readonly OnlineEvent[]): OnlineEvent[] {
  const had = new Map<number, Set<number>>();
  return events.filter(({ user, item }) => {
    const own = had.get(user) ?? new Set();
    had.set(user, own);
    return own.size !== own.add(item).size;
  });
}

function replay(
  events: readonly OnlineEvent[],
  learntOnly: number,
  algorithm: OnlineAlgorithm,
  sizes: OnlineSizes,
  { ks, progress }: PrequentialOptions,
): AlgorithmResult {
  const recommender = algorithm.begin(sizes);
  const histories: number[][] = Array.from({ length: sizes.users }, () => []);
  const popularity = new Float64Array(sizes.itemIds.length);
  for (const { item } of events) popularity[item] = (popularity[item] as number) + 1;
  const tally = new Tally(sizes.users, ks, popularity);
  const limit = Math.max(...ks);
  let learningMs = 0;
  for (const [at, event] of events.entries()) {
    if (at % PROGRESS_EVERY === 0) progress.show(algorithm.name, at, events.length);
    const history = histories[event.user] as number[];
    const askedMs = performance.now();
    if (history.length > 0 && at >= learntOnly) {
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
