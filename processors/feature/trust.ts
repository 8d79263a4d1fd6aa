// How far the heat of an item is believed. Many new accounts that want one thing may be a fashion, or somebody who pushes it: a fashion moves
// the shop's other customers too. So newcomers count in full up to a multiple of what others do, and beyond it only with the logarithm:
// a thousand accounts made for the purpose lift an item less than a few dozen customers. Where everybody is new, as in a new shop,
// the order stays what it was.
import { heatAt } from '../../models/decay.ts';
import type { ItemActivity } from '../../schemas/types.ts';
import type { SegmentName } from '../segment/classify.ts';
import { DAY_HALF_LIFE_MS } from './limits.ts';

const NEWCOMERS: SegmentName = 'New';

/** Newcomers bring that much of an item's heat for each part of the others', and more only as a crowd that is doubted. */
const NEWCOMERS_PER_OTHER = 3;
/** What others are taken to have brought at least, in looks within a day: what is new itself has only newcomers. */
const OTHERS_MIN = 5;

/**
 * What is to be added to any heat of the item: at most 0. It never falls faster than a heat of a day or less rises by the event that makes it
 * fall, so that heats so lowered never fall.
 */
export function trustOf({ day_heat, segment_heats, updated_at }: ItemActivity): number {
  const newHeat = segment_heats.get(NEWCOMERS);
  if (newHeat === undefined) return 0;
  const newcomers = heatAt(newHeat, updated_at, DAY_HALF_LIFE_MS);
  const others = Math.max(0, heatAt(day_heat, updated_at, DAY_HALF_LIFE_MS) - newcomers);
  const full = NEWCOMERS_PER_OTHER * Math.max(others, OTHERS_MIN);
  if (!(newcomers > full)) return 0;
  const believed = full * (1 + Math.log(newcomers / full));
  return Math.log((others + believed) / (others + newcomers));
}
