// What the customer has had to do with, as scoring needs it: per item the interaction to name as a reason, how fresh and strong the
// interest is, and what the item itself still counts.
import { meaningOf } from '../profile/event-types.ts';
import type { BatchModel, RepeatHabit } from '../../models/batch-model.ts';
import type { ItemIndex } from '../../models/item-index.ts';
import type { Because, BoughtItem, Profile, RecentInteraction } from '../../schemas/types.ts';
import type { RecommendSettings, SeenRule } from './settings.ts';

const DAY_MS = 86_400_000;

/** Interest in an item's neighbours counts half after so long. */
const INTEREST_HALF_LIFE_MS = 2 * DAY_MS;

/** The wish for what goes with something bought or in the cart counts half after so long. */
const WISH_HALF_LIFE_MS = 14 * DAY_MS;

/** Of a category whose purchases are repeated less often, what was bought is not offered again … */
const NEVER_AGAIN_SHARE = 0.02;

/** … and from this on it is when it may have run out: from half of the usual time on, more and more up to all of it. */
const AGAIN_SHARE = 0.15;

/** Purchases that can be the reason for something: the latest ones. */
const BOUGHT_WISHES_MAX = 20;

export interface OwnItem {
  readonly itemId: string;
  /** In the catalogue, or −1. */
  readonly id: number;
  /** The latest interaction with it that the profile holds. */
  readonly latest: RecentInteraction | BoughtItem;
  /** Decayed interest. */
  interest: number;
  /** Decayed wish for what goes with it. */
  wish: number;
  /** Taken out of the cart or given back since. */
  isClosed: boolean;
  /** In [0, 1]; 0: not to be offered. */
  factor: number;
  /** In [0, 1]: how much it is time to buy it again, by what is usual in its category. */
  due: number;
}

interface Surroundings {
  readonly items: ItemIndex;
  readonly settings: RecommendSettings;
  readonly model: BatchModel | null;
}

export class OwnItems {
  /** Latest interaction first; then purchases that are older than all interactions held. */
  readonly all: OwnItem[] = [];
  readonly #places = new Map<string, number>();
  readonly #items: ItemIndex;
  readonly #settings: RecommendSettings;
  readonly #model: BatchModel | null;
  readonly #nowMs: number;

  constructor(profile: Profile, { items, settings, model }: Surroundings, nowMs: number) {
    this.#items = items;
    this.#settings = settings;
    this.#model = model;
    this.#nowMs = nowMs;
    const regular = regularsOf(profile, settings);
    for (let at = profile.recent.length - 1; at >= 0; at -= 1)
      this.#addInteraction(profile.recent[at] as RecentInteraction, regular);
    const wishesFrom = profile.bought.length - BOUGHT_WISHES_MAX;
    for (let at = profile.bought.length - 1; at >= 0; at -= 1)
      this.#addPurchase(profile.bought[at] as BoughtItem, at >= wishesFrom);
    if (this.all[0] !== undefined && isRecent(this.all[0].latest)) this.all[0].factor = 0; // the customer is looking at it
  }

  /** Its place in `all`, or −1. */
  placeOf(itemId: string): number {
    return this.#places.get(itemId) ?? -1;
  }

  #addInteraction(recent: RecentInteraction, regular: ReadonlySet<string>): void {
    const { kind, weight } = meaningOf(recent);
    if (recent.item_id === null || kind === 'shown') return;
    const item = this.#own(recent.item_id, recent);
    const ageMs = Math.max(0, this.#nowMs - recent.timestamp);
    if (weight > 0) item.interest += weight * decayed(ageMs, INTEREST_HALF_LIFE_MS);
    if (kind === 'uncart' || kind === 'refund') item.isClosed = true;
    if (kind === 'cart' && !item.isClosed) item.wish = Math.max(item.wish, decayed(ageMs, WISH_HALF_LIFE_MS));
    if (!regular.has(recent.item_id) && !(kind === 'purchase' && this.#isRepeated(item)))
      demote(item, this.#settings.seen[kind], ageMs);
  }

  #addPurchase(bought: BoughtItem, canBeReason: boolean): void {
    const ageMs = Math.max(0, this.#nowMs - bought.last_at);
    const rule = this.#settings.seen.purchase;
    const isRegular = bought.times >= this.#settings.repeatTimesMin;
    const habit = this.#habitOf(this.#items.idOf(bought.item_id));
    if (!canBeReason && habit === undefined && (isRegular || ageMs > rule.days * DAY_MS)) return;
    const item = this.#own(bought.item_id, bought);
    if (!item.isClosed && canBeReason) item.wish = Math.max(item.wish, decayed(ageMs, WISH_HALF_LIFE_MS));
    if (habit !== undefined && habit.share >= AGAIN_SHARE) this.#expectAgain(item, habit, ageMs);
    else if (habit !== undefined && habit.share < NEVER_AGAIN_SHARE && !isRegular) item.factor = 0;
    else if (!isRegular) demote(item, rule, ageMs);
  }

  #expectAgain(item: OwnItem, { share, days }: RepeatHabit, ageMs: number): void {
    const ripe = Math.min(1, Math.max(0, (2 * ageMs) / (days * DAY_MS) - 1));
    item.factor = Math.min(item.factor, ripe);
    item.due = share * ripe;
  }

  #isRepeated(item: OwnItem): boolean {
    return (this.#habitOf(item.id)?.share ?? 0) >= AGAIN_SHARE;
  }

  /** As the trained model has learnt it of the item's category. */
  #habitOf(id: number): RepeatHabit | undefined {
    if (this.#model === null || id < 0) return undefined;
    const category = this.#items.categoryNameOf(id);
    return category === undefined ? undefined : this.#model.repeatOf(category);
  }

  #own(itemId: string, latest: RecentInteraction | BoughtItem): OwnItem {
    const place = this.#places.get(itemId);
    if (place !== undefined) return this.all[place] as OwnItem;
    const item = {
      itemId,
      id: this.#items.idOf(itemId),
      latest,
      interest: 0,
      wish: 0,
      isClosed: false,
      factor: 1,
      due: 0,
    };
    this.#places.set(itemId, this.all.length);
    this.all.push(item);
    return item;
  }
}

export function becauseOf(item: OwnItem): Because {
  const { itemId: item_id, latest } = item;
  const { interaction_id } = latest;
  return isRecent(latest)
    ? { interaction_id, item_id, event_type: latest.event_type, timestamp: latest.timestamp }
    : { interaction_id, item_id, event_type: 'purchase', timestamp: latest.last_at };
}

function regularsOf(profile: Profile, settings: RecommendSettings): ReadonlySet<string> {
  const regulars = new Set<string>();
  for (const { item_id, times } of profile.bought) if (times >= settings.repeatTimesMin) regulars.add(item_id);
  return regulars;
}

function decayed(ageMs: number, halfLifeMs: number): number {
  return Math.exp((-Math.LN2 * ageMs) / halfLifeMs);
}

function demote(item: OwnItem, { factor, days }: SeenRule, ageMs: number): void {
  if (ageMs <= days * DAY_MS) item.factor = Math.min(item.factor, factor);
}

function isRecent(latest: RecentInteraction | BoughtItem): latest is RecentInteraction {
  return 'event_type' in latest;
}
