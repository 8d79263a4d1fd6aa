// The items that may complement one: those that it shares most baskets with, held against how many baskets they are in.
//
// Whether they do, more often than chance, is for whoever reads them to say (`models/lift.ts`): it changes with every basket of the
// shop, and what is published of an item only when something happens to it.
import type { BoughtTogether, ItemActivity } from '../../schemas/types.ts';
import { offer, type Scored } from './best.ts';
import { limits } from './limits.ts';
import type { Occurrences } from './occurrences.ts';

/** So many shared baskets, and the lift counts half for the order: rare items reach high lifts by chance. */
const SHRINKAGE_BASKETS = 3;

/**
 * Most promising first, and only what was seen together often enough. The order is that of the lifts: of one item's others they differ
 * only in how many baskets each other is in. The lookup, which may be behind, decides on nothing but who is left out beyond the limit.
 */
export function boughtTogetherOf(activity: ItemActivity, { byItem }: Occurrences): BoughtTogether[] {
  const best: Scored[] = [];
  for (const [itemId, count] of activity.basket_counts) {
    if (count < limits.sharedBasketsMin) continue;
    const known = Math.max(byItem.get(itemId)?.baskets ?? 0, count);
    offer(best, itemId, (count / known) * (count / (count + SHRINKAGE_BASKETS)), limits.boughtTogetherMax);
  }
  return best.map(({ item_id }) => ({ item_id, count: activity.basket_counts.get(item_id) ?? 0 }));
}
