// The events of the last minutes, so that a repeat is answered as one and not written again. A memory of this process only: what it has
// forgotten, or another process took, the processors still count once.
import { LRUCache } from 'lru-cache';
import type { GatewayClock, GatewayDependencies, Placed } from '../dependencies.ts';

type Place = Pick<Placed, 'partition' | 'offset'>;

/** Of one topic: its ids have nothing to do with those of another. */
export class RecentEvents {
  readonly #places: LRUCache<string, Place>;

  constructor({ settings, clock }: Pick<GatewayDependencies, 'settings'> & { readonly clock: GatewayClock }) {
    this.#places = new LRUCache({
      max: settings.recentEventsMax,
      ttl: settings.idempotencyWindowMs,
      ttlResolution: 0,
      perf: { now: () => clock.nowMs() },
    });
  }

  /** Where it stands in the log, when it is known to. */
  placeOf(name: string): Place | undefined {
    return this.#places.get(name);
  }

  /** Only what is in the log: a repeat of what could not be written must not be taken for one. */
  add(name: string, { partition, offset }: Place): void {
    this.#places.set(name, { partition, offset });
  }
}

/** Ids are the customers' own, as the processors see it. They hold no control characters. */
export function eventName(customerId: string, eventId: string): string {
  return `${customerId}\n${eventId}`;
}
