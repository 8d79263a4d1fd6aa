// A task's own table: committed values in the local store, some of them kept decoded, and the overlay of the running batch.
import { DecodedValues, type Decoded, type DecodedShare } from './decoded-values.ts';
import type { StoreWrite, TaskStore } from './store/store.ts';
import type { TableDefinition } from './topic.ts';

/** The pseudo-table in the local store that says which entries expire when. */
export const EXPIRY_TABLE = '~expiry';
/** Expiry is looked for in steps of this size. */
const EXPIRY_BUCKET_MS = 60_000;
const WRITTEN_AT_BYTES = 8;

export interface Entry extends Decoded {
  value: unknown;
  /** Stream time of the last write; only kept exactly for tables that expire. */
  writtenAtMs: number;
  /** Which record of the batch wrote it last, or -1 when it was only read. */
  writtenBy: number;
  /** 0 until the batch encodes what it wrote. */
  bytes: number;
}

/** Not thread-safe, not re-entrant: one batch at a time. */
export class TableState {
  readonly definition: TableDefinition<unknown>;
  readonly #store: TaskStore;
  /** Committed values. */
  readonly #decoded: DecodedShare<Entry>;
  #overlay = new Map<string, Entry>();

  /** @param decoded by default nothing is kept. */
  constructor(
    definition: TableDefinition<unknown>,
    store: TaskStore,
    decoded: DecodedShare<Entry> = new DecodedValues(0).open(),
  ) {
    this.definition = definition;
    this.#store = store;
    this.#decoded = decoded;
  }

  get(key: string, streamTimeMs: number): unknown {
    const entry = this.#overlay.get(key) ?? this.#load(key);
    if (entry === undefined || entry.value === undefined) return undefined;
    return this.#isExpired(entry, streamTimeMs) ? undefined : entry.value;
  }

  /** `value` undefined deletes. */
  write(key: string, value: unknown, streamTimeMs: number, recordIndex: number): void {
    const entry = this.#overlay.get(key);
    if (entry === undefined) {
      this.#decoded.take(key); // the value in its place
      this.#overlay.set(key, { value, writtenAtMs: streamTimeMs, writtenBy: recordIndex, bytes: 0 });
      return;
    }
    entry.value = value;
    entry.writtenAtMs = streamTimeMs;
    entry.writtenBy = recordIndex;
    entry.bytes = 0;
  }

  /** What the batch has read or changed, in the order of the keys' first use: changed where `writtenBy` is not negative. */
  get overlay(): ReadonlyMap<string, Readonly<Entry>> {
    return this.#overlay;
  }

  /** The committed bytes, without the overlay. */
  committedBytes(key: string): Buffer | undefined {
    const stored = this.#store.get(this.definition.name, key);
    return stored === undefined ? undefined : this.#unwrap(stored).bytes;
  }

  /** The batch is committed: its values become the decoded ones. */
  keepOverlay(): void {
    for (const [key, entry] of this.#overlay) {
      entry.writtenBy = -1;
      if (entry.value !== undefined) this.#decoded.keep(key, entry);
    }
    this.#overlay = new Map();
  }

  /** The batch is dropped. Values it was given were taken out of the decoded ones, so that what it changed in place goes with it. */
  dropOverlay(): void {
    this.#overlay = new Map();
  }

  /**
   * Keys that may be due at `streamTimeMs`, with the row of the expiry index that says so; what the batch itself has written
   * has no row yet.
   */
  *due(streamTimeMs: number, limit: number): Generator<{ key: string; indexKey?: string }> {
    if (this.definition.expireAfterMs === undefined) return;
    const prefix = `${this.definition.name}|`;
    const to = prefix + bucketOf(streamTimeMs);
    for (const { key: indexKey } of this.#store.range(EXPIRY_TABLE, { from: prefix, to, limit })) {
      yield { key: indexKey.slice(prefix.length + bucketOf(0).length + 1), indexKey };
    }
    for (const [key, { writtenBy }] of this.#overlay) if (writtenBy >= 0) yield { key };
  }

  /**
   * True when the value, as the batch sees it, is to be deleted. Its own time of writing decides: rows of the index that former
   * writes have left are there or not as batches and restarts had it, and must not matter.
   */
  isDue(key: string, streamTimeMs: number): boolean {
    const entry = this.#overlay.get(key) ?? this.#load(key);
    return entry?.value !== undefined && this.#dueBucket(entry.writtenAtMs) < bucketOf(streamTimeMs);
  }

  /** Store writes for one change: the value, and when the table expires, its row in the expiry index. */
  storeWrites(key: string, bytes: Buffer | null, writtenAtMs: number): StoreWrite[] {
    const written = this.#overlay.get(key);
    if (written !== undefined) written.bytes = bytes?.length ?? 0;
    const table = this.definition.name;
    const { expireAfterMs } = this.definition;
    if (expireAfterMs === undefined || bytes === null) return [{ table, key, value: bytes }];
    const wrapped = Buffer.allocUnsafe(WRITTEN_AT_BYTES + bytes.length);
    wrapped.writeDoubleBE(writtenAtMs, 0);
    bytes.copy(wrapped, WRITTEN_AT_BYTES);
    const indexKey = `${table}|${this.#dueBucket(writtenAtMs)}|${key}`;
    return [
      { table, key, value: wrapped },
      { table: EXPIRY_TABLE, key: indexKey, value: Buffer.alloc(0) },
    ];
  }

  #load(key: string): Entry | undefined {
    const decoded = this.#decoded.take(key);
    if (decoded !== undefined) {
      this.#overlay.set(key, decoded);
      return decoded;
    }
    const stored = this.#store.get(this.definition.name, key);
    if (stored === undefined) return undefined;
    const { bytes, writtenAtMs } = this.#unwrap(stored);
    const value = this.definition.codec.decode(bytes);
    const entry: Entry = { value, writtenAtMs, writtenBy: -1, bytes: bytes.length };
    this.#overlay.set(key, entry);
    return entry;
  }

  #unwrap(stored: Buffer): { bytes: Buffer; writtenAtMs: number } {
    if (this.definition.expireAfterMs === undefined) return { bytes: stored, writtenAtMs: 0 };
    return { bytes: stored.subarray(WRITTEN_AT_BYTES), writtenAtMs: stored.readDoubleBE(0) };
  }

  /** One step late, so that nothing is deleted before it reads as absent. */
  #dueBucket(writtenAtMs: number): string {
    return bucketOf(writtenAtMs + (this.definition.expireAfterMs ?? Infinity) + EXPIRY_BUCKET_MS);
  }

  #isExpired(entry: Entry, streamTimeMs: number): boolean {
    const { expireAfterMs } = this.definition;
    return expireAfterMs !== undefined && streamTimeMs - entry.writtenAtMs > expireAfterMs;
  }
}

/** Sorts as text like the time it stands for. */
function bucketOf(timeMs: number): string {
  return Math.max(0, Math.floor(timeMs / EXPIRY_BUCKET_MS))
    .toString(16)
    .padStart(12, '0');
}
