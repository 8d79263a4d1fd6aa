// The items of the current session that count in a query, and what a held session weighs by which of them it shares.
import type { CountedNames } from './counted-names.ts';
import { WINDOW_ITEMS_MAX, type SessionIndexOptions } from './session-index-options.ts';
import type { VoteFactors } from './vote-factors.ts';

/**
 * A session whose latest shared item is the window's p-th latest weighs similarity × (1 − p/10), as in Serenade. Votes are counted in
 * tenths, over the number of items counted: whole numbers, so that sums are exact in any order.
 */
export const WEIGHT_STEPS = 10;

export class SessionWindow {
  /** Latest first, each once. */
  readonly ids: number[] = [];
  readonly names: string[] = [];
  /** Of each item: the latest has the number of items counted, the first 1. */
  readonly weights: number[] = [];
  /** Known items of the current session, repeats too. */
  counted = 0;
  /** By set of shared items, a bit each, the latest lowest. */
  readonly similarity = new Int32Array(1 << WINDOW_ITEMS_MAX);
  /** Likewise: of a vote. */
  readonly weight = new Int32Array(1 << WINDOW_ITEMS_MAX);
  readonly #items: CountedNames;
  readonly #itemsMax: number;
  readonly #stepFactors: Int32Array | null;
  /** How many known items came after each. */
  readonly #steps: number[] = [];

  constructor(items: CountedNames, { windowItems }: SessionIndexOptions, { window }: VoteFactors) {
    this.#items = items;
    this.#itemsMax = windowItems;
    this.#stepFactors = window;
  }

  /** Takes the latest items of a session, which are oldest first. False when none of them is known. */
  look(current: readonly string[]): boolean {
    this.#clear();
    const first = Math.max(0, current.length - this.#itemsMax);
    for (let at = first; at < current.length; at += 1) {
      if (this.#items.idOf(current[at] as string) >= 0) this.counted += 1;
    }
    let weight = this.counted;
    for (let at = current.length - 1; at >= first; at -= 1) {
      const id = this.#items.idOf(current[at] as string);
      if (id < 0) continue;
      if (!this.ids.includes(id)) {
        this.ids.push(id);
        this.names.push(current[at] as string);
        this.weights.push(weight);
        this.#steps.push(this.counted - weight);
      }
      weight -= 1;
    }
    this.#weigh();
    return this.ids.length > 0;
  }

  #clear(): void {
    this.ids.length = 0;
    this.names.length = 0;
    this.weights.length = 0;
    this.#steps.length = 0;
    this.counted = 0;
  }

  #weigh(): void {
    const { similarity, weight } = this;
    for (let shared = 1; shared < 1 << this.ids.length; shared += 1) {
      const latest = latestOf(shared);
      const others = shared & (shared - 1);
      similarity[shared] = (similarity[others] as number) + (this.weights[latest] as number);
      weight[shared] =
        this.#stepFactors === null
          ? (similarity[shared] as number) * (WEIGHT_STEPS - 1 - latest)
          : (weight[others] as number) + (this.#stepFactors[this.#steps[latest] as number] as number);
    }
  }
}

/** The place in the window of the latest item of a set that is not empty. */
export function latestOf(shared: number): number {
  return 31 - Math.clz32(shared & -shared);
}
