// What is published of an item: computed from all that happened to it.
import type { ItemActivity, ItemFeatures } from '../../schemas/types.ts';
import { boughtTogetherOf } from './bought-together.ts';
import { neighboursOf } from './neighbours.ts';
import type { Occurrences } from './occurrences.ts';

/** Conversion of an item of which little is known: one purchase in so many views. */
const PRIOR_VIEWS_PER_PURCHASE = 50;

export function featuresOf(activity: ItemActivity, known: Occurrences): ItemFeatures {
  const { views, purchases } = activity;
  return {
    item_id: activity.item_id,
    updated_at: activity.updated_at,
    views,
    carts: activity.carts,
    purchases,
    revenue: activity.revenue,
    // Shops that report purchases but no views would exceed 1.
    conversion: Math.min(1, (purchases + 1) / (views + PRIOR_VIEWS_PER_PURCHASE)),
    hour_heat: activity.hour_heat,
    day_heat: activity.day_heat,
    sessions: activity.sessions,
    session_heat: activity.session_heat,
    newcomer_share: shareOf(activity),
    baskets: activity.baskets,
    baskets_opened: activity.baskets_opened,
    neighbours: neighboursOf(activity, known),
    bought_together: boughtTogetherOf(activity, known),
  };
}

/** Of its sessions, faded alike, those of newcomers. */
function shareOf({ session_heat, newcomer_session_heat }: ItemActivity): number {
  return newcomer_session_heat === null ? 0 : Math.min(1, Math.exp(newcomer_session_heat - session_heat));
}
