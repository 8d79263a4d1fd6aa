// The items that complement one: more often in its baskets than chance would put them there.
import type { BoughtTogether, ItemActivity } from '../../schemas/types.ts';
import { offer, type Scored } from './best.ts';
import { limits } from './limits.ts';
import type { Occurrences } from './occurrences.ts';

/** So many shared baskets, and the lift counts half for the order: rare items reach high lifts by chance. */
const SHRINKAGE_BASKETS = 3;

/**
 * Best first. With n baskets in all, n(a) with the item, n(b) with the other and n(a,b) with both:
 * confidence = n(a,b) / n(a), lift = confidence / (n(b) / n). Only what lifts, and was seen together often enough.
 */
export function boughtTogetherOf(activity: ItemActivity, known: Occurrences): BoughtTogether[] {
  const best: Scored[] = [];
  for (const [itemId, count] of activity.basket_counts) {
    if (count < limits.sharedBasketsMin) continue;
    const lift = liftOf(activity, itemId, count, known);
    if (lift > 1) offer(best, itemId, (lift * count) / (count + SHRINKAGE_BASKETS), limits.boughtTogetherMax);
  }
  return best.map(({ item_id }) => {
    const count = activity.basket_counts.get(item_id) ?? 0;
    const confidence = count / Math.max(activity.baskets, count);
    return { item_id, lift: liftOf(activity, item_id, count, known), confidence, count };
  });
}

/** The lookup may be behind: no count can be below what both share. */
function liftOf(activity: ItemActivity, itemId: string, count: number, { byItem, baskets }: Occurrences): number {
  const own = Math.max(activity.baskets, count);
  const other = Math.max(byItem.get(itemId)?.baskets ?? count, count);
  const all = Math.max(baskets, own, other);
  return (count * all) / (own * other);
}
