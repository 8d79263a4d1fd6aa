// The local store on disk: one lmdb environment for the process, in it one table of lmdb's per task.
import { Bug } from '../errors.ts';
import { LmdbFolder, type LmdbFolderOptions, type LmdbTable } from './lmdb-folder.ts';
import { knownOrCopied } from './lmdb-reader.ts';
import type { StateStore, StoreWrite, TaskStore } from './store.ts';
import { checkKey, checkTable, endOfTable, prefixBytes, storedKey } from './stored-key.ts';

/** Stands before all tables, since their names are not empty. */
const META_KEY = Buffer.from('\0meta');

export interface LmdbStateStore extends StateStore {
  /** Why all tasks' former state was deleted at opening, worth one line in the log; null when it was kept or there was none. */
  readonly wiped: string | null;
}

/**
 * Opens the local stores in `folder`, which only this process may use meanwhile. State that can't be trusted is wiped:
 * torn, foreign, or not synced before the machine went down.
 *
 * @throws DependencyUnavailable when the disk is too full or can't be written.
 */
export async function openLmdbStateStore(folder: string, options?: LmdbFolderOptions): Promise<LmdbStateStore> {
  return new LmdbStore(new LmdbFolder(folder, options));
}

class LmdbStore implements LmdbStateStore {
  readonly wiped: string | null;
  readonly #folder: LmdbFolder;
  readonly #open = new Map<string, LmdbTaskStore>();

  constructor(folder: LmdbFolder) {
    this.#folder = folder;
    this.wiped = folder.wiped;
  }

  async open(task: string): Promise<TaskStore> {
    await this.#open.get(task)?.close();
    const store = new LmdbTaskStore(task, this.#folder, this.#folder.openTable(task));
    this.#open.set(task, store);
    return store;
  }

  async wipe(task: string): Promise<void> {
    await this.#open.get(task)?.close();
    await this.#folder.clearTable(this.#folder.openTable(task));
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#open.values(), (store) => store.close()));
    await this.#folder.close();
  }
}

class LmdbTaskStore implements TaskStore {
  readonly #task: string;
  readonly #folder: LmdbFolder;
  readonly #table: LmdbTable;
  #meta: Buffer | null;
  #applying: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(task: string, folder: LmdbFolder, table: LmdbTable) {
    this.#task = task;
    this.#folder = folder;
    this.#table = table;
    this.#meta = this.#read(META_KEY) ?? null;
  }

  get meta(): Buffer | null {
    return this.#meta;
  }

  get(table: string, key: string, known?: Buffer | null): Buffer | undefined {
    this.#refuseClosed();
    checkKey(table, key);
    return this.#read(storedKey(table, key), known);
  }

  range(
    table: string,
    bounds: { from?: string; to?: string; limit?: number } = {},
  ): Iterable<{ key: string; value: Buffer }> {
    this.#refuseClosed();
    const { from = '', to, limit } = bounds;
    checkKey(table, from);
    if (to !== undefined) checkKey(table, to);
    return this.#walk(
      table,
      storedKey(table, from),
      to === undefined ? endOfTable(table) : storedKey(table, to),
      limit,
    );
  }

  async apply(writes: readonly StoreWrite[], meta: Buffer): Promise<void> {
    this.#refuseClosed();
    // Before anything is handed to lmdb: what fails on the way would leave a half.
    for (const { table, key } of writes) {
      checkTable(table);
      checkKey(table, key);
    }
    this.#applying = this.#commit(writes, meta);
    await this.#applying;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#applying.catch(() => undefined); // its caller has the error
  }

  async #commit(writes: readonly StoreWrite[], meta: Buffer): Promise<void> {
    const values = this.#folder.values.take(writes.reduce((sum, { value }) => sum + (value?.length ?? 0), meta.length));
    let used = 0;
    const staged = (value: Buffer): Buffer => {
      const from = used;
      used += value.copy(values, used);
      return values.subarray(from, used);
    };
    await this.#folder.commit(this.#table, () => {
      for (const { table, key, value } of writes) this.#write(storedKey(table, key), value && staged(value));
      this.#write(META_KEY, staged(meta));
    });
    this.#folder.values.giveBack(values); // after a failure lmdb may still look at them
    this.#meta = Buffer.from(meta);
  }

  #write(key: Buffer, value: Buffer | null): void {
    // The promises are those of the batch, which `commit` waits for.
    if (value === null) void this.#table.remove(key);
    else void this.#table.put(key, value);
  }

  #read(key: Buffer, known?: Buffer | null): Buffer | undefined {
    try {
      const bytes = this.#table.getBinaryFast(key);
      return bytes === undefined ? undefined : knownOrCopied(known, bytes);
    } catch (error) {
      throw this.#folder.verdict(error);
    }
  }

  *#walk(
    table: string,
    start: Buffer,
    end: Buffer,
    limit: number | undefined,
  ): Iterable<{ key: string; value: Buffer }> {
    const prefix = prefixBytes(table);
    try {
      for (const { key, value } of this.#table.getRange({ start, end, ...(limit === undefined ? {} : { limit }) })) {
        yield { key: key.toString('utf8', prefix), value };
      }
    } catch (error) {
      throw this.#folder.verdict(error);
    }
  }

  #refuseClosed(): void {
    if (this.#closed) throw new Bug(`the local store of ${this.#task} is closed`);
  }
}
