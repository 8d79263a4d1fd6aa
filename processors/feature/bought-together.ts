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

/**
 * The lookup may be far behind, as after an import: then the share of baskets that hold the other item is right all the same, as long
 * as both numbers are the lookup's own. Of what it does not know yet, no count can be below what both share.
 */
function liftOf(activity: ItemActivity, itemId: string, count: number, { byItem, baskets }: Occurrences): number {
  const own = Math.max(activity.baskets, count);
  const known = byItem.get(itemId)?.baskets ?? 0;
  if (known > 0 && baskets >= known) return (count * baskets) / (own * known);
  return Math.max(baskets, own) / own;
}
