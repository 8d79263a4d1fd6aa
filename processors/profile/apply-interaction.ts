// How an interaction changes its customer's profile: the core of everything that is learnt.
import type { ItemAttributes } from '../../models/item-index.ts';
import type { Interaction, Profile, RecentInteraction } from '../../schemas/types.ts';
import { addInterest } from './affinity.ts';
import { addToBasket, type BasketStep } from './basket.ts';
import { countName, isName, nameOrOther } from './counting.ts';
import { meaningOf, type Meaning } from './event-types.ts';
import { addToRing, ringHas } from './hash-ring.ts';
import { limits } from './limits.ts';
import { enterSession, visitItem, type SessionPlace, type Visit } from './session.ts';

/** What an interaction was within the customer's story: enough to tell the items about it. */
export interface Step {
  readonly meaning: Meaning;
  /** Money that came in; negative for refunds; null when the interaction moves none. */
  readonly money: number | null;
  readonly visit: Visit;
  readonly basket: BasketStep;
}

const NO_VISIT: Visit = { isNew: false, beside: [] };
const NO_BASKET: BasketStep = { opensBasket: false, isNewItem: false, others: [] };

/** True when the interaction was folded in before. Looks at the latest ids only: `limits.seenIdsMax`. */
export function isRepeat(profile: Profile, interaction: Interaction): boolean {
  return ringHas(profile.seen_ids, interaction.interaction_id);
}

/**
 * Changes `profile` by one interaction that is no repeat. `atMs` is its event time; late ones go where they belong: totals, heats
 * and the order of what is kept do not depend on arrival. Only sessions do: an interaction before the current one opens none.
 */
export function applyInteraction(
  profile: Profile,
  interaction: Interaction,
  atMs: number,
  item: ItemAttributes | undefined,
): Step {
  const meaning = meaningOf(interaction);
  const money = moneyOf(interaction, meaning, item?.price ?? 0);
  profile.seen_ids = addToRing(profile.seen_ids, interaction.interaction_id, limits.seenIdsMax);
  countName(profile.counts, interaction.event_type, limits.eventTypesMax);
  if (interaction.channel !== null) countName(profile.channels, nameOrOther(interaction.channel), limits.channelsMax);
  addRecent(profile.recent, interaction, atMs);
  if (item !== undefined) addInterest(profile, item, meaning.weight, atMs);
  addMoney(profile, interaction, meaning, money ?? 0, atMs);
  const place = meaning.isActivity ? beActive(profile, interaction, atMs) : 'past';
  return {
    meaning,
    money,
    visit: visitOf(profile, interaction, meaning, atMs, place),
    basket: meaning.kind === 'purchase' ? addToBasket(profile, interaction, atMs, place) : NO_BASKET,
  };
}

function moneyOf({ value, quantity }: Interaction, { kind }: Meaning, price: number): number | null {
  if (kind !== 'purchase' && kind !== 'refund') return null;
  const amount = value ?? price * quantity;
  return kind === 'refund' ? -Math.abs(amount) : amount;
}

function addRecent(recent: RecentInteraction[], interaction: Interaction, atMs: number): void {
  const { interaction_id, item_id, event_type, value } = interaction;
  insertByTime(recent, { interaction_id, item_id, event_type, timestamp: atMs, value }, (one) => one.timestamp);
  if (recent.length > limits.recentMax) recent.shift();
}

/** Oldest first; at one time by interaction, so that the order of arrival does not matter. */
function insertByTime<T extends { interaction_id: string }>(list: T[], one: T, timeOf: (one: T) => number): void {
  let place = list.length;
  while (place > 0 && isLater(list[place - 1] as T, one, timeOf)) place -= 1;
  list.splice(place, 0, one);
}

function isLater<T extends { interaction_id: string }>(a: T, b: T, timeOf: (one: T) => number): boolean {
  return timeOf(a) > timeOf(b) || (timeOf(a) === timeOf(b) && a.interaction_id > b.interaction_id);
}

function addMoney(profile: Profile, interaction: Interaction, { kind }: Meaning, money: number, atMs: number): void {
  if (kind !== 'purchase' && kind !== 'refund') return;
  const isRefund = kind === 'refund';
  profile.lifetime_value += money;
  profile.items_bought += isRefund ? -interaction.quantity : interaction.quantity;
  if (!isRefund) profile.last_purchase = Math.max(profile.last_purchase ?? atMs, atMs);
  if (interaction.item_id === null) return;
  if (isRefund) giveBack(profile, interaction.item_id);
  else addBought(profile, interaction.item_id, interaction.interaction_id, atMs);
}

function addBought(profile: Profile, itemId: string, interactionId: string, atMs: number): void {
  const at = profile.bought.findIndex(({ item_id }) => item_id === itemId);
  const [known] = at < 0 ? [] : profile.bought.splice(at, 1);
  const isNewest = known === undefined || atMs >= known.last_at;
  const bought = {
    item_id: itemId,
    times: (known?.times ?? 0) + 1,
    last_at: isNewest ? atMs : known.last_at,
    interaction_id: isNewest ? interactionId : known.interaction_id,
  };
  insertByTime(profile.bought, bought, (one) => one.last_at);
  if (profile.bought.length > limits.boughtItemsMax) profile.bought.shift();
}

/** One purchase of it less. What was never bought, or long forgotten, changes nothing. */
function giveBack(profile: Profile, itemId: string): void {
  const at = profile.bought.findIndex(({ item_id }) => item_id === itemId);
  const bought = profile.bought[at];
  if (bought === undefined) return;
  bought.times -= 1;
  if (bought.times <= 0) profile.bought.splice(at, 1);
}

function beActive(profile: Profile, { context, channel }: Interaction, atMs: number): SessionPlace {
  profile.first_seen = Math.min(profile.first_seen ?? atMs, atMs);
  profile.last_activity = Math.max(profile.last_activity ?? atMs, atMs);
  profile.language ??= languageOf(context);
  return enterSession(profile, atMs, channel === null ? null : nameOrOther(channel));
}

function languageOf(context: Readonly<Record<string, string>>): string | null {
  const language = Object.hasOwn(context, 'language') ? context['language'] : undefined;
  return language !== undefined && isName(language) ? language : null;
}

function visitOf(
  profile: Profile,
  interaction: Interaction,
  meaning: Meaning,
  atMs: number,
  place: SessionPlace,
): Visit {
  const { session } = profile;
  if (place === 'past' || session === null || interaction.item_id === null || meaning.weight <= 0) return NO_VISIT;
  return visitItem(session, interaction.item_id, atMs);
}
