// One list out of what each partition of the items contributes to it.
import { heatAt } from '../../models/decay.ts';
import type { ListedItem, RankingPart } from '../../schemas/types.ts';
import { DAY_HALF_LIFE_MS, HOUR_HALF_LIFE_MS } from '../feature/limits.ts';
import { isBefore } from '../feature/list-head.ts';
import { TRENDING } from '../feature/lists.ts';

export const LIST_ITEMS_MAX = 100;

/** Best first, with scores at `atMs`: the decayed sum of interest, a view counting 1. An item stands in one part only. */
export function mergeParts(
  list: string,
  parts: readonly RankingPart[],
  atMs: number,
  isOffered: (itemId: string) => boolean,
): ListedItem[] {
  const halfLifeMs = list === TRENDING ? HOUR_HALF_LIFE_MS : DAY_HALF_LIFE_MS;
  const hottestFirst = parts.flatMap(({ entries }) => entries).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  const items: ListedItem[] = [];
  for (const { item_id, heat } of hottestFirst) {
    if (items.length >= LIST_ITEMS_MAX) break;
    if (isOffered(item_id)) items.push({ item_id, score: heatAt(heat, atMs, halfLifeMs) });
  }
  return items;
}
