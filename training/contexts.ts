// What is sought when and where: learnt from all deeds, by the most general category, of which there is enough in every hour.
import { circumstancesOf, type ContextLifts } from '../models/context-lifts.ts';
import type { History } from './history.ts';

/** As if so many deeds in each circumstance had been as usual: what is rare is not taken for a rule. */
const USUAL_DEEDS = 200;
/** Nearer to 1 is not worth telling. */
const NOTABLE = 0.05;
/** Circumstances that are told apart: those in which most happened. */
const CIRCUMSTANCES_MAX = 200;

/** @param categoryOf the category that an item counts for, if any. */
export function learnContexts(
  { customers, items }: History,
  categoryOf: (itemId: string) => string | undefined,
): ContextLifts {
  const usual = new Map<string, number>();
  const counts = new Map<string, Map<string, number>>();
  let total = 0;
  for (const { deeds, location } of customers) {
    for (const { item, atMs, channel } of deeds) {
      const category = categoryOf(items[item] as string);
      if (category === undefined) continue;
      total += 1;
      count(usual, category);
      for (const circumstance of circumstancesOf({ timeMs: atMs, channel, location }))
        count(tallyOf(counts, circumstance), category);
    }
  }
  const most = [...counts].sort(([, one], [, other]) => sumOf(other) - sumOf(one)).slice(0, CIRCUMSTANCES_MAX);
  return Object.fromEntries(most.map(([circumstance, tally]) => [circumstance, liftsOf(tally, usual, total)]));
}

function liftsOf(tally: ReadonlyMap<string, number>, usual: ReadonlyMap<string, number>, total: number) {
  const here = sumOf(tally);
  const lifts = [...usual].map(([category, everywhere]) => {
    const share = everywhere / total;
    const lift = ((tally.get(category) ?? 0) + USUAL_DEEDS * share) / ((here + USUAL_DEEDS) * share);
    return [category, lift] as const;
  });
  return Object.fromEntries(lifts.filter(([, lift]) => Math.abs(lift - 1) > NOTABLE));
}

function tallyOf(counts: Map<string, Map<string, number>>, circumstance: string): Map<string, number> {
  const known = counts.get(circumstance);
  if (known !== undefined) return known;
  const tally = new Map<string, number>();
  counts.set(circumstance, tally);
  return tally;
}

function sumOf(tally: ReadonlyMap<string, number>): number {
  return [...tally.values()].reduce((sum, each) => sum + each, 0);
}

function count(tally: Map<string, number>, name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
}
