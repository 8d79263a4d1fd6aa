// A member's place in one partition: what is to be delivered next, and whether now.
import type { FetchedBatch, Offset } from '../log.ts';
import type { PartitionLog } from './partition-log.ts';

/** What a look for the next batch found: one, none right now, or that one is being read and `ready` will be called. */
export type Next = FetchedBatch | 'none' | 'reading';

export interface FeedOptions {
  readonly batchBytes: number;
  readonly ready: () => void;
  readonly failed: (error: unknown) => void;
  /** Told what can't be read any more, before what comes after it is read. */
  readonly passedOver: (from: Offset, to: Offset) => void;
}

export class Feed {
  readonly log: PartitionLog;
  readonly #batchBytes: number;
  readonly #ready: () => void;
  readonly #failed: (error: unknown) => void;
  readonly #passedOver: (from: Offset, to: Offset) => void;
  /** Undefined until the first seek: nothing is delivered. */
  #position: Offset | undefined;
  #paused = false;
  #reading = false;
  /** Read from a segment for the present position. */
  #fetched: FetchedBatch | undefined;

  constructor(log: PartitionLog, options: FeedOptions) {
    this.log = log;
    this.#batchBytes = options.batchBytes;
    this.#ready = options.ready;
    this.#failed = options.failed;
    this.#passedOver = options.passedOver;
    log.watchers.add(this.#ready);
  }

  seek(offset: Offset): void {
    this.#position = offset;
    this.#fetched = undefined;
    this.#paused = false;
    this.#ready();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#ready();
  }

  /** Takes the next batch, which counts as delivered then. */
  next(): Next {
    const position = this.#position;
    if (position === undefined || this.#paused || position >= this.log.end) return 'none';
    if (this.#reading) return 'reading';
    const batch = this.#fetched ?? this.log.readRecent(position, this.#batchBytes);
    if (batch === undefined) {
      void this.#fetch(position);
      return 'reading';
    }
    this.#fetched = undefined;
    this.#position = batch.nextOffset;
    return batch;
  }

  close(): void {
    this.log.watchers.delete(this.#ready);
    this.#position = undefined;
  }

  async #fetch(position: Offset): Promise<void> {
    this.#reading = true;
    if (position < this.log.start) this.#passedOver(position, this.log.start);
    try {
      const batch = await this.log.read(position, this.#batchBytes);
      // After a seek this is no longer what is wanted.
      if (this.#position === position) this.#fetched = batch;
    } catch (error) {
      this.#failed(error);
      return;
    } finally {
      this.#reading = false;
    }
    this.#ready();
  }
}
