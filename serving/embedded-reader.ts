// The embedded serving store as a thread sees it that does not write it: the same database, and a board of its own, which the
// writer's thread keeps up to date.
import { DependencyUnavailable } from '../streams/errors.ts';
import { openLmdbReader, type LmdbReader } from '../streams/store/lmdb-reader.ts';
import { isStorable } from '../streams/store/stored-key.ts';
import { TASK } from './embedded.ts';
import { ProgressBoard } from './progress-board.ts';
import type { ServingKey, ServingStore, StageOffset } from './serving-store.ts';

export class EmbeddedServingReader implements Pick<ServingStore, 'get' | 'getMany' | 'waitForProgress'> {
  readonly #board = new ProgressBoard();
  readonly #entries: LmdbReader;
  #closed = false;

  /** `folder` is open as a serving store in another thread of this process, and stays so until this is closed. */
  constructor(folder: string) {
    this.#entries = openLmdbReader(folder, TASK);
  }

  get(collection: string, key: string, known?: Buffer | null): Buffer | null {
    if (this.#closed) throw new DependencyUnavailable('serving store', 'it is closed');
    return isStorable(key) ? (this.#entries.get(collection, key, known) ?? null) : null;
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
