// Algorithms that say what a customer's next basket holds, and then learn it. Those that offer what was bought before differ in how they tell
// what comes back.
import { ContextCounts } from '../../models/context-counts.ts';
import { circumstancesOf, liftIn, type ContextLifts } from '../../models/context-lifts.ts';
import { RepeatConsumption } from '../../models/repeat-consumption.ts';
import type { RepeatShare } from '../evaluation.ts';

/** What a customer bought of one item. */
export interface Bought {
  lastSeconds: number;
  times: number;
}

export interface BasketCustomer {
  /** By item. */
  readonly bought: Map<number, Bought>;
}

export interface BasketSizes {
  readonly items: number;
  /** By item. */
  readonly categories: Int32Array;
  readonly categoryNames: readonly string[];
}

export interface BasketRecommender {
  readonly bytes: number;
  /** Writes a score for each item; those of 0 and less are not offered. */
  score(customer: BasketCustomer, seconds: number, scores: Float64Array): void;
  learn(customer: BasketCustomer, seconds: number, items: readonly number[]): void;
  /** How often each category came back, as far as it is known. */
  readonly repeats?: readonly RepeatShare[];
}

export interface BasketAlgorithm {
  readonly name: string;
  readonly begin: (sizes: BasketSizes) => BasketRecommender;
}

const SECONDS_PER_DAY = 86_400;
/** Categories with fewer occasions say nothing by themselves. */
const OCCASIONS_MIN = 1000;
/** Lifts are made anew after so many baskets, as a training at night would. */
const LIFTS_EVERY = 500;

export const basketAlgorithms: readonly BasketAlgorithm[] = [
  { name: 'popularity', begin: popularity },
  { name: 'never_again', begin: neverAgain },
  { name: 'frequency', begin: frequency },
  { name: 'repeat', begin: ({ items, categories, categoryNames }) => repeat(items, categories, categoryNames) },
  // The same by the hour and the weekday: what these are worth.
  { name: 'popularity_in_context', begin: (sizes) => inContext(sizes, popularity(sizes)) },
  { name: 'repeat_in_context', begin: (sizes) => inContext(sizes, repeat(sizes.items, sizes.categories, sizes.categoryNames)) }, // prettier-ignore
  // Without knowing categories: what these are worth.
  { name: 'repeat_without_categories', begin: ({ items }) => repeat(items, new Int32Array(items), ['all']) },
];

/** In how many baskets each item was, of how many. */
class Baskets {
  readonly counts: Float64Array;
  #total = 0;

  constructor(items: number) {
    this.counts = new Float64Array(items);
  }

  learn(items: readonly number[]): void {
    this.#total += 1;
    for (const item of items) this.counts[item] = (this.counts[item] as number) + 1;
  }

  /** The share of baskets, which is below 1. */
  shares(scores: Float64Array): void {
    for (let item = 0; item < scores.length; item += 1)
      scores[item] = (this.counts[item] as number) / (this.#total + 1);
  }
}

function popularity({ items }: BasketSizes): BasketRecommender {
  const baskets = new Baskets(items);
  return {
    bytes: baskets.counts.byteLength,
    score: (_customer, _seconds, scores) => baskets.shares(scores),
    learn: (_customer, _seconds, taken) => baskets.learn(taken),
  };
}

/** What a shop does that never offers what a customer has. */
function neverAgain(sizes: BasketSizes): BasketRecommender {
  const popular = popularity(sizes);
  return {
    ...popular,
    score(customer, seconds, scores) {
      popular.score(customer, seconds, scores);
      for (const item of customer.bought.keys()) scores[item] = 0;
    },
  };
}

/** What the customer bought most often, then what all did. */
function frequency(sizes: BasketSizes): BasketRecommender {
  const popular = popularity(sizes);
  return {
    ...popular,
    score(customer, seconds, scores) {
      popular.score(customer, seconds, scores);
      for (const [item, { times }] of customer.bought) scores[item] = (scores[item] as number) + times;
    },
  };
}

/** Bought before: how likely it comes back now. Not yet: how likely it is in any basket. */
function repeat(items: number, categories: Int32Array, names: readonly string[]): BasketRecommender {
  const baskets = new Baskets(items);
  const model = new RepeatConsumption(names.length);
  const takenOf = (item: number, { lastSeconds, times }: Bought, seconds: number) => ({
    category: categories[item] as number,
    gapDays: (seconds - lastSeconds) / SECONDS_PER_DAY,
    times,
  });
  return {
    bytes: model.bytes + baskets.counts.byteLength,
    get repeats() {
      return names
        .map((category, at) => ({ category, ...model.shareOf(at) }))
        .filter(({ occasions }) => occasions >= OCCASIONS_MIN)
        .sort((one, other) => other.share - one.share);
    },
    score({ bought }, seconds, scores) {
      baskets.shares(scores);
      for (const [item, own] of bought) scores[item] = model.probability(takenOf(item, own, seconds));
    },
    learn({ bought }, seconds, taken) {
      const now = new Set(taken);
      for (const [item, own] of bought) model.learn(takenOf(item, own, seconds), now.has(item));
      baskets.learn(taken);
    },
  };
}

/** As lists are in production: what is sought at this hour and on this day a little further up, by the root of how much more it is. */
function inContext({ categories, categoryNames }: BasketSizes, plain: BasketRecommender): BasketRecommender {
  const counts = new ContextCounts();
  let lifts: ContextLifts = {};
  let baskets = 0;
  const momentOf = (seconds: number) => circumstancesOf({ timeMs: 1000 * seconds, channel: null, location: null });
  return {
    ...plain,
    score(customer, seconds, scores) {
      plain.score(customer, seconds, scores);
      const moment = momentOf(seconds);
      const factors = categoryNames.map((name) => Math.sqrt(liftIn(lifts, moment, name)));
      for (let item = 0; item < scores.length; item += 1)
        scores[item] = (scores[item] as number) * (factors[categories[item] as number] as number);
    },
    learn(customer, seconds, items) {
      plain.learn(customer, seconds, items);
      const moment = momentOf(seconds);
      for (const item of items) counts.add(categoryNames[categories[item] as number] as string, moment);
      baskets += 1;
      if (baskets % LIFTS_EVERY === 0) lifts = counts.lifts();
    },
  };
}
