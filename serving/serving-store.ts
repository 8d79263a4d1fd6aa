// The read model behind the gateway: the latest value by key of each served topic, and how far it reflects the log.
//
// Implementations pass `serving.contract.ts`: `embedded.ts` in this process; a server such as Redis can be written
// from the comments here. Everything in it is a copy of the log and can be dropped: the writer starts again from
// `positions()`, which are then empty.
import type { Offset, Partition, TopicOffset } from '../streams/log/log.ts';

/**
 * An answer that may be there already. `await` it: that costs no turn of the event loop when it is, and none of the
 * callers need to know which store they have.
 */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with what is there, at once if it is: for what is done thousands of times a second, where each turn of a promise counts. */
export function whenThere<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

export interface ServingStore {
  /**
   * Writes what was read from the log. Each batch is atomic with its source's position: a reader sees all of it or
   * nothing, and after a crash entries and position agree. `progress` becomes visible after all batches, never before.
   *
   * A server may write a large batch in parts. One on several nodes is spread: it writes each node's part apart, so that a reader
   * may see a batch in some of its keys and not yet in others. What it still promises: each part is there with a position of its own
   * or not at all, and `positions` answers the lowest; each key is whole, and once a newer value was seen no older one is;
   * and what `progress` speaks of is there in every key. A reader that needs several keys to agree waits for the progress.
   *
   * The position is the fence that makes writing idempotent. Entries below the source's stored position are ignored,
   * since the store reflects all of that already; the position and the progress only move forward. So a writer may
   * repeat itself, start again from an old position, or be a zombie beside the new owner: what is there gets no older.
   * This also holds for deletes, without tombstones: an entry that could bring a deleted key back lies below the position.
   *
   * It rests on two things. A key of a collection comes from one source only (same topic, same partition); when a
   * topic is recreated or partitioned anew, `reset`. And comparing the position, writing the entries and moving the
   * position are one step: a position stands where its entries stand, on each node of a cluster.
   *
   * The position fences the other way as well: a batch that goes on `from` more than is there is refused, as the store has lost
   * something (it was emptied, or a replica that was behind took over) and there would be a hole.
   *
   * Calls may overlap; for one source they take effect in the order in which they were made.
   *
   * @throws DependencyUnavailable when it can't be written now. Some batches may have been: write all of them again.
   * @throws StateUnusable when it holds less than a batch goes on from: read again from what `positions()` says now.
   * @throws Bug when a batch contradicts itself, or a key has more than KEY_BYTES_MAX bytes (`streams/store/store.ts`).
   */
  write(batches: readonly ServingBatch[], progress?: readonly StageOffset[]): Promise<void>;

  /** Per source the offset to go on reading from; sources that were never written are left out. */
  positions(): Promise<TopicOffset[]>;

  /**
   * Calls `listener` whenever something that was held is gone, also when nothing is being written: read again from what
   * `positions()` says now. Answers how to stop. A store without it loses nothing while it is open.
   */
  onLost?(listener: () => void): () => void;

  /** Deletes everything: entries, positions, progress. Writes that were on their way may take effect before it, none in its midst. */
  reset(): Promise<void>;

  /**
   * The latest value, as its bytes stand in the log; null when there is none. They are yours to keep, not to change.
   * `known` is what it answered the last time: it may be answered again while the value is the same, which spares a copy.
   *
   * @throws DependencyUnavailable when it can't be read now, or is missing where something was lost.
   */
  get(collection: string, key: string, known?: Buffer | null): MaybePromise<Buffer | null>;

  /** The same for several keys in one round trip, answered in their order. Need not be one snapshot. */
  getMany(keys: readonly ServingKey[]): MaybePromise<(Buffer | null)[]>;

  /** The offset after the last record of this stage's input that is reflected here; 0 when nothing is known of it. */
  progress(input: StageInput): MaybePromise<Offset>;

  /**
   * Waits until the record that stands at `offset` of the stage's input is reflected here, for as long as `timeoutMs` at most.
   *
   * Answers whether it is. Answers false early when `signal` is aborted, when the store is closed, and when more than
   * a limit are waiting already: then the caller answers with what is there and says so.
   */
  waitForProgress(record: StageOffset, timeoutMs: number, signal?: AbortSignal): Promise<boolean>;

  /** Whether it can answer and be written. Never throws, and takes no longer than a second. */
  health(): MaybePromise<ServingHealth>;

  /** Ends all waiting. What was written stays. */
  close(): Promise<void>;
}

/** A run of one source, as it was read: `nextOffset` is past all of its entries. */
export interface ServingBatch {
  readonly topic: string;
  readonly partition: Partition;
  /** What the writer knows to be there: all of the source before this offset, by what `positions` said or it has written. @default 0 */
  readonly from?: Offset;
  /** In offset order. One record may make several entries. */
  readonly entries: readonly ServingEntry[];
  /** Where to read on. May be past gaps, and may move without any entry. */
  readonly nextOffset: Offset;
}

export interface ServingEntry extends ServingKey {
  /** null deletes. */
  readonly value: Buffer | null;
  readonly offset: Offset;
}

/** A collection is named by the part that writes it, such as `recommendations`. Names don't begin with a dot and hold no colon. */
export interface ServingKey {
  readonly collection: string;
  readonly key: string;
  /** As for `get`. */
  readonly known?: Buffer | null;
}

/** A partition of a topic that a stage reads. */
export interface StageInput {
  readonly stage: string;
  readonly topic: string;
  readonly partition: Partition;
}

/** In `write` the offset after the last record that is reflected; in `waitForProgress` the record's own. */
export interface StageOffset extends StageInput {
  readonly offset: Offset;
}

export interface ServingHealth {
  readonly ok: boolean;
  /** For people, when it is not. */
  readonly problem: string | null;
}
