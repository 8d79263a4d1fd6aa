// Writes what is said of a customer, with what must outlive it: consent that nothing was said about, and when the customer was deleted.
import { customers as topic } from '../../schemas/topics.ts';
import type { CustomerUpdate } from '../../schemas/types.ts';
import { appendValues, type Appending } from '../append-values.ts';
import type { KnownErasures } from '../deletions/known-erasures.ts';
import type { Placed } from '../dependencies.ts';
import type { ServingReads } from '../serving-reads.ts';
import type { ConsentDecisions } from './consent-decisions.ts';

export type Updating = Appending & {
  readonly reads: ServingReads;
  readonly decisions: ConsentDecisions;
  readonly erasures: KnownErasures;
};

/** `consent`: null when nothing is said about it. `erased_at`: null for what is no deletion. */
export type Told = Omit<CustomerUpdate, 'consent'> & { readonly consent: boolean | null };

export async function writeUpdate(
  told: Told,
  { reads, decisions, erasures, ...appending }: Updating,
): Promise<readonly Placed[]> {
  const customerId = told.customer_id;
  const erased_at = told.erased_at ?? (await erasures.of(customerId));
  const write = (consent: boolean) =>
    appendValues(
      topic,
      [{ ...told, erased_at, consent }],
      { keyOf: () => customerId, timeMsOf: () => told.updated_at },
      appending,
    );
  if (told.consent !== null) {
    const consent = told.consent;
    return decisions.deciding(customerId, consent, () => write(consent));
  }
  await decisions.ofCustomer(customerId);
  const profile = await reads.profile(customerId);
  // Asked last, with nothing awaited before the write: a withdrawal that came in between must not be undone by it.
  return write(decisions.underWay(customerId) ?? profile?.consent ?? true);
}
