// Which categories are bought again, and after how long: milk is, a television is not.
import type { RepeatHabit } from '../models/batch-model.ts';
import type { History } from './history.ts';

const DAY_MS = 86_400_000;
/** With fewer purchases nothing is said of a category. */
const PURCHASES_MIN = 20;
/** Purchases of one item that lie nearer together are one: a basket, an order and its correction. */
const SAME_PURCHASE_MS = 12 * 3_600_000;
/** A purchase that was not repeated counts once so many times the median has passed since. */
const PATIENCE = 2;

interface Tally {
  readonly gapsMs: number[];
  /** How long ago the last purchase of each customer and item was. */
  readonly waitingMs: number[];
}

/** By category, of those bought often enough. An item counts for all of its categories. */
export function learnRepeats(
  { items, customers, untilMs }: History,
  categoriesOf: (itemId: string) => readonly string[],
): Record<string, RepeatHabit> {
  const tallies = new Map<string, Tally>();
  for (const { deeds } of customers) {
    const purchases = Map.groupBy(
      deeds.filter(({ kind }) => kind === 'purchase'),
      ({ item }) => item,
    );
    for (const [item, own] of purchases) {
      const times = distinctTimes(own.map(({ atMs }) => atMs));
      for (const category of categoriesOf(items[item] as string)) addTimes(tallyOf(tallies, category), times, untilMs);
    }
  }
  return Object.fromEntries(
    [...tallies]
      .filter(([, { gapsMs, waitingMs }]) => gapsMs.length + waitingMs.length >= PURCHASES_MIN)
      .map(([category, tally]) => [category, habitOf(tally)]),
  );
}

function distinctTimes(timesMs: readonly number[]): number[] {
  const distinct: number[] = [];
  for (const timeMs of timesMs) if (timeMs - (distinct.at(-1) ?? -Infinity) >= SAME_PURCHASE_MS) distinct.push(timeMs);
  return distinct;
}

function addTimes(tally: Tally, timesMs: readonly number[], untilMs: number): void {
  for (let at = 1; at < timesMs.length; at += 1)
    tally.gapsMs.push((timesMs[at] as number) - (timesMs[at - 1] as number));
  const last = timesMs.at(-1);
  if (last !== undefined) tally.waitingMs.push(untilMs - last);
}

/** A last purchase that is too young to have been repeated says nothing either way. */
function habitOf({ gapsMs, waitingMs }: Tally): RepeatHabit {
  if (gapsMs.length === 0) return { share: 0, days: 0 };
  const medianMs = gapsMs.toSorted((one, other) => one - other)[gapsMs.length >> 1] as number;
  const given = waitingMs.filter((waitedMs) => waitedMs > PATIENCE * medianMs).length;
  return { share: gapsMs.length / (gapsMs.length + given), days: medianMs / DAY_MS };
}

function tallyOf(tallies: Map<string, Tally>, category: string): Tally {
  let tally = tallies.get(category);
  if (tally === undefined) tallies.set(category, (tally = { gapsMs: [], waitingMs: [] }));
  return tally;
}
