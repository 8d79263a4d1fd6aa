// The lists an item stands in, how hot it is there, and when that is worth telling.
import { addHeat, EMPTY_HEAT } from '../../models/decay.ts';
import type { ItemActivity, ItemEvent } from '../../schemas/types.ts';
import { SEGMENTS } from '../segment/classify.ts';
import { inSteps } from './heat-steps.ts';
import { DAY_HALF_LIFE_MS, limits } from './limits.ts';
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
}

export interface Placing {
  readonly list: string;
  readonly heat: number;
  /** Whose list it is, if that of a campaign: it has to be among those that have one. */
  readonly campaign?: string;
}

export function heatsOf(activity: ItemActivity, { channel, segment, campaign_id: campaign }: ItemEvent): Heats {
  const trust = trustOf(activity);
  return {
    hour: inSteps(activity.hour_heat + trust),
    day: inSteps(activity.day_heat + trust),
    channel: inSteps((activity.channel_heats.get(channel ?? '') ?? EMPTY_HEAT) + trust),
    segment: inSteps((activity.segment_heats.get(segment ?? '') ?? EMPTY_HEAT) + trust),
    campaign: inSteps((activity.campaign_heats.get(campaign ?? '') ?? EMPTY_HEAT) + trust),
  };
}

/** Where the item is a step hotter than before. */
export function placingsOf(
  before: Heats,
  after: Heats,
  event: ItemEvent,
  categoriesOf: () => readonly string[],
): Placing[] {
  const { channel, segment, campaign_id: campaign } = event;
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
  if (after.campaign > before.campaign && campaign !== null && after.campaign >= leastHeat(event.timestamp)) {
    placings.push({ list: campaignList(campaign), heat: after.campaign, campaign });
  }
  return placings;
}

export function campaignList(campaign: string): string {
  return `${POPULAR}:campaign:${campaign}`;
}

/** Of an item in a campaign, at a time. */
function leastHeat(atMs: number): number {
  return inSteps(addHeat(EMPTY_HEAT, limits.campaignLooksMin, atMs, DAY_HALF_LIFE_MS));
}
