// What every part that takes interactions knows of their types, so that the same event is judged alike wherever it comes in.

/** These say nothing without the item that they were done to. */
const ITEM_EVENTS: ReadonlySet<string> = new Set(['view', 'click', 'add_to_cart', 'remove_from_cart', 'purchase']);

/** True when an interaction of this type, in whatever case, can't be used without an `item_id`. */
export function needsItem(eventType: string): boolean {
  return ITEM_EVENTS.has(eventType) || ITEM_EVENTS.has(eventType.toLowerCase());
}
