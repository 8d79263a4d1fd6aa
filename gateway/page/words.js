// Numbers, times and events in words.

const money = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const deeds = new Map([
  ['view', (item) => `looked at ${item}`],
  ['click', (item) => `clicked on ${item}`],
  ['add_to_cart', (item) => `put ${item} into the cart`],
  ['remove_from_cart', (item) => `took ${item} out of the cart`],
  ['purchase', (item) => `bought ${item}`],
  ['refund', (item) => `gave ${item} back`],
]);

export function asMoney(amount) {
  return money.format(amount);
}

export function asDuration(ms) {
  if (ms === null || ms === undefined) return '–';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function ago(timeMs, nowMs = Date.now()) {
  const seconds = Math.round((nowMs - timeMs) / 1000);
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** `item`: its title or id; null when the event had none. */
export function deedOf(eventType, item) {
  const inWords = deeds.get(eventType);
  if (item !== null && inWords !== undefined) return inWords(item);
  return `${eventType.replaceAll('_', ' ')}${item === null ? '' : `: ${item}`}`;
}

export function kindOf(eventType) {
  if (/purchase|order|buy/.test(eventType)) return 'purchase';
  return /cart/.test(eventType) ? 'cart' : 'view';
}

const fallbacks = new Map([
  ['unknown_customer', 'Nothing is known of this customer yet: these are the rankings.'],
  ['no_consent', 'This customer does not want to be known: nothing is kept.'],
  ['no_list_yet', 'The list is still being made: these are the rankings.'],
]);

export function fallbackInWords({ used, why }) {
  return used ? (fallbacks.get(why) ?? why) : null;
}
