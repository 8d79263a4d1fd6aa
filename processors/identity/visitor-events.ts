// What a visitor and the customer that it turned out to be tell each other: they are in different partitions, so it goes by way of the log.
import type { Interaction, Profile, VisitorEvent } from '../../schemas/types.ts';

interface Pair {
  readonly anonymous_id: string;
  readonly customer_id: string;
}

const NOTHING = { linked_at: null, history: null, interaction: null, erased_at: null, refused: false };

/** To the customer: what the visitor did so far, in the place of what was known of it. */
export function joined(pair: Pair, linkedAt: number, history: Profile): VisitorEvent {
  return { ...NOTHING, ...idsOf(pair), kind: 'joined', linked_at: linkedAt, history: { ...history, links: [] } };
}

/** To the customer: one thing more. */
export function did(pair: Pair, interaction: Interaction): VisitorEvent {
  return { ...NOTHING, ...idsOf(pair), kind: 'did', interaction };
}

/** To the customer: the visitor is somebody else after all, or is to be forgotten. */
export function left(pair: Pair): VisitorEvent {
  return { ...NOTHING, ...idsOf(pair), kind: 'left' };
}

/** Why something is to be forgotten: a deletion, a refusal of consent, or both. */
export interface Forgetting {
  /** When the customer was deleted, or null. */
  readonly erasedAt: number | null;
  readonly isRefused: boolean;
}

/** To the visitor: what it did is the customer's, too. */
export function forget(pair: Pair, { erasedAt, isRefused }: Forgetting): VisitorEvent {
  return { ...NOTHING, ...idsOf(pair), kind: 'forget', erased_at: erasedAt, refused: isRefused };
}

function idsOf({ anonymous_id, customer_id }: Pair): Pair {
  return { anonymous_id, customer_id };
}
