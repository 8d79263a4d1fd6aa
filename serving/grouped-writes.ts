// Writes of a serving store, one after the other: those that come while one is under way, or soon after it, share the next, since a
// transaction or a round trip costs more than most writes.
import { type Clock, wallClock } from '../streams/clock.ts';
import { Bug } from '../streams/errors.ts';
import { KEY_BYTES_MAX } from '../streams/store/store.ts';
import { isStorable } from '../streams/store/stored-key.ts';
import type { ServingBatch, StageOffset } from './serving-store.ts';

export interface GroupedWritesOptions {
  readonly clock?: Clock;
  /** After a write the next one waits for so long, and all that come meanwhile share it. @default 4 */
  readonly writeGapMs?: number;
}

const WRITE_GAP_MS = 4;

type Apply = (batches: readonly ServingBatch[], progress: readonly StageOffset[]) => Promise<void>;

/** Writes that share a transaction. */
interface WriteGroup {
  readonly batches: ServingBatch[];
  readonly progress: StageOffset[];
  readonly written: Promise<void>;
}

export class GroupedWrites {
  readonly #apply: Apply;
  readonly #clock: Clock;
  readonly #gapMs: number;
  #writing: Promise<void> = Promise.resolve();
  /** What is written next takes further writes until its turn comes. */
  #next: WriteGroup | null = null;
  #lastWriteMs = -Infinity;

  constructor(apply: Apply, { clock = wallClock, writeGapMs = WRITE_GAP_MS }: GroupedWritesOptions) {
    this.#apply = apply;
    this.#clock = clock;
    this.#gapMs = writeGapMs;
  }

  /** @throws Bug when a batch contradicts itself: then nothing of the call is written. */
  async write(batches: readonly ServingBatch[], progress: readonly StageOffset[]): Promise<void> {
    batches.forEach(checkBatch);
    this.#next ??= this.#nextGroup();
    this.#next.batches.push(...batches);
    this.#next.progress.push(...progress);
    await this.#next.written;
  }

  /** Does something after all writes so far and before all later ones. */
  alone(change: () => Promise<void>): Promise<void> {
    this.#next = null; // a write that comes after this must not go before it
    return this.#inOrder(change);
  }

  /** Resolves when nothing is under way any more. */
  settled(): Promise<void> {
    return this.#writing;
  }

  #nextGroup(): WriteGroup {
    const group: WriteGroup = {
      batches: [],
      progress: [],
      written: this.#inOrder(async () => {
        const waitMs = this.#lastWriteMs + this.#gapMs - this.#clock.nowMs();
        if (waitMs > 0) await this.#clock.sleep(Math.min(waitMs, this.#gapMs));
        if (this.#next === group) this.#next = null;
        await this.#apply(group.batches, group.progress);
        this.#lastWriteMs = this.#clock.nowMs();
      }),
    };
    return group;
  }

  #inOrder(change: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(change);
    this.#writing = done.catch(() => undefined); // its caller has the error; the next one starts afresh
    return done;
  }
}

function checkBatch({ topic, partition, entries, nextOffset }: ServingBatch): void {
  let former = 0;
  for (const { collection, key, offset } of entries) {
    if (offset < former || offset >= nextOffset) {
      throw new Bug(`${topic}/${partition}: offset ${offset} after ${former}, in a batch up to ${nextOffset}`);
    }
    if (collection.startsWith('.') || collection.includes(':'))
      throw new Bug(`not a name for a collection: ${collection}`);
    if (!isStorable(key))
      throw new Bug(`${topic}/${partition}: the key at ${offset} has more than ${KEY_BYTES_MAX} bytes`);
    former = offset;
  }
}
