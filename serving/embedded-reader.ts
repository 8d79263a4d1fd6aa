// The embedded serving store as a thread sees it that does not write it: the same database, and a board of its own, which the
// writer's thread keeps up to date.
import { DependencyUnavailable } from '../streams/errors.ts';
import { openLmdbReader, type LmdbReader } from '../streams/store/lmdb-reader.ts';
import { isStorable } from '../streams/store/stored-key.ts';
import { ChangeMarks } from './change-marks.ts';
import { TASK } from './embedded.ts';
import { ProgressBoard } from './progress-board.ts';
import type { ServingKey, ServingStore, StageOffset } from './serving-store.ts';

/** What the store's own thread gives to others. */
export interface SharedServing {
  readonly folder: string;
  /** The store's `changeMemory`. */
  readonly changes: SharedArrayBuffer;
}

export class EmbeddedServingReader implements Pick<ServingStore, 'get' | 'getMany' | 'waitForProgress'> {
  readonly #board = new ProgressBoard();
  readonly #entries: LmdbReader;
  readonly #marks: ChangeMarks;
  #closed = false;

  /** `folder` is open as a serving store in another thread of this process, and stays so until this is closed. */
  constructor({ folder, changes }: SharedServing) {
    this.#entries = openLmdbReader(folder, TASK);
    this.#marks = new ChangeMarks(changes);
  }

  get(collection: string, key: string, known?: Buffer | null): Buffer | null {
    if (this.#closed) throw new DependencyUnavailable('serving store', 'it is closed');
    if (!isStorable(key)) return null;
    return this.#marks.read(collection, key, known, () => {
      // lmdb would answer what was there when this turn began, though the mark is from now.
      if (known !== null && known !== undefined) this.#entries.refresh();
      return this.#entries.get(collection, key, known) ?? null;
    });
  }

  getMany(keys: readonly ServingKey[]): (Buffer | null)[] {
    return keys.map(({ collection, key, known }) => this.get(collection, key, known));
  }

  waitForProgress(record: StageOffset, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    return this.#board.wait(record, timeoutMs, signal);
  }

  /** What the store's `follow` says, once it has arrived in this thread. */
  advance(progress: readonly StageOffset[]): void {
    this.#entries.refresh();
    this.#board.advance(progress);
  }

  async close(): Promise<void> {
    this.#board.end();
    this.#closed = true;
    await this.#entries.close();
  }
}
