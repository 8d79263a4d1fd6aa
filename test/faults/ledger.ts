// What a producer knows that it sent: the oracle of the fault tests. It never looks into Freshet.
import { seededRandom } from '../../streams/random.ts';

export interface LedgerEvent {
  readonly interaction_id: string;
  readonly customer_id: string;
  readonly event_type: 'view' | 'add_to_cart' | 'purchase';
  readonly item_id: string;
  readonly timestamp: string;
  readonly quantity: number;
  readonly value?: number;
  readonly context?: { readonly order_id: string };
}

/** What a customer's profile must say. */
export interface Recount {
  readonly events: Record<string, number>;
  lifetime_value: number;
  orders: number;
  items_bought: number;
}

export interface Place {
  readonly partition: number;
  readonly offset: number;
}

interface Entry {
  readonly event: LedgerEvent;
  /** Sent more than once: then it may stand in the log more than once. */
  isRepeated: boolean;
  place: Place | null;
}

const ITEMS = 40;

export class Ledger {
  readonly #random: () => number;
  readonly #customers: number;
  readonly #entries: Entry[] = [];
  readonly #unanswered = new Set<Entry>();

  /** How wrong the clock is that gives events their times. */
  clockSkewMs = 0;

  constructor(seed: number, customers: number) {
    this.#random = seededRandom(seed);
    this.#customers = customers;
  }

  get sent(): number {
    return this.#entries.length;
  }

  get accepted(): number {
    return this.#entries.length - this.#unanswered.size;
  }

  /** New events, for one request. */
  next(count: number): LedgerEvent[] {
    return Array.from({ length: count }, () => {
      const entry = { event: this.#make(), isRepeated: false, place: null };
      this.#entries.push(entry);
      this.#unanswered.add(entry);
      return entry.event;
    });
  }

  /** What was sent without an answer, to be sent again. */
  unanswered(): LedgerEvent[] {
    for (const entry of this.#unanswered) entry.isRepeated = true;
    return [...this.#unanswered].map(({ event }) => event);
  }

  areUnanswered(events: readonly LedgerEvent[]): boolean {
    const wanted = new Set(events);
    return [...this.#unanswered].some(({ event }) => wanted.has(event));
  }

  /** These are sent once more. */
  repeat(events: readonly LedgerEvent[]): void {
    const repeated = new Set(events);
    for (const entry of this.#unanswered) if (repeated.has(entry.event)) entry.isRepeated = true;
  }

  /** `places` in the order of `events`; null where the answer names none. */
  accept(events: readonly LedgerEvent[], places: readonly (Place | null)[]): void {
    const byEvent = new Map(events.map((event, index) => [event, places[index] ?? null]));
    for (const entry of this.#unanswered) {
      const place = byEvent.get(entry.event);
      if (place === undefined) continue;
      entry.place = place;
      this.#unanswered.delete(entry);
    }
  }

  /** By customer, folded in the order of sending, which does not matter. */
  recount(): Map<string, Recount> {
    const recounts = new Map<string, Recount>();
    for (const { event } of this.#entries) {
      const { customer_id, event_type, value = 0, quantity } = event;
      const known = recounts.get(customer_id) ?? { events: {}, lifetime_value: 0, orders: 0, items_bought: 0 };
      recounts.set(customer_id, known);
      known.events[event_type] = (known.events[event_type] ?? 0) + 1;
      if (event_type !== 'purchase') continue;
      known.lifetime_value += value;
      known.orders += 1;
      known.items_bought += quantity;
    }
    return recounts;
  }

  /** The events by item. */
  byItem(): Map<string, LedgerEvent[]> {
    return Map.groupBy(
      this.#entries.map(({ event }) => event),
      ({ item_id }) => item_id,
    );
  }

  /** What is wrong with a log that holds these ids at these places, one sentence each. */
  complaintsAbout(log: readonly { readonly id: string; readonly place: Place }[]): string[] {
    const places = Map.groupBy(log, ({ id }) => id);
    const complaints: string[] = [];
    for (const { event, isRepeated, place } of this.#entries) {
      const id = event.interaction_id;
      const found = places.get(id) ?? [];
      if (found.length === 0) complaints.push(`${id} was accepted and is not in the log`);
      if (found.length > 1 && !isRepeated)
        complaints.push(`${id} was sent once and stands ${found.length} times in the log`);
      if (
        place !== null &&
        !found.some(({ place: at }) => at.partition === place.partition && at.offset === place.offset)
      )
        complaints.push(`${id} is not at ${place.partition}:${place.offset}, where the answer said`);
      places.delete(id);
    }
    for (const id of places.keys())
      if (!id.startsWith('end-')) complaints.push(`${id} is in the log and was never sent`);
    return complaints;
  }

  #make(): LedgerEvent {
    const number = this.#entries.length;
    const random = this.#random();
    const customer_id = `c-${this.#below(this.#customers)}`;
    const event = {
      interaction_id: `e-${number}`,
      customer_id,
      item_id: `i-${this.#below(ITEMS)}`,
      timestamp: new Date(Date.now() + this.clockSkewMs).toISOString(),
      quantity: 1 + this.#below(3),
    };
    if (random < 0.6) return { ...event, event_type: 'view' };
    if (random < 0.75) return { ...event, event_type: 'add_to_cart' };
    // Quarters add up exactly in any order.
    const value = (1 + this.#below(400)) / 4;
    return { ...event, event_type: 'purchase', value, context: { order_id: `o-${number}` } };
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
