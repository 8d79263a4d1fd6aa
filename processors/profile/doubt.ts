// What is learnt from a newcomer's session: of an item that nearly only newcomers have, the less the more of them there are (models/newcomers.ts).
// It is decided where sessions and pairs come from, so that the session index, neighbours and what is bought together are all bounded.
import { heatFrom } from '../../models/decay.ts';
import type { ItemIndex } from '../../models/item-index.ts';
import { SESSION_HALF_LIFE_MS } from '../feature/limits.ts';

export const NO_ITEMS: ReadonlySet<string> = new Set();

/** Of the items of a newcomer, those of which nothing is learnt from this session at this time; mostly none. */
export function doubtedOf(
  itemIds: readonly string[],
  items: Pick<ItemIndex, 'idOf' | 'admissionOf'>,
  atMs: number,
  random: () => number,
): ReadonlySet<string> {
  const heatOfNow = heatFrom(1, atMs, SESSION_HALF_LIFE_MS);
  const admissionOf = (itemId: string) => items.admissionOf(items.idOf(itemId), heatOfNow);
  const suspects = itemIds.filter((itemId) => admissionOf(itemId) < 1);
  if (suspects.length === 0) return NO_ITEMS;
  const doubted = new Set(suspects);
  for (const itemId of doubted) if (random() < admissionOf(itemId)) doubted.delete(itemId);
  return doubted;
}
