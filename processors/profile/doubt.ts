// What is learnt from a newcomer's session: of an item that nearly only newcomers have, the less the more of them there are (models/newcomers.ts).
// It is decided where sessions and pairs come from, so that the session index, neighbours and what is bought together are all bounded.
import { heatFrom } from '../../models/decay.ts';
import type { ItemIndex } from '../../models/item-index.ts';
import { SESSION_HALF_LIFE_MS } from '../feature/limits.ts';

/** Of the items of a newcomer, those of which nothing is learnt from this session at this time; mostly none. */
export function doubtedOf(
  itemIds: Iterable<string>,
  items: Pick<ItemIndex, 'idOf' | 'admissionOf'>,
  atMs: number,
  random: () => number,
): ReadonlySet<string> {
  const doubted = new Set<string>();
  const heatOfNow = heatFrom(1, atMs, SESSION_HALF_LIFE_MS);
  for (const itemId of itemIds) {
    const admission = items.admissionOf(items.idOf(itemId), heatOfNow);
    if (admission < 1 && random() >= admission) doubted.add(itemId);
  }
  return doubted;
}
