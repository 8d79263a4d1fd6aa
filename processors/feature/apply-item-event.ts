// How an event changes what is known of an item. Called thousands of times a second for a popular item: nothing here may grow
// with its history.
import { addHeat, EMPTY_HEAT } from '../../models/decay.ts';
import type { ItemActivity, ItemEvent } from '../../schemas/types.ts';
import { meaningOf, type EventKind } from '../profile/event-types.ts';
import { NEWCOMERS } from '../segment/classify.ts';
import { DAY_HALF_LIFE_MS, HOUR_HALF_LIFE_MS, limits, SESSION_HALF_LIFE_MS } from './limits.ts';

export function emptyActivity(itemId: string): ItemActivity {
  return {
    item_id: itemId,
    updated_at: 0,
    views: 0,
    carts: 0,
    purchases: 0,
    revenue: 0,
    events: 0,
    event_heat: EMPTY_HEAT,
    hour_heat: EMPTY_HEAT,
    day_heat: EMPTY_HEAT,
    sessions: 0,
    session_heat: EMPTY_HEAT,
    newcomer_session_heat: null,
    baskets: 0,
    baskets_opened: 0,
    channel_heats: new Map(),
    segment_heats: new Map(),
    campaign_heats: new Map(),
    location_heats: new Map(),
    covisits: new Map(),
    basket_counts: new Map(),
  };
}

/** Changes `activity`. Late events add what they would have added in time. */
export function applyItemEvent(activity: ItemActivity, event: ItemEvent): void {
  const { timestamp: atMs } = event;
  activity.updated_at = Math.max(activity.updated_at, atMs);
  activity.events += 1;
  activity.event_heat = addHeat(activity.event_heat, 1, atMs, HOUR_HALF_LIFE_MS);
  if (event.kind === 'interaction') applyInteraction(activity, event, atMs);
  for (const other of event.covisited) addPairHeat(activity.covisits, other, atMs);
  for (const other of event.cobought) addShared(activity.basket_counts, other);
}

function applyInteraction(activity: ItemActivity, event: ItemEvent, atMs: number): void {
  const { kind, weight } = meaningOf(event);
  count(activity, kind);
  activity.revenue += event.value ?? 0;
  if (event.new_in_session) {
    activity.sessions += 1;
    activity.session_heat = addHeat(activity.session_heat, 1, atMs, SESSION_HALF_LIFE_MS);
    if (event.segment === NEWCOMERS) {
      const before = activity.newcomer_session_heat ?? EMPTY_HEAT;
      activity.newcomer_session_heat = addHeat(before, 1, atMs, SESSION_HALF_LIFE_MS);
    }
  }
  if (event.new_in_basket) activity.baskets += 1;
  if (event.opens_basket) activity.baskets_opened += 1;
  if (weight > 0) addInterest(activity, event, weight, atMs);
}

function count(activity: ItemActivity, kind: EventKind): void {
  if (kind === 'view') activity.views += 1;
  else if (kind === 'cart') activity.carts += 1;
  else if (kind === 'purchase') activity.purchases += 1;
}

function addInterest(activity: ItemActivity, event: ItemEvent, weight: number, atMs: number): void {
  const { channel, segment, campaign_id: campaign, location } = event;
  activity.hour_heat = addHeat(activity.hour_heat, weight, atMs, HOUR_HALF_LIFE_MS);
  activity.day_heat = addHeat(activity.day_heat, weight, atMs, DAY_HALF_LIFE_MS);
  if (channel !== null) addNamedHeat(activity.channel_heats, channel, weight, atMs, limits.channelsMax);
  if (segment !== null) addNamedHeat(activity.segment_heats, segment, weight, atMs, limits.segmentsMax);
  const { namesMax, namesKept } = limits;
  if (campaign !== null) addNamedHeat(activity.campaign_heats, campaign, weight, atMs, namesMax, namesKept);
  if (location !== null) addNamedHeat(activity.location_heats, location, weight, atMs, namesMax, namesKept);
}

function addNamedHeat(
  heats: Map<string, number>,
  name: string,
  weight: number,
  atMs: number,
  countMax: number,
  kept = countMax,
): void {
  heats.set(name, addHeat(heats.get(name) ?? EMPTY_HEAT, weight, atMs, DAY_HALF_LIFE_MS));
  if (heats.size > countMax) keepStrongest(heats, kept);
}

function addPairHeat(pairs: Map<string, number>, other: string, atMs: number): void {
  pairs.set(other, addHeat(pairs.get(other) ?? EMPTY_HEAT, 1, atMs, SESSION_HALF_LIFE_MS));
  if (pairs.size > limits.pairsMax) keepStrongest(pairs, limits.pairsKept);
}

function addShared(pairs: Map<string, number>, other: string): void {
  pairs.set(other, (pairs.get(other) ?? 0) + 1);
  if (pairs.size > limits.pairsMax) keepStrongest(pairs, limits.pairsKept);
}

/** Sorted once for many that go, so that a newcomer costs little. Of two alike the older one goes: the sort is stable. */
function keepStrongest(strengths: Map<string, number>, kept: number): void {
  const weakestFirst = [...strengths].sort((a, b) => a[1] - b[1]);
  for (const [name] of weakestFirst.slice(0, strengths.size - kept)) strengths.delete(name);
}
