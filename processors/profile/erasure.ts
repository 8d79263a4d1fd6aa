// What it means that a customer was deleted: nothing of a time up to then is learnt again.
//
// The topics of interactions and of customers are read side by side, so interactions accepted before a deletion may be handled after
// it; and they stay in the log, so they come back in a replay. Hence the time is kept, and decides. A tombstone alone would not do: it
// is removed by compaction some day, and whoever replays the log after that would know the customer again.
import type { CustomerUpdate, Erasure } from '../../schemas/types.ts';
import type { Event } from '../../streams/index.ts';

/** True for what happened, or came, before the customer was deleted. */
export function isErased(
  erasure: Erasure | undefined,
  { received_at }: { readonly received_at: number },
  atMs: number,
): boolean {
  return erasure !== undefined && Math.min(received_at, atMs) <= erasure.erased_at;
}

/** The erasure that this update brings, unless it is known already. A tombstone deletes too: other tools write nothing else. */
export function erasureBy(
  { key, value, timeMs }: Event<CustomerUpdate>,
  known: Erasure | undefined,
): Erasure | undefined {
  const erasedAt = value === null ? timeMs : value.erased_at;
  if (erasedAt === null || erasedAt <= (known?.erased_at ?? -Infinity)) return undefined;
  return { customer_id: key, erased_at: erasedAt };
}

/** True for the deletion itself; later updates only repeat when it was. */
export function isDeletion(update: CustomerUpdate | null): boolean {
  return update === null || update.erased_at === update.updated_at;
}
