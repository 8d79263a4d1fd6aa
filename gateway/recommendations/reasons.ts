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

function inWords({ algorithm, because, list }: Candidate, titleOf: TitleOf): string {
  if (because.length === 0) return list === undefined ? withoutCause(algorithm) : ofRanking(list);
  const deeds = enumerated(because.slice(0, causesInWords).map((cause) => deed(cause, titleOf)));
  return `${opening(algorithm)} you ${deeds}.`;
}

/** By what the algorithm's name holds, so that a new variant of one needs no new words. */
function opening(algorithm: string): string {
  if (/bought/.test(algorithm)) return 'Often bought together:';
  if (/session|knn/.test(algorithm)) return 'Customers in a session like yours went on to this:';
  if (/again|repeat|replenish/.test(algorithm)) return 'Time to buy it again:';
  if (/similar|visit|item/.test(algorithm)) return 'Others who looked at the same chose this too:';
  if (/category|brand|taste|content|affinity/.test(algorithm)) return 'It fits your taste:';
  return 'Because';
}

function withoutCause(algorithm: string): string {
  if (/trend/.test(algorithm)) return 'Many customers look at it right now.';
  if (/popular/.test(algorithm)) return 'Popular with all customers.';
  if (/category|brand|taste|content|affinity/.test(algorithm)) return 'It fits what you usually look at.';
  if (/explor|new/.test(algorithm)) return 'Something new to discover.';
  return 'Chosen for you.';
}

function ofRanking(list: string): string {
  const [kind, dimension, ...rest] = list.split(':');
  if (kind === 'trending') return 'Many customers look at it right now.';
  const name = rest.join(':');
  if (dimension === 'channel') return `Popular in the channel ${name}.`;
  if (dimension === 'segment') return `Popular with ${name} customers.`;
  if (dimension === 'category') return `Popular in ${name}.`;
  return 'Popular with all customers.';
}

function deed({ event_type, item_id }: Cause, titleOf: TitleOf): string {
  const title = titleOf(item_id) ?? item_id;
  switch (event_type) {
    case 'purchase':
      return `bought ${title}`;
    case 'add_to_cart':
      return `put ${title} into the cart`;
    case 'click':
      return `clicked on ${title}`;
    case 'view':
    case undefined:
      return `looked at ${title}`;
    default:
      return `chose ${title} (${event_type.replaceAll('_', ' ')})`;
  }
}

function enumerated(deeds: readonly string[]): string {
  return [...new Set(deeds)].join(' and ');
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
