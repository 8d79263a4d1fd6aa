// The items that complement one: more often in its baskets than chance would put them there.
import type { BoughtTogether, ItemActivity } from '../../schemas/types.ts';
import { limits } from './limits.ts';
import type { Occurrences } from './occurrences.ts';

/** So many shared baskets, and the lift counts half for the order: rare items reach high lifts by chance. */
const SHRINKAGE_BASKETS = 3;

/**
 * Best first. With n baskets in all, n(a) with the item, n(b) with the other and n(a,b) with both:
 * confidence = n(a,b) / n(a), lift = confidence / (n(b) / n). Only what lifts, and was seen together often enough.
 */
export function boughtTogetherOf(activity: ItemActivity, { byItem, baskets }: Occurrences): BoughtTogether[] {
  const together: BoughtTogether[] = [];
  for (const [itemId, count] of activity.basket_counts) {
    if (count < limits.sharedBasketsMin) continue;
    // The lookup may be behind: no count can be below what both share.
    const own = Math.max(activity.baskets, count);
    const other = Math.max(byItem.get(itemId)?.baskets ?? count, count);
    const all = Math.max(baskets, own, other);
    const lift = (count * all) / (own * other);
    if (lift > 1) together.push({ item_id: itemId, lift, confidence: count / own, count });
  }
  return together.sort(byShrunkLift).slice(0, limits.boughtTogetherMax);
}

function byShrunkLift(a: BoughtTogether, b: BoughtTogether): number {
  return shrunkLift(b) - shrunkLift(a) || (a.item_id < b.item_id ? -1 : 1);
}

function shrunkLift({ lift, count }: BoughtTogether): number {
  return (lift * count) / (count + SHRINKAGE_BASKETS);
}
