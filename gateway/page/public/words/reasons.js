// Why an item is in the list, in words: what the customer did and when, and what follows from it.
import { deedOf } from './deeds.js';
import { when } from './times.js';

/** More than this makes no sentence; the others are listed below it. */
const deedsInWords = 2;

const follows = new Map([
  ['session_knn', 'customers in a session like this went on to it'],
  ['co_visitation', 'others who did so looked at it too'],
  ['bought_together', 'it is often bought with that'],
  ['affinity', 'it fits their taste'],
  ['tastes', 'customers with such tastes chose it'],
  ['content', 'it is much like that'],
  ['repeat', 'it may have run out'],
  ['exploration', 'it is new, and tried out'],
  ['popular', 'it is popular'],
  ['trending', 'many look at it right now'],
]);

const algorithms = new Map([
  ['session_knn', 'like-minded sessions'],
  ['co_visitation', 'seen together'],
  ['bought_together', 'bought together'],
  ['affinity', 'taste'],
  ['tastes', 'like-minded customers'],
  ['content', 'alike'],
  ['repeat', 'bought again'],
  ['exploration', 'tried out'],
  ['popular', 'popular'],
  ['trending', 'trending'],
]);

/** `Because you bought Kettle on Tuesday` and what follows; without a deed of the customer's, the words of the API. */
export function reasonInWords({ text, algorithm, interactions }) {
  const known = (interactions ?? []).filter(({ timestamp }) => timestamp !== null);
  if (known.length === 0) return { because: null, rest: text };
  const sentences = known.slice(0, deedsInWords).map(({ event_type, title, item_id, timestamp }, index) => {
    const deed = deedOf(event_type ?? 'view', title ?? item_id);
    return index === 0 ? `${deed} ${when(Date.parse(timestamp))}` : deed;
  });
  return {
    because: `Because you ${sentences.join(' and ')}`,
    rest: follows.get(algorithm) ?? 'it goes with that',
  };
}

export function algorithmInWords(algorithm) {
  return algorithms.get(algorithm) ?? algorithm.replaceAll('_', ' ');
}

const fallbacks = new Map([
  ['unknown_customer', 'Nothing is known of this customer yet: these are the rankings.'],
  ['no_consent', 'This customer does not want to be known: nothing is kept, and these are the rankings.'],
  ['no_list_yet', 'The list is still being made: these are the rankings.'],
]);

export function fallbackInWords({ used, why }) {
  return used ? (fallbacks.get(why) ?? why) : null;
}

/** `popular:category:Books` as `Popular in Books`. */
export function listInWords(list) {
  const [kind, dimension, ...rest] = list.split(':');
  const name = rest.join(':');
  const start = kind.charAt(0).toUpperCase() + kind.slice(1);
  if (dimension === undefined) return start;
  if (dimension === 'segment') return `${start} with ${name} customers`;
  return dimension === 'channel' ? `${start} in the channel ${name}` : `${start} in ${name}`;
}
