// What customers did, as training wants it: per customer the items in order of time. People who deleted themselves or refuse consent are
// not in it, nor are programs that only look like customers.
import { hasBurst } from '../models/machine-rate.ts';
import { meaningOf, type EventKind } from '../processors/profile/event-types.ts';
import type { CustomerUpdate, Erasure, Interaction } from '../schemas/types.ts';

/** The latest interactions kept of a customer: more say nothing new of tastes, and few people have them. */
const EVENTS_PER_CUSTOMER_MAX = 2_000;
/** Cut back to the maximum when it is exceeded by so many, so that not every event moves all others. */
const EVENTS_SLACK = 500;

export interface Deed {
  /** Number of the item. */
  readonly item: number;
  readonly atMs: number;
  readonly kind: EventKind;
  readonly weight: number;
  readonly channel: string | null;
  /** False for what an import brought: its times may be rounded, to the day for instance. */
  readonly isTimed: boolean;
}

export interface CustomerHistory {
  readonly customerId: string;
  readonly location: string | null;
  /** By time; of one time in their order in the log. */
  readonly deeds: readonly Deed[];
}

export interface History {
  /** Ids, by number, in the order in which they came up. */
  readonly items: readonly string[];
  readonly customers: readonly CustomerHistory[];
  readonly interactions: number;
  readonly quarantined: number;
  /** Time of the newest deed; −Infinity without any. */
  readonly untilMs: number;
}

/** Collects a history from the records of the log, in whatever order the topics are read. */
export class HistoryCollector {
  readonly #deeds = new Map<string, Deed[]>();
  readonly #itemNumbers = new Map<string, number>();
  /** By customer: nothing of a time up to then counts; Infinity: nothing at all. */
  readonly #erasedAt = new Map<string, number>();
  readonly #refused = new Set<string>();
  readonly #locations = new Map<string, string>();

  interaction(interaction: Interaction): void {
    const { kind, weight } = meaningOf(interaction);
    const { item_id: itemId, customer_id: customerId, timestamp, received_at: receivedAt, channel } = interaction;
    if (itemId === null || kind === 'shown' || (weight <= 0 && kind !== 'refund')) return;
    const atMs = Math.min(timestamp, receivedAt);
    let deeds = this.#deeds.get(customerId);
    if (deeds === undefined) this.#deeds.set(customerId, (deeds = []));
    deeds.push({ item: this.#itemNumber(itemId), atMs, kind, weight, channel, isTimed: !interaction.backfill });
    if (deeds.length > EVENTS_PER_CUSTOMER_MAX + EVENTS_SLACK) deeds.splice(0, EVENTS_SLACK);
  }

  customer(customerId: string, update: CustomerUpdate | null): void {
    if (update?.consent === false) this.#refused.add(customerId);
    else this.#refused.delete(customerId);
    if (update?.location == null) this.#locations.delete(customerId);
    else this.#locations.set(customerId, update.location);
    this.erasure(customerId, update);
  }

  erasure(customerId: string, erasure: Erasure | Pick<CustomerUpdate, 'erased_at'> | null): void {
    const erasedAt = erasure?.erased_at ?? -Infinity;
    if (erasedAt > (this.#erasedAt.get(customerId) ?? -Infinity)) this.#erasedAt.set(customerId, erasedAt);
  }

  collect(): History {
    const customers: CustomerHistory[] = [];
    let quarantined = 0;
    for (const [customerId, deeds] of [...this.#deeds].sort(([one], [other]) => (one < other ? -1 : 1))) {
      if (this.#refused.has(customerId)) continue;
      const ordered = this.#inOrder(customerId, deeds);
      if (ordered.length === 0) continue;
      if (isMachine(ordered)) quarantined += 1;
      else customers.push({ customerId, location: this.#locations.get(customerId) ?? null, deeds: ordered });
    }
    return {
      items: [...this.#itemNumbers.keys()],
      customers,
      interactions: customers.reduce((sum, { deeds }) => sum + deeds.length, 0),
      quarantined,
      untilMs: customers.reduce((latest, { deeds }) => Math.max(latest, deeds.at(-1)?.atMs ?? latest), -Infinity),
    };
  }

  /** What was sent twice has the same time. */
  #inOrder(customerId: string, deeds: readonly Deed[]): Deed[] {
    const from = this.#erasedAt.get(customerId) ?? -Infinity;
    const ordered = deeds.filter(({ atMs }) => atMs > from).sort((one, other) => one.atMs - other.atMs);
    return ordered.filter((deed, at) => {
      for (let before = at - 1; before >= 0; before -= 1) {
        const other = ordered[before] as Deed;
        if (other.atMs !== deed.atMs) return true;
        if (other.item === deed.item && other.kind === deed.kind) return false;
      }
      return true;
    });
  }

  #itemNumber(itemId: string): number {
    const known = this.#itemNumbers.get(itemId);
    if (known !== undefined) return known;
    this.#itemNumbers.set(itemId, this.#itemNumbers.size);
    return this.#itemNumbers.size - 1;
  }
}

function isMachine(deeds: readonly Deed[]): boolean {
  return hasBurst(deeds.filter(({ kind, isTimed }) => kind === 'view' && isTimed).map(({ atMs }) => atMs));
}
