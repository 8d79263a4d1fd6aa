// What became of lists where they were shown: per placement, source and rank, how often an item stood there and how often it was taken. What is
// taken names the list that led there (`recommendation_id`); of several placements that showed it the latest before counts.
import type { Impression, Interaction } from '../schemas/types.ts';

/** Lists shown that are kept, the latest ones: some 500 bytes each. */
const SHOWN_MAX = 200_000;
/** Items further down are seen by few. */
export const RANKS_MAX = 30;

interface ShownList {
  readonly key: string;
  readonly list: string;
  readonly customerId: string;
  readonly placement: string;
  readonly atMs: number;
  readonly items: Impression['items'];
  readonly taken: Set<string>;
}

export interface PlacedItem {
  readonly customerId: string;
  readonly placement: string;
  readonly algorithm: string;
  /** From 1. */
  readonly rank: number;
  readonly isTaken: boolean;
  readonly itemId: string;
  /** Null when who showed it did not say. */
  readonly propensity: number | null;
}

export class OutcomeCollector {
  /** By list and placement, in the order in which they were first told. */
  readonly #shown = new Map<string, ShownList>();
  readonly #byList = new Map<string, ShownList[]>();

  /** Served and seen are one and the same list. */
  impression({ customer_id: customerId, recommendation_id: list, placement, timestamp, items }: Impression): void {
    if (list === null || placement === null) return;
    const key = JSON.stringify([customerId, list, placement]);
    if (this.#shown.has(key)) return;
    const shown = { key, list, customerId, placement, atMs: timestamp, items, taken: new Set<string>() };
    this.#shown.set(key, shown);
    const ofList = this.#byList.get(list);
    if (ofList === undefined) this.#byList.set(list, [shown]);
    else ofList.push(shown);
    if (this.#shown.size > SHOWN_MAX) this.#forgetFirst();
  }

  interaction({ customer_id: customerId, recommendation_id: list, item_id: itemId, timestamp }: Interaction): void {
    if (list === null || itemId === null) return;
    const own = this.#byList.get(list)?.filter((each) => each.customerId === customerId && each.atMs <= timestamp) ?? []; // prettier-ignore
    const latest = own.reduce<ShownList | undefined>((best, one) => (best && best.atMs > one.atMs ? best : one), undefined); // prettier-ignore
    latest?.taken.add(itemId);
  }

  /** @param mayLearnFrom who refuses, or is a program, is left out. */
  collect(mayLearnFrom: (customerId: string) => boolean): PlacedItem[] {
    return [...this.#shown.values()]
      .filter(({ customerId }) => mayLearnFrom(customerId))
      .flatMap(
        ({ customerId, placement, items, taken }) =>
        items
          .filter(({ rank, algorithm }) => algorithm !== null && rank >= 1 && rank <= RANKS_MAX)
          .map(({ item_id: itemId, rank, algorithm, propensity }) => ({ customerId, placement, algorithm: algorithm as string, rank, isTaken: taken.has(itemId), itemId, propensity })), // prettier-ignore
      );
  }

  #forgetFirst(): void {
    const [first] = this.#shown.values();
    if (first === undefined) return;
    const { key, list } = first;
    this.#shown.delete(key);
    const rest = this.#byList.get(list)?.filter((each) => each !== first) ?? [];
    if (rest.length > 0) this.#byList.set(list, rest);
    else this.#byList.delete(list);
  }
}
