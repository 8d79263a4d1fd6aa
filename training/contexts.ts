// What is sought when and where: learnt from all deeds, by the most general category, of which there is enough in every hour.
import { ContextCounts } from '../models/context-counts.ts';
import { circumstancesOf, type ContextLifts } from '../models/context-lifts.ts';
import type { History } from './history.ts';

/** @param categoryOf the category that an item counts for, if any. */
export function learnContexts(
  { customers, items }: History,
  categoryOf: (itemId: string) => string | undefined,
): ContextLifts {
  const counts = new ContextCounts();
  for (const { deeds, location } of customers) {
    for (const { item, atMs, channel } of deeds) {
      const category = categoryOf(items[item] as string);
      if (category !== undefined) counts.add(category, circumstancesOf({ timeMs: atMs, channel, location }));
    }
  }
  return counts.lifts();
}
