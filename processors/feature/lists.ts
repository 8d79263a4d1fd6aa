// The lists an item stands in, how hot it is there, and when that is worth telling.
import { addHeat, EMPTY_HEAT } from '../../models/decay.ts';
import type { ItemActivity, ItemEvent } from '../../schemas/types.ts';
import { SEGMENTS } from '../segment/classify.ts';
import { inSteps } from './heat-steps.ts';
import { DAY_HALF_LIFE_MS, limits } from './limits.ts';
import { CAMPAIGNS, LOCATIONS } from './listed-names.ts';
import { trustOf } from './trust.ts';

export const POPULAR = 'popular';
export const TRENDING = 'trending';

/** Channels come from outside, in any number, and so do segments set by hand: only these have a list of their own. */
const LISTED_CHANNELS: readonly string[] = ['web', 'app', 'email', 'store', 'phone', 'sms', 'push', 'social', 'ads'];
const LISTED_SEGMENTS: readonly string[] = SEGMENTS;

/** The heats that decide on lists, in steps. */
export interface Heats {
  readonly hour: number;
  readonly day: number;
  readonly channel: number;
  readonly segment: number;
  readonly campaign: number;
  readonly location: number;
}

export interface Placing {
  readonly list: string;
  readonly heat: number;
  /** Of a campaign or location: it has to be among those that have a list. */
  readonly listed?: { readonly among: string; readonly name: string };
}

export function heatsOf(activity: ItemActivity, { channel, segment, campaign_id, location }: ItemEvent): Heats {
  const trust = trustOf(activity);
  const named = (heats: ReadonlyMap<string, number>, name: string | null) =>
    inSteps((heats.get(name ?? '') ?? EMPTY_HEAT) + trust);
  return {
    hour: inSteps(activity.hour_heat + trust),
    day: inSteps(activity.day_heat + trust),
    channel: named(activity.channel_heats, channel),
    segment: named(activity.segment_heats, segment),
    campaign: named(activity.campaign_heats, campaign_id),
    location: named(activity.location_heats, location),
  };
}

/** Where the item is a step hotter than before. */
export function placingsOf(
  before: Heats,
  after: Heats,
  event: ItemEvent,
  categoriesOf: () => readonly string[],
): Placing[] {
  const { channel, segment, campaign_id: campaign, location, timestamp } = event;
  const placings: Placing[] = [];
  if (after.hour > before.hour) placings.push({ list: TRENDING, heat: after.hour });
  if (after.day > before.day) {
    placings.push({ list: POPULAR, heat: after.day });
    for (const category of new Set(categoriesOf().slice(0, limits.listedCategoriesMax))) {
      placings.push({ list: `${POPULAR}:category:${category}`, heat: after.day });
    }
  }
  if (after.channel > before.channel && channel !== null && LISTED_CHANNELS.includes(channel)) {
    placings.push({ list: `${POPULAR}:channel:${channel}`, heat: after.channel });
  }
  if (after.segment > before.segment && segment !== null && LISTED_SEGMENTS.includes(segment)) {
    placings.push({ list: `${POPULAR}:segment:${segment}`, heat: after.segment });
  }
  const offer = (among: string, name: string | null, was: number, heat: number, looksMin: number) => {
    if (name === null || !(heat > was) || heat < heatOfLooks(looksMin, timestamp)) return;
    placings.push({ list: namedList(among, name), heat, listed: { among, name } });
  };
  offer(CAMPAIGNS, campaign, before.campaign, after.campaign, limits.campaignLooksMin);
  offer(LOCATIONS, location, before.location, after.location, limits.locationLooksMin);
  return placings;
}

/** Of a campaign or a location. */
export function namedList(among: string, name: string): string {
  return `${POPULAR}:${among === CAMPAIGNS ? 'campaign' : 'location'}:${name}`;
}

/** So many looks at a time. */
function heatOfLooks(looks: number, atMs: number): number {
  return inSteps(addHeat(EMPTY_HEAT, looks, atMs, DAY_HALF_LIFE_MS));
}
