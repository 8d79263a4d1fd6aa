// One list out of what each partition of the items contributes to it.
import { heatAt } from '../../models/decay.ts';
import type { ListedItem, RankingPart } from '../../schemas/types.ts';
import { DAY_HALF_LIFE_MS, HOUR_HALF_LIFE_MS } from '../feature/limits.ts';
import { isBefore } from '../feature/list-head.ts';
import { TRENDING } from '../feature/lists.ts';

export const LIST_ITEMS_MAX = 100;

/** `withheld`: sold out, hidden or not on sale at the moment. `unknown`: the catalogue does not have it. */
export type Standing = 'offered' | 'withheld' | 'unknown';

/**
 * Best first, with scores at `atMs`: the decayed sum of interest, a view counting 1. An item stands in one part only.
 *
 * What is withheld keeps its place without counting, up to as many again: readers leave it out, and it is back at once when it can be had.
 */
export function mergeParts(
  list: string,
  parts: readonly RankingPart[],
  atMs: number,
  standingOf: (itemId: string) => Standing,
): ListedItem[] {
  const halfLifeMs = list === TRENDING ? HOUR_HALF_LIFE_MS : DAY_HALF_LIFE_MS;
  const hottestFirst = parts.flatMap(({ entries }) => entries).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  const items: ListedItem[] = [];
  const counts = { offered: 0, withheld: 0 };
  for (const { item_id, heat } of hottestFirst) {
    if (counts.offered >= LIST_ITEMS_MAX) break;
    const standing = standingOf(item_id);
    if (standing === 'unknown' || counts[standing] >= LIST_ITEMS_MAX) continue;
    counts[standing] += 1;
    items.push({ item_id, score: heatAt(heat, atMs, halfLifeMs) });
  }
  return items;
}
