// Which purchases make one order, and what was bought together.
import type { Interaction, Profile } from '../../schemas/types.ts';
import { addToRing, ringHas } from './hash-ring.ts';
import { limits, SESSION_GAP_MS } from './limits.ts';
import type { SessionPlace } from './session.ts';

export interface BasketStep {
  /** The basket's first item. */
  readonly opensBasket: boolean;
  readonly isNewItem: boolean;
  /** Other items of the basket, latest first. Empty unless the item is new in it. */
  readonly others: readonly string[];
}

/** Changes `profile`: counts the order once and puts the item into its basket. */
export function addToBasket(profile: Profile, interaction: Interaction, atMs: number, place: SessionPlace): BasketStep {
  const key = basketKey(profile, interaction, atMs, place);
  if (!ringHas(profile.seen_baskets, key)) {
    profile.orders += 1;
    profile.seen_baskets = addToRing(profile.seen_baskets, key, limits.seenBasketsMax);
    profile.basket = { basket_key: key, items: [] };
  }
  const { item_id: itemId } = interaction;
  if (itemId !== null && profile.basket?.basket_key === key) return putInto(profile.basket.items, itemId);
  // No item, or an earlier basket that gets another one: its order is counted, its items are forgotten.
  return { opensBasket: false, isNewItem: itemId !== null, others: [] };
}

function putInto(items: string[], itemId: string): BasketStep {
  if (items.includes(itemId)) return { opensBasket: false, isNewItem: false, others: [] };
  const opensBasket = items.length === 0;
  const others = items.slice(-limits.coboughtMax).reverse();
  items.push(itemId);
  if (items.length > limits.basketItemsMax) items.shift();
  return { opensBasket, isNewItem: true, others };
}

/** The shop's own id of the order if it gives one, else the session; too late for the session, the half hour. */
function basketKey(profile: Profile, interaction: Interaction, atMs: number, place: SessionPlace): string {
  const given = ownText(interaction.context, 'order_id') ?? ownText(interaction.context, 'basket_id');
  if (given !== undefined) return `order:${given}`;
  if (place === 'past') return `time:${Math.floor(atMs / SESSION_GAP_MS)}`;
  return `session:${profile.sessions}`;
}

function ownText(context: Readonly<Record<string, string>>, name: string): string | undefined {
  const text = Object.hasOwn(context, name) ? context[name] : undefined;
  return text === '' ? undefined : text;
}
