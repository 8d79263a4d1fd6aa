// What this process has just been told about consent and what the profiles can't say yet: a withdrawal must hold from the moment
// that it is accepted, and must not be undone by an update that was made in ignorance of it.
import { LRUCache } from 'lru-cache';
import type { Placed } from '../dependencies.ts';
import type { ServingReads } from '../serving-reads.ts';

interface Decision {
  readonly consent: boolean;
  /** Where it stands in the log; null while it is being written. */
  place: Pick<Placed, 'partition' | 'offset'> | null;
}

/** A decision is kept until its profile is readable, moments later. So many on their way at one time are remembered. */
const decisionsMax = 50_000;

export class ConsentDecisions {
  readonly #decisions = new LRUCache<string, Decision>({ max: decisionsMax });
  readonly #reads: ServingReads;

  constructor(reads: ServingReads) {
    this.#reads = reads;
  }

  /**
   * Consent as last decided, of those decisions that profiles may not reflect yet; undefined: ask the profile.
   *
   * Forgets a decision that has arrived there, so read the profile after asking.
   */
  async ofCustomer(customerId: string): Promise<boolean | undefined> {
    const decision = this.#decisions.get(customerId);
    if (decision === undefined) return undefined;
    if (decision.place === null) return decision.consent;
    const { partition, offset } = decision.place;
    const isReadable = await this.#reads.waitForProgress({ topic: 'customers', partition, offset }, 0);
    if (isReadable && this.#decisions.get(customerId) === decision) this.#decisions.delete(customerId);
    return this.underWay(customerId);
  }

  /** The same without looking whether it has arrived: for who must not wait between asking and writing. */
  underWay(customerId: string): boolean | undefined {
    return this.#decisions.get(customerId)?.consent;
  }

  /** Counts from before the write on, so that nobody decides otherwise meanwhile. A write that fails decides nothing. */
  async deciding(customerId: string, consent: boolean, write: () => Promise<readonly Placed[]>) {
    const former = this.#decisions.get(customerId);
    const decision: Decision = { consent, place: null };
    this.#decisions.set(customerId, decision);
    try {
      const places = await write();
      decision.place = places[0] ?? null;
      return places;
    } catch (error) {
      if (this.#decisions.get(customerId) === decision) this.#restore(customerId, former);
      throw error;
    }
  }

  #restore(customerId: string, former: Decision | undefined): void {
    if (former === undefined) this.#decisions.delete(customerId);
    else this.#decisions.set(customerId, former);
  }
}
