// The local store: a task's copy of its own tables, rebuilt from the log whenever it is missing or not to be trusted.
//
// Two implementations pass `store.contract.ts`: lmdb (on disk) and memory (tests, simulator). Keys are UTF-8 text of
// at most KEY_BYTES_MAX bytes; values are the bytes that stand in the log.

/** lmdb's limit is 1978 bytes for the whole key; the table's name stands in front. */
export const KEY_BYTES_MAX = 1024;
export const TABLE_NAME_BYTES_MAX = 255;

/** A process's local stores. */
export interface StateStore {
  /**
   * Opens the store of a task (`customers.2`), empty when it is new.
   *
   * @throws StateUnusable when it can't be trusted (torn, or the machine went down since it was last synced).
   */
  open(task: string): Promise<TaskStore>;

  /** Deletes a task's store, also one that can't be opened. */
  wipe(task: string): Promise<void>;

  close(): Promise<void>;
}

export interface TaskStore {
  /** What the last `apply` said about itself; null when the store is empty. */
  readonly meta: Buffer | null;

  /**
   * The bytes are yours to read for as long as you like, never to change: a store may hand out what it holds. `known` is what it answered
   * the last time: it may be answered again while the value is the same, which spares a copy.
   */
  get(table: string, key: string, known?: Buffer | null): Buffer | undefined;

  /**
   * Entries of a table with `from` ≤ key < `to` in byte order of the key. For the expiry index, tests and audits. Walk it
   * within one turn, before the next `apply`.
   */
  range(
    table: string,
    bounds?: { from?: string; to?: string; limit?: number },
  ): Iterable<{ key: string; value: Buffer }>;

  /**
   * Writes all of it and `meta` together, or nothing: a crash leaves the former state. Later writes win over earlier ones.
   * Once it resolves, `get` sees it. Values and `meta` must not change until then.
   *
   * @throws DependencyUnavailable when nothing was written: disk full or broken.
   * @throws Bug when a key or a table's name is too long, or the store was closed or wiped.
   */
  apply(writes: readonly StoreWrite[], meta: Buffer): Promise<void>;

  close(): Promise<void>;
}

export interface StoreWrite {
  readonly table: string;
  readonly key: string;
  /** null deletes. */
  readonly value: Buffer | null;
}
