// Why an item is in the list, in words and as data: the algorithm and what the customer did.
import type { Candidate, Cause } from './candidates.ts';

/** none: no reasons · summary: words and ids · full: also what, when and which item. */
export type Explain = 'none' | 'summary' | 'full';

export interface Reason {
  readonly text: string;
  readonly algorithm: string;
  readonly interaction_ids: readonly string[];
  readonly interactions?: readonly {
    readonly interaction_id: string | null;
    readonly item_id: string;
    readonly title: string | null;
    readonly event_type: string | null;
    readonly timestamp: string | null;
  }[];
}

export type TitleOf = (itemId: string) => string | null;

/** More than this makes no sentence; the data has them all. */
const causesInWords = 2;

export function reasonsFor(candidate: Candidate, explain: Explain, titleOf: TitleOf): Reason[] {
  if (explain === 'none') return [];
  const { algorithm, because } = candidate;
  return [
    {
      text: inWords(candidate, titleOf),
      algorithm,
      interaction_ids: because.flatMap(({ interaction_id }) => interaction_id ?? []),
      ...(explain === 'full' && { interactions: because.map((cause) => asData(cause, titleOf)) }),
    },
  ];
}

/** What follows "You looked at X:", and what is said when nothing of the customer's leads to the item. */
interface Words {
  readonly afterDeed: string;
  readonly alone: string;
}

const wordsOf: ReadonlyMap<string, Words> = new Map([
  [
    'session_knn',
    {
      afterDeed: 'customers in a session like yours went on to this',
      alone: 'Customers in a session like yours chose it.',
    },
  ],
  ['co_visitation', { afterDeed: 'others who did so looked at this too', alone: 'It goes with what you look at.' }],
  ['bought_together', { afterDeed: 'this is often bought with it', alone: 'It is often bought with what you buy.' }],
  ['affinity', { afterDeed: 'this fits your taste', alone: 'It fits what you usually look at.' }],
  ['tastes', { afterDeed: 'customers with your tastes chose this', alone: 'Customers with your tastes chose it.' }],
  ['content', { afterDeed: 'this is much like it', alone: 'It is much like what you look at.' }],
  ['repeat', { afterDeed: 'it may have run out', alone: 'It is bought again about now.' }],
  ['exploration', { afterDeed: 'this is new here', alone: 'New here: your clicks tell whether it is liked.' }],
  ['popular', { afterDeed: 'this is popular', alone: 'Popular with all customers.' }],
  ['pinned', { afterDeed: 'the shop puts it first', alone: 'Chosen by the shop.' }],
  ['trending', { afterDeed: 'many look at this right now', alone: 'Many customers look at it right now.' }],
]);
const otherWords: Words = { afterDeed: 'this goes with it', alone: 'Chosen for you.' };

function inWords({ item_id, algorithm, because, list }: Candidate, titleOf: TitleOf): string {
  const { afterDeed, alone } = wordsOf.get(algorithm) ?? otherWords;
  if (because.length === 0) return list === undefined ? alone : ofRanking(list);
  // Of an item that was looked at, another one tells more than itself.
  const others = because.filter((cause) => cause.item_id !== item_id);
  const told = others.length > 0 ? others : because;
  return `You ${deeds(told.slice(0, causesInWords), titleOf)}: ${afterDeed}.`;
}

function ofRanking(list: string): string {
  const [kind, dimension, ...rest] = list.split(':');
  const name = rest.join(':');
  if (dimension === 'channel') return `Popular in the channel ${name}.`;
  if (dimension === 'campaign') return `Popular in the campaign ${name}.`;
  if (dimension === 'location') return `Popular in ${name}.`;
  if (dimension === 'segment') return `Popular with ${name} customers.`;
  if (dimension === 'category') return `Popular in ${name}.`;
  return (wordsOf.get(kind ?? '') ?? otherWords).alone;
}

/** `looked at Kettle and Mug and bought Tray` */
function deeds(causes: readonly Cause[], titleOf: TitleOf): string {
  const [first] = causes;
  // Nearly always it is one kind of deed, and a list has twenty such sentences.
  if (first !== undefined && causes.every(({ event_type }) => event_type === first.event_type))
    return deed(first.event_type ?? 'view', enumerated(causes.map(({ item_id }) => titleOf(item_id) ?? item_id)));
  const byType = Map.groupBy(causes, ({ event_type }) => event_type ?? 'view');
  return [...byType]
    .map(([eventType, some]) => deed(eventType, enumerated(some.map(({ item_id }) => titleOf(item_id) ?? item_id))))
    .join(' and ');
}

function deed(eventType: string, titles: string): string {
  switch (eventType) {
    case 'purchase':
      return `bought ${titles}`;
    case 'add_to_cart':
      return `put ${titles} into the cart`;
    case 'click':
      return `clicked on ${titles}`;
    case 'view':
      return `looked at ${titles}`;
    case 'rating':
      return `rated ${titles}`;
    default:
      return `chose ${titles} (${eventType.replaceAll('_', ' ')})`;
  }
}

function enumerated(titles: readonly string[]): string {
  return titles.length === 1 ? (titles[0] ?? '') : [...new Set(titles)].join(' and ');
}

function asData({ interaction_id, item_id, event_type, timestamp }: Cause, titleOf: TitleOf) {
  return {
    interaction_id: interaction_id ?? null,
    item_id,
    title: titleOf(item_id),
    event_type: event_type ?? null,
    timestamp: timestamp === undefined ? null : new Date(timestamp).toISOString(),
  };
}
