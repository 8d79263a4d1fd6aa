// Of which customers nothing may be kept: their events must not even reach the log.
import type { ConsentDecisions } from '../customers/consent-decisions.ts';
import type { ServingReads } from '../serving-reads.ts';

export interface ConsentKnown {
  readonly reads: ServingReads;
  readonly decisions: ConsentDecisions;
}

export async function customersWithoutConsent(
  customers: ReadonlySet<string>,
  { reads, decisions }: ConsentKnown,
): Promise<ReadonlySet<string>> {
  const withoutConsent = new Set<string>();
  const look = async (customer: string) => {
    if (decisions.underWay(customer) !== undefined) await decisions.ofCustomer(customer);
    const consent = await reads.consent(customer);
    if (!(decisions.underWay(customer) ?? consent ?? true)) withoutConsent.add(customer);
  };
  // All at once: a server's answers for many customers come in one round trip.
  await Promise.all(Array.from(customers, look));
  // A withdrawal of one of them may have come while the others were looked up.
  for (const customer of customers) if (decisions.underWay(customer) === false) withoutConsent.add(customer);
  return withoutConsent;
}
