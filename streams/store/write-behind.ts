// Puts off the writes of a local store for a moment, so that many small commits cost one transaction of the database.
//
// What it puts off is in the log already: a crash only makes the store older, and its meta says how old it is.
import { type Clock, wallClock } from '../clock.ts';
import { Bug } from '../errors.ts';
import { compareKeys } from './key-order.ts';
import type { StateStore, StoreWrite, TaskStore } from './store.ts';
import { checkKey, checkTable } from './stored-key.ts';

export interface WriteBehindOptions {
  /** Writes wait for this long for others. @default 100 */
  readonly delayMs?: number;
  /** Of keys and values that wait, per task; past that `apply` waits for the database. @default 8 MiB */
  readonly waitingBytesMax?: number;
  readonly clock?: Clock;
}

const DELAY_MS = 100;
const WAITING_BYTES_MAX = 8 * 1024 * 1024;
/** What an entry takes beside its key and value, roughly: so that many tiny ones are bounded too. */
const ENTRY_BYTES = 100;

/** `inner`, whose tasks' writes are visible at once and written a moment later. Closing it writes the rest and closes `inner`. */
export class WriteBehindStateStore implements StateStore {
  readonly #inner: StateStore;
  readonly #options: Required<WriteBehindOptions>;
  readonly #open = new Map<string, WriteBehindTaskStore>();

  constructor(inner: StateStore, options: WriteBehindOptions = {}) {
    this.#inner = inner;
    this.#options = { delayMs: DELAY_MS, waitingBytesMax: WAITING_BYTES_MAX, clock: wallClock, ...options };
  }

  async open(task: string): Promise<TaskStore> {
    await this.#open.get(task)?.close();
    const store = new WriteBehindTaskStore(task, await this.#inner.open(task), this.#options);
    this.#open.set(task, store);
    return store;
  }

  async wipe(task: string): Promise<void> {
    await this.#open.get(task)?.abandon();
    this.#open.delete(task);
    await this.#inner.wipe(task);
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#open.values(), (store) => store.close()));
    await this.#inner.close();
  }
}

/** Writes of which the later wins, by table and key. */
class Waiting {
  readonly tables = new Map<string, Map<string, StoreWrite>>();
  meta: Buffer;
  bytes = 0;

  constructor(meta: Buffer) {
    this.meta = meta;
  }

  add(writes: readonly StoreWrite[], meta: Buffer): void {
    for (const write of writes) {
      const { table, key, value } = write;
      let entries = this.tables.get(table);
      if (entries === undefined) this.tables.set(table, (entries = new Map<string, StoreWrite>()));
      const former = entries.get(key);
      this.bytes += (value?.length ?? 0) - (former?.value?.length ?? 0);
      if (former === undefined) this.bytes += key.length + ENTRY_BYTES;
      entries.set(key, write);
    }
    this.meta = meta;
  }

  get(table: string, key: string): Buffer | null | undefined {
    return this.tables.get(table)?.get(key)?.value;
  }

  writes(): StoreWrite[] {
    return [...this.tables.values()].flatMap((entries) => [...entries.values()]);
  }
}

class WriteBehindTaskStore implements TaskStore {
  readonly #task: string;
  readonly #inner: TaskStore;
  readonly #options: Required<WriteBehindOptions>;
  /** Applied, not yet handed to the database. */
  #waiting: Waiting | null = null;
  /** Handed to the database, which has not answered yet. */
  #underWay: Waiting | null = null;
  #writing: Promise<void> | null = null;
  /** The database refused the last write: the next `apply` learns it before it adds to what waits. */
  #failed = false;
  #meta: Buffer | null;
  readonly #closed = new AbortController();

  constructor(task: string, inner: TaskStore, options: Required<WriteBehindOptions>) {
    this.#task = task;
    this.#inner = inner;
    this.#options = options;
    this.#meta = inner.meta;
  }

  get meta(): Buffer | null {
    return this.#meta;
  }

  get(table: string, key: string): Buffer | undefined {
    this.#refuseClosed();
    for (const layer of [this.#waiting, this.#underWay]) {
      const latest = layer?.get(table, key);
      if (latest !== undefined) return latest ?? undefined;
    }
    return this.#inner.get(table, key);
  }

  range(
    table: string,
    bounds: { from?: string; to?: string; limit?: number } = {},
  ): Iterable<{ key: string; value: Buffer }> {
    this.#refuseClosed();
    const { from = '', to } = bounds;
    const latest = new Map<string, Buffer | null>();
    for (const layer of [this.#underWay, this.#waiting]) {
      for (const [key, { value }] of layer?.tables.get(table) ?? []) {
        if (compareKeys(key, from) >= 0 && (to === undefined || compareKeys(key, to) < 0)) latest.set(key, value);
      }
    }
    if (latest.size === 0) return this.#inner.range(table, bounds);
    const { limit, ...all } = bounds;
    return merged(this.#inner.range(table, all), latest).take(limit ?? Infinity);
  }

  async apply(writes: readonly StoreWrite[], meta: Buffer): Promise<void> {
    this.#refuseClosed();
    for (const { table, key } of writes) {
      checkTable(table);
      checkKey(table, key);
    }
    while (this.#failed || (this.#waiting?.bytes ?? 0) > this.#options.waitingBytesMax) {
      await this.#write();
      this.#refuseClosed();
    }
    const first = this.#waiting === null;
    this.#waiting ??= new Waiting(meta);
    this.#waiting.add(writes, meta);
    this.#meta = Buffer.from(meta);
    if (first) void this.#writeLater();
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort('closed');
    try {
      while (this.#waiting !== null || this.#writing !== null) await this.#write();
    } catch {
      // The log has what could not be written: the next owner of the store finds it old and restores the rest.
    }
    await this.#inner.close();
  }

  /** Closes it without what still waits. */
  async abandon(): Promise<void> {
    this.#waiting = null;
    await this.close();
  }

  async #writeLater(): Promise<void> {
    const { clock, delayMs } = this.#options;
    await clock.sleep(delayMs, this.#closed.signal);
    try {
      await this.#writing;
      if (!this.#closed.signal.aborted) await this.#write();
    } catch {
      // The next `apply` tries again, and its caller has the error.
    }
  }

  /** Writes what waits; one after the other. */
  async #write(): Promise<void> {
    if (this.#writing !== null) return this.#writing;
    const writing = this.#waiting;
    if (writing === null) return;
    this.#underWay = writing;
    this.#waiting = null;
    this.#writing = this.#inner.apply(writing.writes(), writing.meta);
    try {
      await this.#writing;
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      const newer = this.#waiting as Waiting | null; // another `apply` may have come meanwhile
      if (newer !== null) writing.add(newer.writes(), newer.meta);
      this.#waiting = writing;
      throw error;
    } finally {
      this.#underWay = null;
      this.#writing = null;
    }
  }

  #refuseClosed(): void {
    if (this.#closed.signal.aborted) throw new Bug(`the local store of ${this.#task} is closed`);
  }
}

/** Entries of the database in their order, with the later values instead of theirs and without what was deleted since. */
function* merged(
  stored: Iterable<{ key: string; value: Buffer }>,
  latest: ReadonlyMap<string, Buffer | null>,
): Generator<{ key: string; value: Buffer }, undefined> {
  const newer = [...latest].flatMap(([key, value]) => (value === null ? [] : [{ key, value }]));
  newer.sort((one, other) => compareKeys(one.key, other.key));
  let at = 0;
  for (const entry of stored) {
    for (let next = newer[at]; next !== undefined && compareKeys(next.key, entry.key) < 0; next = newer[at]) {
      yield next;
      at += 1;
    }
    if (!latest.has(entry.key)) yield entry;
  }
  yield* newer.slice(at);
}
