// What is known of each candidate for the next click of a session, as numbers that a linear blend can weigh: what each source thinks of
// it, how popular it is, and where the session has seen it before. The last matters: in shops the next item often is one seen before.
import type { SessionSource } from './session-source.ts';
import { SparseScores } from './sparse-scores.ts';

/** Features beside those of the sources. */
const OWN_FEATURES = [
  'popularity',
  'recent_popularity',
  'is_current',
  'is_earlier',
  'nearness',
  'current_times',
  'earlier_times',
  'current_by_length',
  'earlier_by_length',
  'current_again',
] as const;

/** What each source says counts also as this, when the item is new to the session. */
const PER_SOURCE = 2;

/** The share that a source is taken to give to items it doesn't know. */
const SHARE_FLOOR = 3e-4;

export interface ItemCounts {
  /** By item: sessions it occurs in. */
  readonly all: Float64Array;
  /** By item: those among the latest sessions. */
  readonly recent: Float64Array;
  readonly total: number;
}

/** The part of all sessions that counts as recent. */
const RECENT_SHARE = 0.05;

/** @param sessions oldest first. */
export function countItems(sessions: readonly ArrayLike<number>[], items: number): ItemCounts {
  const all = new Float64Array(items);
  const recent = new Float64Array(items);
  const recentFrom = sessions.length * (1 - RECENT_SHARE);
  let total = 0;
  for (const [at, session] of sessions.entries()) {
    for (const item of new Set(Array.from(session))) {
      total += 1;
      all[item] = (all[item] as number) + 1;
      if (at >= recentFrom) recent[item] = (recent[item] as number) + 1;
    }
  }
  return { all, recent, total };
}

/** Candidates of one session in arrays that are used again for the next one. */
export class SessionFeatures {
  readonly width: number;
  readonly names: readonly string[];
  count = 0;
  /** By candidate, rising. */
  items = new Int32Array(0);
  /** By candidate × width. */
  values = new Float64Array(0);
  readonly #sources: readonly SessionSource[];
  readonly #scores: readonly SparseScores[];
  readonly #counts: ItemCounts;
  readonly #poolMax: number;
  readonly #pool = new Set<number>();

  /** @param poolMax candidates taken of each source. */
  constructor(sources: readonly SessionSource[], counts: ItemCounts, poolMax: number) {
    this.#sources = sources;
    this.#counts = counts;
    this.#poolMax = poolMax;
    this.#scores = sources.map(() => new SparseScores(counts.all.length));
    this.width = PER_SOURCE * sources.length + OWN_FEATURES.length;
    this.names = [
      ...sources.map(({ name }) => name),
      ...sources.map(({ name }) => `${name}_when_new`),
      ...OWN_FEATURES,
    ];
  }

  /** @param session item numbers, oldest first; negative ones are unknown. */
  look(session: readonly number[]): void {
    this.#choose(session);
    this.#makeRoom();
    for (const [source, scores] of this.#scores.entries()) {
      this.#describeSource(source, scores, session);
      scores.clear();
    }
    for (let candidate = 0; candidate < this.count; candidate += 1) this.#describe(candidate, session);
  }

  #choose(session: readonly number[]): void {
    this.#pool.clear();
    for (const item of session) if (item >= 0) this.#pool.add(item);
    for (const [at, source] of this.#sources.entries()) {
      const scores = this.#scores[at] as SparseScores;
      source.score(session, scores);
      for (const item of scores.best(this.#poolMax)) this.#pool.add(item);
    }
    this.count = this.#pool.size;
  }

  #makeRoom(): void {
    if (this.items.length < this.count) {
      this.items = new Int32Array(2 * this.count);
      this.values = new Float64Array(2 * this.count * this.width);
    }
    let at = 0;
    for (const item of this.#pool) this.items[at++] = item;
    this.items.subarray(0, this.count).sort();
  }

  #describeSource(source: number, scores: SparseScores, session: readonly number[]): void {
    let sum = 0;
    for (const item of scores.items) sum += scores.values[item] as number;
    const floor = Math.log(SHARE_FLOOR);
    for (let candidate = 0; candidate < this.count; candidate += 1) {
      const item = this.items[candidate] as number;
      const score = scores.values[item] as number;
      const value = score === 0 ? 0 : Math.log(score / sum + SHARE_FLOOR) - floor;
      const first = candidate * this.width + source;
      this.values[first] = value;
      this.values[first + this.#sources.length] = session.includes(item) ? 0 : value;
    }
  }

  #describe(candidate: number, session: readonly number[]): void {
    const item = this.items[candidate] as number;
    const { all, recent, total } = this.#counts;
    const length = session.length;
    const steps = length - 1 - session.lastIndexOf(item);
    const isCurrent = steps === 0;
    const isEarlier = !isCurrent && steps < length;
    const times = isCurrent || isEarlier ? Math.log(timesIn(session, item)) : 0;
    const own = candidate * this.width + PER_SOURCE * this.#sources.length;
    this.values[own] = Math.log(((all[item] as number) + 1) / total);
    this.values[own + 1] = Math.log((recent[item] as number) + 1);
    this.values[own + 2] = isCurrent ? 1 : 0;
    this.values[own + 3] = isEarlier ? 1 : 0;
    this.values[own + 4] = isEarlier ? 1 / steps : 0;
    this.values[own + 5] = isCurrent ? times : 0;
    this.values[own + 6] = isEarlier ? times : 0;
    this.values[own + 7] = isCurrent ? Math.log(length) : 0;
    this.values[own + 8] = isEarlier ? Math.log(length) : 0;
    this.values[own + 9] = isCurrent && length > 1 && session[length - 2] === item ? 1 : 0;
  }
}

function timesIn(session: readonly number[], item: number): number {
  let times = 0;
  for (const each of session) if (each === item) times += 1;
  return times;
}
