// The items most like one, by the sessions they share (item-item co-visitation).
import { heatAt } from '../../models/decay.ts';
import type { ItemActivity, Neighbour } from '../../schemas/types.ts';
import { offer } from './best.ts';
import { limits, SESSION_HALF_LIFE_MS } from './limits.ts';
import type { Occurrences } from './occurrences.ts';

/** So many shared sessions, and the similarity counts half: one chance meeting makes no neighbours. */
const SHRINKAGE_SESSIONS = 8;

/**
 * Best first. score = cos · n/(n + 2), where cos = w(a,b) / √(w(a)·w(b)) of the decayed sessions, so from 0 to 1, and n is what
 * is left of the shared sessions. All three decay alike, so their heats can be subtracted without asking for the time.
 */
export function neighboursOf(activity: ItemActivity, { byItem }: Occurrences): Neighbour[] {
  const neighbours: Neighbour[] = [];
  for (const [itemId, heat] of activity.covisits) {
    // Neither can be below what both share; but the lookup may be behind, and a session counts from its first item on.
    const own = Math.max(activity.session_heat, heat);
    const other = Math.max(byItem.get(itemId)?.sessionHeat ?? heat, heat);
    const cosine = Math.exp(heat - (own + other) / 2);
    const shared = heatAt(heat, activity.updated_at, SESSION_HALF_LIFE_MS);
    offer(neighbours, itemId, (cosine * shared) / (shared + SHRINKAGE_SESSIONS), limits.neighboursMax);
  }
  return neighbours;
}
