// The hottest items of one list within one partition.
//
// Exact although it forgets the others: heats only rise, and an item is offered whenever its own has risen.
import { addHeat, EMPTY_HEAT } from '../../models/decay.ts';
import type { HeadEntry, ListHead, RankingPart } from '../../schemas/types.ts';
import { HOUR_HALF_LIFE_MS, limits } from './limits.ts';

export function emptyHead(list: string): ListHead {
  return { list, updated_at: 0, placing_heat: EMPTY_HEAT, entries: [] };
}

/** Changes `head`: the item is so hot now. False when that changes nothing: others are hotter. */
export function placeItem(
  head: ListHead,
  itemId: string,
  heat: number,
  atMs: number,
  countMax: number = limits.listItemsMax,
): boolean {
  const { entries } = head;
  const one: HeadEntry = { item_id: itemId, heat };
  const last = entries.at(-1);
  if (entries.length >= countMax && last !== undefined && isBefore(last, one)) return false;
  const known = entries.findIndex(({ item_id }) => item_id === itemId);
  if (known >= 0) entries.splice(known, 1);
  let place = known >= 0 ? known : entries.length;
  while (place > 0 && isBefore(one, entries[place - 1] as HeadEntry)) place -= 1;
  entries.splice(place, 0, one);
  if (entries.length > countMax) entries.pop();
  head.updated_at = Math.max(head.updated_at, atMs);
  head.placing_heat = addHeat(head.placing_heat, 1, atMs, HOUR_HALF_LIFE_MS);
  return true;
}

/** The head as the stage that merges the partitions gets it. */
export function partOf({ list, updated_at, entries }: ListHead, part: number): RankingPart {
  return { list, part, updated_at, entries };
}

/** Hottest first; of two as hot the smaller id, so that every replay agrees. */
export function isBefore(a: HeadEntry, b: HeadEntry): boolean {
  return a.heat > b.heat || (a.heat === b.heat && a.item_id < b.item_id);
}
