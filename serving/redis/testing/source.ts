// A log of one partition in memory, and the part of a sink that tests need: it gives the store what it does not have yet, and reads again
// from where the store stands when that has lost something.
import { setTimeout as sleep } from 'node:timers/promises';
import { DependencyUnavailable, StateUnusable } from '../../../streams/errors.ts';
import type { ServingEntry, ServingStore } from '../../serving-store.ts';

export const SOURCE = { topic: 'freshet.profiles.v1', partition: 0 };
export const INPUT = { stage: 'customers', topic: 'freshet.interactions.v1', partition: 0 };

export function entry(offset: number, key: string, value: string | null): ServingEntry {
  return { collection: 'profiles', key, value: value === null ? null : Buffer.from(value), offset };
}

const backoffMs = 20;
const batchRecords = 100;

export class Source {
  readonly #records: ServingEntry[] = [];
  readonly #store: ServingStore;
  /** What the store is known to hold. */
  #held: number | null = null;

  constructor(store: ServingStore) {
    this.#store = store;
    store.onLost?.(() => (this.#held = null));
  }

  get end(): number {
    return this.#records.length;
  }

  append(key: string, value: string | null): void {
    this.#records.push(entry(this.end, key, value));
  }

  /** Until all is written, and the progress that stands for it, however often that fails. */
  async serve(): Promise<void> {
    for (;;) {
      try {
        this.#held ??= (await this.#store.positions())[0]?.offset ?? 0;
        const from = this.#held;
        const entries = this.#records.slice(from, from + batchRecords);
        const nextOffset = from + entries.length;
        const isEnd = nextOffset === this.end;
        await this.#store.write(
          [{ ...SOURCE, from, entries, nextOffset }],
          isEnd ? [{ ...INPUT, offset: this.end }] : [],
        );
        if (this.#held !== null) this.#held = nextOffset;
        if (isEnd && this.#held !== null) return;
      } catch (error) {
        if (error instanceof StateUnusable) this.#held = null;
        else if (!(error instanceof DependencyUnavailable)) throw error;
        await sleep(backoffMs);
      }
    }
  }
}

/** Asks until it holds; the test's own time limit ends it. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

/** null also when it can't be read now. */
export async function textOf(store: ServingStore, key: string): Promise<string | null> {
  try {
    return (await store.get('profiles', key))?.toString() ?? null;
  } catch (error) {
    if (error instanceof DependencyUnavailable) return null;
    throw error;
  }
}
