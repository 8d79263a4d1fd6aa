// Takes events of customers onto the log: each is judged for itself, and all that are kept are written together, or none.
import { appendValues, type Appending } from '../append-values.ts';
import type { Parsed, Rejected } from '../contract/bodies.ts';
import type { Placed } from '../dependencies.ts';
import { eventName, type RecentEvents } from './recent-events.ts';
import { customersWithoutConsent, type ConsentKnown } from './without-consent.ts';

export type Taking = Appending & ConsentKnown & { readonly recent: RecentEvents };

interface CustomerEvent {
  readonly customer_id: string;
  readonly received_at: number;
}

export interface EventTopic<T> {
  readonly topic: { readonly name: string; readonly codec: { encode(value: T): Buffer } };
  /** The field of its id, here and in the answer. */
  readonly idName: keyof T & string;
}

/** `duplicate`: it is in the log already. `not_kept`: the customer has refused consent. */
export const outcomes = ['accepted', 'duplicate', 'rejected', 'not_kept'] as const;
type Status = (typeof outcomes)[number];

/** What became of one event. `ignored` names fields that are not known, so that a typo is not lost in silence. */
type Outcome = Rejected | { readonly status: Status; readonly ignored?: readonly string[] };

export interface Taken {
  /** In the order of the request. */
  readonly results: readonly Outcome[];
  readonly totals: Readonly<Record<Status, number>>;
  /** Where those stand that are in the log now, the repeats too. */
  readonly places: readonly Pick<Placed, 'partition' | 'offset'>[];
}

export async function takeEvents<T extends CustomerEvent>(
  parsed: readonly Parsed<T>[],
  { topic, idName }: EventTopic<T>,
  dependencies: Taking,
): Promise<Taken> {
  const customers = new Set<string>();
  for (const each of parsed) if (each.ok) customers.add(each.value.customer_id);
  const withoutConsent = await customersWithoutConsent(customers, dependencies);
  const totals: Record<Status, number> = { accepted: 0, duplicate: 0, rejected: 0, not_kept: 0 };
  const known: Pick<Placed, 'partition' | 'offset'>[] = [];
  const kept = new Map<string, T>();

  const statusOf = (value: T): Status => {
    if (withoutConsent.has(value.customer_id)) return 'not_kept';
    const name = eventName(value.customer_id, String(value[idName]));
    const place = dependencies.recent.placeOf(name);
    if (place !== undefined) known.push(place);
    if (place !== undefined || kept.has(name)) return 'duplicate';
    kept.set(name, value);
    return 'accepted';
  };
  const results = parsed.map((each): Outcome => {
    const outcome = each.ok ? outcomeOf(each, statusOf(each.value), idName) : rejected(each.errors);
    totals[outcome.status] += 1;
    return outcome;
  });

  const times = { keyOf: customerOf, timeMsOf: receivedAt };
  const written = await appendValues(topic, [...kept.values()], times, dependencies);
  let index = 0;
  for (const name of kept.keys()) dependencies.recent.add(name, written[index++] as Placed); // one for each value
  return { results, totals, places: known.length === 0 ? written : [...written, ...known] };
}

function outcomeOf<T>({ value, ignored }: Parsed<T> & { ok: true }, status: Status, idName: keyof T & string): Outcome {
  return { status, [idName]: value[idName], ...(ignored.length > 0 && { ignored }) };
}

function rejected(errors: Rejected['errors']): Rejected {
  return { status: 'rejected', errors };
}

function customerOf({ customer_id }: CustomerEvent): string {
  return customer_id;
}

function receivedAt({ received_at }: CustomerEvent): number {
  return received_at;
}
