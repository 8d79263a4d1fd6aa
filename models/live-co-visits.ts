// Which items the same customers have, kept up to date one event at a time: item-kNN that never waits for training. An item's vote for
// another is the share of its own customers who have that one too, P(other | item) (Deshpande and Karypis, "Item-based top-N recommendation
// algorithms", TOIS 2004): unlike the cosine it keeps popularity in, which
// online learning has to beat.

export interface LiveCoVisitsOptions {
  readonly items: number;
  /** Latest items of a customer that a new one is paired with, and that vote. */
  readonly historyMax: number;
  /** Other items that are kept of each: from twice as many on, the strongest. @default 1,000 */
  readonly partnersMax?: number;
}

const PARTNERS_MAX = 1000;

export class LiveCoVisits {
  readonly #options: LiveCoVisitsOptions;
  readonly #count: Int32Array;
  /** By item: how often with each other one. */
  readonly #together: Map<number, number>[] = [];
  #pairs = 0;
  readonly #partnersMax: number;

  constructor(options: LiveCoVisitsOptions) {
    this.#options = options;
    this.#count = new Int32Array(options.items);
    this.#partnersMax = options.partnersMax ?? PARTNERS_MAX;
  }

  /** A map takes some 40 bytes an entry. */
  get bytes(): number {
    return this.#count.byteLength + 40 * this.#pairs;
  }

  /** @param history the customer's items, oldest first. Adds to `scores`. */
  score(history: readonly number[], scores: Float64Array): void {
    for (const item of history.slice(-this.#options.historyMax)) {
      const together = this.#together[item];
      if (together === undefined) continue;
      const share = 1 / (this.#count[item] as number);
      for (const [other, times] of together) scores[other] = (scores[other] as number) + share * times;
    }
  }

  /** @param history the customer's items before this one, oldest first. */
  learn(history: readonly number[], item: number): void {
    this.#count[item] = (this.#count[item] as number) + 1;
    for (const other of history.slice(-this.#options.historyMax)) {
      this.#pair(item, other);
      this.#pair(other, item);
    }
  }

  #pair(one: number, other: number): void {
    const together = (this.#together[one] ??= new Map<number, number>());
    const times = together.get(other) ?? 0;
    if (times === 0) this.#pairs += 1;
    together.set(other, times + 1);
    if (together.size <= 2 * this.#partnersMax) return;
    const kept = [...together].sort(([, one], [, two]) => two - one).slice(0, this.#partnersMax);
    this.#pairs -= together.size - kept.length;
    this.#together[one] = new Map(kept);
  }
}
