// A folder with one lmdb environment, opened only when it can be trusted: the one place that deals with lmdb's dangers.
//
// What is found unusable is wiped here, as it is always a copy of the log; `wiped` says why.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync, statSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, type RootDatabase, open } from 'lmdb';
import { Bug, DependencyUnavailable, StateUnusable } from '../errors.ts';
import { reasonNotToOpen } from './lmdb-file.ts';
import { StagedValues } from './staged-values.ts';
import { markClosed, markInUse, markSpoiled, reasonNotToTrust } from './trust-marker.ts';

export type LmdbTable = Database<Buffer, Buffer>;

export interface LmdbFolderOptions {
  /**
   * Writing is refused while the disk has less room than this. The log needs the last bytes more than a copy of it, and
   * lmdb can damage its own memory when it meets a full disk (lmdb-js 3.5.6 aborted in `free` after a failed spill).
   * @default 64 MiB
   */
  readonly diskReserveBytes?: number;
}

const DISK_RESERVE_BYTES = 64 * 1024 * 1024;
const TABLES_MAX = 1024;
/** Of addresses, not of memory or disk. lmdb maps a file that outgrows them anew, and the pages of all maps count as resident. */
const ADDRESS_BYTES = 2 ** 38;

// What lmdb answers when pages don't hold what they should: not found, corrupted, panic, other version, invalid.
const CORRUPTION_CODES: readonly unknown[] = [-30797, -30796, -30795, -30794, -30793];

const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const;

export class LmdbFolder {
  /** Why the former content was deleted at opening; null when it was kept or there was none. */
  readonly wiped: string | null;
  /** Memory for what is being written. */
  readonly values = new StagedValues();
  readonly #folder: string;
  readonly #files: Files;
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #diskReserveBytes: number;
  /** Set when lmdb failed at something: nothing more is written then, as its memory may be damaged. */
  #failure: string | null = null;
  #closed = false;

  /**
   * Opens the folder's environment, creating or wiping it first where needed.
   *
   * @throws DependencyUnavailable when the disk is too full or can't be written.
   */
  constructor(folder: string, options: LmdbFolderOptions = {}) {
    this.#folder = folder;
    this.#files = filesOf(folder);
    this.#diskReserveBytes = options.diskReserveBytes ?? DISK_RESERVE_BYTES;
    try {
      mkdirSync(folder, { recursive: true });
      this.wiped = wipeIfUnusable(this.#files);
      this.#refuseFullDisk();
      markInUse(this.#files.marker);
      // Without `eventTurnBatching: false` lmdb-js makes promises that nobody can see, and their rejection ends the process.
      this.#root = open<Buffer, Buffer>({
        ...BINARY,
        path: folder,
        noSync: true,
        mapSize: ADDRESS_BYTES,
        maxDbs: TABLES_MAX,
        eventTurnBatching: false,
      });
    } catch (error) {
      throw this.verdict(error);
    }
  }

  /** @throws StateUnusable | DependencyUnavailable */
  openTable(name: string): LmdbTable {
    try {
      this.#refuseWriting();
      return this.#root.openDB<Buffer, Buffer>({ ...BINARY, name });
    } catch (error) {
      throw this.verdict(error);
    }
  }

  /** Deletes all of a table's entries. */
  async clearTable(table: LmdbTable): Promise<void> {
    try {
      this.#refuseWriting();
      await table.clearAsync();
    } catch (error) {
      throw await this.#failedWrite(error);
    }
  }

  /**
   * Runs `write`, whose puts and removes become visible together or not at all, and resolves when they are. lmdb's
   * own thread does the work. `write` must not throw: lmdb would commit the half of it.
   *
   * @throws DependencyUnavailable when nothing was written: disk full or broken.
   */
  async commit(table: LmdbTable, write: () => void): Promise<void> {
    this.#refuseWriting();
    try {
      await table.batch(write);
    } catch (error) {
      throw await this.#failedWrite(error);
    }
  }

  /** Syncs everything, so that the next start can trust it even after a crash of the machine. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#root.close();
      if (this.#failure !== null) return;
      syncFile(this.#files.data);
      markClosed(this.#files.marker, statSync(this.#files.data).size);
    } catch (error) {
      throw this.verdict(error);
    }
  }

  /** What an error of lmdb or of the file system means to the runtime. Corruption is remembered for the next start. */
  verdict(error: unknown): Error {
    if (error instanceof Bug || error instanceof StateUnusable || error instanceof DependencyUnavailable) return error;
    const message = `local store ${this.#folder}: ${error instanceof Error ? error.message : String(error)}`;
    if (!CORRUPTION_CODES.includes(codeOf(error))) return new DependencyUnavailable('disk', message, { cause: error });
    this.#failure = message;
    markSpoiled(this.#files.marker, message);
    return new StateUnusable(message, { cause: error });
  }

  async #failedWrite(error: unknown): Promise<Error> {
    const verdict = this.verdict(await rootCause(error));
    this.#failure ??= verdict.message;
    return verdict;
  }

  #refuseWriting(): void {
    if (this.#closed) throw new Bug(`local store ${this.#folder} is closed`);
    if (this.#failure !== null) {
      throw new DependencyUnavailable(
        'disk',
        `${this.#failure}; nothing more is written until the process starts again`,
      );
    }
    this.#refuseFullDisk();
  }

  #refuseFullDisk(): void {
    const { bavail, bsize } = statfsSync(this.#folder);
    if (bavail * bsize >= this.#diskReserveBytes) return;
    const [free, needed] = [bavail * bsize, this.#diskReserveBytes].map((bytes) => Math.floor(bytes / 2 ** 20));
    throw new DependencyUnavailable(
      'disk',
      `local store ${this.#folder}: the disk has ${free} MiB left, ${needed} MiB are needed`,
    );
  }
}

interface Files {
  readonly data: string;
  readonly lock: string;
  readonly marker: string;
}

function filesOf(folder: string): Files {
  return { data: join(folder, 'data.mdb'), lock: join(folder, 'lock.mdb'), marker: join(folder, 'trust.json') };
}

function wipeIfUnusable(files: Files): string | null {
  if (!existsSync(files.data)) return null;
  const reason = reasonNotToTrust(files.marker, statSync(files.data).size) ?? reasonNotToOpen(files.data);
  if (reason === null) return null;
  // The marker goes last: until then it, or its absence beside a data file, still says 'wipe'.
  for (const file of [files.data, files.lock, files.marker]) rmSync(file, { force: true });
  return reason;
}

function syncFile(file: string): void {
  const fd = openSync(file, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** lmdb-js hides the cause of a failed commit in a second promise, which rejects. */
async function rootCause(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
