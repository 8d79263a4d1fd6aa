// The hottest items of one list within one partition.
//
// Exact although it forgets the others: heats only rise, and an item is offered whenever its own has risen.
import type { RankingEntry, RankingPart } from '../../schemas/types.ts';
import { limits } from './limits.ts';

export function emptyHead(list: string, part: number): RankingPart {
  return { list, part, updated_at: 0, entries: [] };
}

/** Changes `head`: the item is so hot now. False when that changes nothing: others are hotter. */
export function placeItem(head: RankingPart, itemId: string, heat: number, atMs: number): boolean {
  const { entries } = head;
  const one: RankingEntry = { item_id: itemId, heat };
  const last = entries.at(-1);
  if (entries.length >= limits.listItemsMax && last !== undefined && isBefore(last, one)) return false;
  const known = entries.findIndex(({ item_id }) => item_id === itemId);
  if (known >= 0) entries.splice(known, 1);
  let place = known >= 0 ? known : entries.length;
  while (place > 0 && isBefore(one, entries[place - 1] as RankingEntry)) place -= 1;
  entries.splice(place, 0, one);
  if (entries.length > limits.listItemsMax) entries.pop();
  head.updated_at = Math.max(head.updated_at, atMs);
  return true;
}

/** Hottest first; of two as hot the smaller id, so that every replay agrees. */
export function isBefore(a: RankingEntry, b: RankingEntry): boolean {
  return a.heat > b.heat || (a.heat === b.heat && a.item_id < b.item_id);
}
