// What the event types mean: the shops' words on the left, our few kinds on the right.

export type EventKind = 'view' | 'cart' | 'uncart' | 'purchase' | 'refund' | 'consumed' | 'shown' | 'other';

export interface Meaning {
  readonly kind: EventKind;
  /** How much interest it shows; a view is 1. 0: none, so the item counts as not visited. */
  readonly weight: number;
  /** False for what a customer does not do in person: it starts no session and is no activity. */
  readonly isActivity: boolean;
}

const VIEW: Meaning = { kind: 'view', weight: 1, isActivity: true };
const LIKE: Meaning = { kind: 'other', weight: 2, isActivity: true };
/** Done with it for now: seen to the end, read, rated. */
const CONSUMED: Meaning = { kind: 'consumed', weight: 2, isActivity: true };
const CART: Meaning = { kind: 'cart', weight: 3, isActivity: true };
const UNCART: Meaning = { kind: 'uncart', weight: 0, isActivity: true };
const PURCHASE: Meaning = { kind: 'purchase', weight: 5, isActivity: true };
const REFUND: Meaning = { kind: 'refund', weight: 0, isActivity: false };
const SHOWN: Meaning = { kind: 'shown', weight: 0, isActivity: false };
/** Something happened with the item, so it counts, but little. */
const UNKNOWN: Meaning = { kind: 'other', weight: 0.2, isActivity: true };

const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ...named(VIEW, 'view', 'click', 'open', 'product_view', 'page_view', 'detail', 'play', 'read'),
  ...named(LIKE, 'like', 'favorite', 'wishlist', 'add_to_wishlist', 'share'),
  ...named(CONSUMED, 'rating', 'review', 'watched', 'listened', 'finished', 'completed', 'consumed'),
  ...named(CART, 'add_to_cart', 'addtocart', 'cart'),
  ...named(UNCART, 'remove_from_cart', 'removefromcart'),
  ...named(PURCHASE, 'purchase', 'buy', 'order', 'transaction'),
  ...named(REFUND, 'refund', 'return', 'cancel'),
  ...named(SHOWN, 'impression', 'shown'),
]);

/** A purchase of negative value is a refund, whatever it is called. */
export function meaningOf(interaction: { readonly event_type: string; readonly value: number | null }): Meaning {
  const meaning = MEANINGS.get(interaction.event_type) ?? MEANINGS.get(interaction.event_type.toLowerCase()) ?? UNKNOWN;
  return meaning === PURCHASE && (interaction.value ?? 0) < 0 ? REFUND : meaning;
}

function named(meaning: Meaning, ...names: string[]): [string, Meaning][] {
  return names.map((name) => [name, meaning]);
}
