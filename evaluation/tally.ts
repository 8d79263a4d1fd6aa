// Collects what one algorithm's lists were worth, event by event.
import { ShownItems } from './catalogue-metrics.ts';
import { averagePrecisionAt, hitAt, ndcgAt, recallAt, reciprocalRankAt } from './metrics.ts';
import { bootstrapInterval, quantile, type Interval } from './statistics.ts';

/** Metrics of a list, in the order in which results name them; those in percent carry the factor 100. */
const METRICS = {
  hit_rate: (ranks: readonly number[], _relevant: number, k: number) => 100 * hitAt(ranks, k),
  mrr: (ranks: readonly number[], _relevant: number, k: number) => 100 * reciprocalRankAt(ranks, k),
  recall: recallAt,
  ndcg: ndcgAt,
  map: averagePrecisionAt,
} as const;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

/** One event: who it belongs to, what was right and what was offered. */
export interface Scored {
  /** Number of the session or customer. */
  readonly group: number;
  readonly relevant: readonly number[];
  readonly list: ArrayLike<number>;
  /** Names of the parts of the report that it counts in as well: `history 3`. */
  readonly slices: readonly string[];
  readonly elapsedMs: number;
}

/** Of two items, in [0, 1]. */
export type Likeness = (one: number, other: number) => number;

export class Tally {
  readonly #ks: readonly number[];
  readonly #kMax: number;
  /** By group: events. */
  readonly sizes: Float64Array;
  /** By metric at k, by group. */
  readonly #sums = new Map<string, Float64Array>();
  readonly #slices = new Map<string, { events: number; sums: Map<string, number> }>();
  readonly #shown: ShownItems;
  readonly #latenciesMs: number[] = [];
  #events = 0;
  readonly #likeness: Likeness | undefined;
  #distances = 0;
  /** Of two items and more. */
  #lists = 0;

  /** @param popularity by item: occurrences in the training data. @param likeness where known, how much lists differ within is told too. */
  constructor(groups: number, ks: readonly number[], popularity: ArrayLike<number>, likeness?: Likeness) {
    this.#likeness = likeness;
    this.#ks = ks;
    this.#kMax = Math.max(...ks);
    this.sizes = new Float64Array(groups);
    this.#shown = new ShownItems(popularity);
    for (const k of ks) for (const name of METRIC_NAMES) this.#sums.set(`${name}@${k}`, new Float64Array(groups));
  }

  get events(): number {
    return this.#events;
  }

  add({ group, relevant, list, slices, elapsedMs }: Scored): void {
    this.#events += 1;
    this.sizes[group] = (this.sizes[group] as number) + 1;
    this.#latenciesMs.push(elapsedMs);
    const length = Math.min(list.length, this.#kMax);
    this.#shown.add(list, length);
    if (this.#likeness !== undefined && length > 1) {
      this.#distances += 1 - meanLikeness(list, length, this.#likeness);
      this.#lists += 1;
    }
    const ranks: number[] = [];
    for (let place = 0; place < length; place += 1) if (relevant.includes(list[place] as number)) ranks.push(place + 1);
    const parts = slices.map((name) => this.#slice(name));
    for (const part of parts) part.events += 1;
    for (const k of this.#ks) {
      for (const name of METRIC_NAMES) {
        const key = `${name}@${k}`;
        const value = METRICS[name](ranks, relevant.length, k);
        if (value === 0) continue;
        const sums = this.sumsOf(key);
        sums[group] = (sums[group] as number) + value;
        for (const part of parts) part.sums.set(key, (part.sums.get(key) ?? 0) + value);
      }
    }
  }

  /** By group. @param key such as `mrr@20` */
  sumsOf(key: string): Float64Array {
    const sums = this.#sums.get(key);
    if (sums === undefined) throw new RangeError(`${key} is not measured`);
    return sums;
  }

  mean(key: string): number {
    let sum = 0;
    for (const each of this.sumsOf(key)) sum += each;
    return this.#events === 0 ? 0 : sum / this.#events;
  }

  interval(key: string): Interval {
    return bootstrapInterval(this.sumsOf(key), this.sizes);
  }

  means(): Record<string, number> {
    return Object.fromEntries([...this.#sums.keys()].map((key) => [key, this.mean(key)]));
  }

  /** Of the lists as a whole, as long as the largest k. */
  catalogue(): Record<string, number> {
    const { coverage, averagePopularity, gini, novelty, diversity } = this.#shown;
    const within = this.#likeness === undefined ? {} : { intra_list_distance: this.#lists === 0 ? 0 : this.#distances / this.#lists }; // prettier-ignore
    return { coverage, arp: averagePopularity, gini, novelty, diversity, ...within };
  }

  /** Means within parts of the events, by name, in the order in which they first came up. */
  slices(): { name: string; events: number; means: Record<string, number> }[] {
    return [...this.#slices].map(([name, { events, sums }]) => ({
      name,
      events,
      means: Object.fromEntries([...this.#sums.keys()].map((key) => [key, (sums.get(key) ?? 0) / events])),
    }));
  }

  latencyMs(share: number): number {
    return quantile(Float64Array.from(this.#latenciesMs).sort(), share);
  }

  #slice(name: string): { events: number; sums: Map<string, number> } {
    const known = this.#slices.get(name);
    if (known !== undefined) return known;
    const slice = { events: 0, sums: new Map<string, number>() };
    this.#slices.set(name, slice);
    return slice;
  }
}

/** Over all pairs of a list (Ziegler et al., WWW 2005: the intra-list similarity). */
function meanLikeness(list: ArrayLike<number>, length: number, likeness: Likeness): number {
  let sum = 0;
  for (let place = 1; place < length; place += 1)
    for (let above = 0; above < place; above += 1) sum += likeness(list[place] as number, list[above] as number);
  return sum / ((length * (length - 1)) / 2);
}
