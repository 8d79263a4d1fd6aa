// How far the heat of an item is believed: newcomers count as in models/newcomers.ts, so a thousand accounts made for the purpose lift an item
// less than a few dozen customers. Where everybody is new, as in a new shop, the order stays what it was.
import { heatAt } from '../../models/decay.ts';
import { believedInFull, believedOf } from '../../models/newcomers.ts';
import type { ItemActivity } from '../../schemas/types.ts';
import { NEWCOMERS } from '../segment/classify.ts';
import { DAY_HALF_LIFE_MS } from './limits.ts';

/**
 * What is to be added to any heat of the item: at most 0. It never falls faster than a heat of a day or less rises by the event that makes it
 * fall, so that heats so lowered never fall.
 */
export function trustOf({ day_heat, segment_heats, updated_at }: ItemActivity): number {
  const newHeat = segment_heats.get(NEWCOMERS);
  if (newHeat === undefined) return 0;
  const newcomers = heatAt(newHeat, updated_at, DAY_HALF_LIFE_MS);
  const others = Math.max(0, heatAt(day_heat, updated_at, DAY_HALF_LIFE_MS) - newcomers);
  const full = believedInFull(others);
  if (!(newcomers > full)) return 0;
  return Math.log((others + believedOf(newcomers, full)) / (others + newcomers));
}
