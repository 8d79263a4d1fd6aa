// Algorithms that are asked for a list before each event, and then learn it. One of them is the running system: its processors.
import { IncrementalMf } from '../../models/incremental-mf.ts';
import { LiveCoVisits } from '../../models/live-co-visits.ts';
import { seededRandom } from '../../streams/random.ts';
import type { Item } from '../../schemas/types.ts';
import type { RawInteraction } from '../topn/read-interactions.ts';
import { ServedLists } from './served-lists.ts';

export interface OnlineEvent {
  readonly user: number;
  readonly item: number;
  readonly userId: string;
  readonly itemId: string;
  readonly timeMs: number;
  readonly rating: number;
  readonly deed?: RawInteraction['deed'];
  /** The user had the item before: that is neither asked for nor learnt, except by who wants to hear of it. */
  readonly isRepeat?: boolean;
}

export interface OnlineRecommender {
  readonly bytes: number;
  /**
   * The best for the user of an event, best first; equal ones by smaller number. What the user has had doesn't count and may be among
   * them.
   *
   * @param history the user's items so far, oldest first.
   */
  recommend(event: OnlineEvent, history: readonly number[], limit: number): ArrayLike<number>;
  learn(event: OnlineEvent, history: readonly number[]): void;
  /** Hears of what is done again, as logs tell it. */
  repeat?(event: OnlineEvent): void;
  /** Further parts of the report that the latest answer counts in. */
  readonly slices?: readonly string[];
}

export interface OnlineSizes {
  readonly users: number;
  readonly itemIds: readonly string[];
  readonly itemNumberOf: (id: string) => number;
  /** What the shop says of its items, by id. */
  readonly described?: ReadonlyMap<string, Item>;
}

export interface OnlineAlgorithm {
  readonly name: string;
  readonly begin: (sizes: OnlineSizes) => OnlineRecommender;
}

const ISGD = { factors: 20, rate: 0.2, lambda: 0.01 } as const;
const SEED = 1;
/** Latest items of a customer that count. */
const HISTORY_MAX = 50;

export const BEST_SO_FAR = 'best_so_far';

export const onlineAlgorithms: readonly OnlineAlgorithm[] = [
  { name: 'freshet', begin: (sizes) => new ServedLists(sizes) },
  { name: 'popularity', begin: popularity },
  { name: 'isgd', begin: isgd },
  { name: 'live_co_visits', begin: liveCoVisits },
  { name: BEST_SO_FAR, begin: bestSoFar },
];

function popularity({ itemIds }: OnlineSizes): OnlineRecommender {
  const counts = new Float64Array(itemIds.length);
  return {
    bytes: counts.byteLength,
    recommend: (_, history, limit) => bestOf(counts, history, limit),
    learn({ item }) {
      counts[item] = (counts[item] as number) + 1;
    },
  };
}

function isgd({ users, itemIds }: OnlineSizes): OnlineRecommender {
  const model = new IncrementalMf({ users, items: itemIds.length, ...ISGD, random: seededRandom(SEED) });
  const scores = new Float64Array(itemIds.length).fill(-Infinity);
  const known = new Uint8Array(itemIds.length);
  return {
    bytes: model.bytes,
    recommend({ user }, history, limit) {
      for (let item = 0; item < scores.length; item += 1)
        scores[item] = known[item] === 1 ? model.scoreOf(user, item) : -Infinity;
      return bestOf(scores, history, limit);
    },
    learn({ user, item }) {
      known[item] = 1;
      model.learn(user, item);
    },
  };
}

function liveCoVisits({ itemIds }: OnlineSizes): OnlineRecommender {
  const model = new LiveCoVisits({ items: itemIds.length, historyMax: HISTORY_MAX });
  const scores = new Float64Array(itemIds.length);
  return {
    get bytes() {
      return model.bytes;
    },
    recommend(_, history, limit) {
      scores.fill(0);
      model.score(history, scores);
      return bestOf(scores, history, limit);
    },
    learn: ({ item }, history) => model.learn(history, item),
  };
}

/** Lists of whichever of the others has been right most often until now: which one that is depends on the shop, and on how long it has been open. */
function bestSoFar(sizes: OnlineSizes): OnlineRecommender {
  const others = [popularity, isgd, liveCoVisits].map((begin) => ({ recommender: begin(sizes), gained: 0, list: [] as ArrayLike<number> })); // prettier-ignore
  return {
    get bytes() {
      return others.reduce((sum, { recommender }) => sum + recommender.bytes, 0);
    },
    recommend(event, history, limit) {
      for (const other of others) other.list = Array.from(other.recommender.recommend(event, history, limit));
      return others.reduce((best, other) => (other.gained > best.gained ? other : best)).list;
    },
    learn(event, history) {
      for (const other of others) {
        const place = Array.prototype.indexOf.call(other.list, event.item);
        if (place >= 0) other.gained += 1 / Math.log2(2 + place);
        other.list = [];
        other.recommender.learn(event, history);
      }
    },
  };
}

/** A plain selection: lists are short. Items of score 0 are those of which nothing is known. */
function bestOf(scores: Float64Array, without: readonly number[], limit: number): number[] {
  const had = new Set(without);
  const best: number[] = [];
  let worst = -Infinity;
  for (let item = 0; item < scores.length; item += 1) {
    const score = scores[item] as number;
    if (score === 0 || score === -Infinity || (best.length === limit && score <= worst) || had.has(item)) continue;
    let place = best.length;
    while (place > 0 && (scores[best[place - 1] as number] as number) < score) place -= 1;
    best.splice(place, 0, item);
    if (best.length > limit) best.pop();
    worst = scores[best.at(-1) as number] as number;
  }
  return best;
}
