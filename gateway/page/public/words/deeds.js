// What customers do, in words.

const deeds = new Map([
  ['view', (item) => `looked at ${item}`],
  ['click', (item) => `clicked on ${item}`],
  ['add_to_cart', (item) => `put ${item} into the cart`],
  ['remove_from_cart', (item) => `took ${item} out of the cart`],
  ['purchase', (item) => `bought ${item}`],
  ['refund', (item) => `gave ${item} back`],
  ['rating', (item) => `rated ${item}`],
]);

const deedsWithoutItem = new Map([
  ['search', 'searched'],
  ['login', 'logged in'],
  ['logout', 'logged out'],
  ['signup', 'signed up'],
]);

/** `item`: its title or id; null when the event had none. */
export function deedOf(eventType, item) {
  const inWords = deeds.get(eventType);
  if (item !== null && inWords !== undefined) return inWords(item);
  if (item === null && deedsWithoutItem.has(eventType)) return deedsWithoutItem.get(eventType);
  return `${eventType.replaceAll('_', ' ')}${item === null ? '' : `: ${item}`}`;
}

/** Which colour it has. */
export function kindOf(eventType) {
  if (/purchase|order|buy/.test(eventType)) return 'purchase';
  return /cart/.test(eventType) ? 'cart' : 'view';
}
