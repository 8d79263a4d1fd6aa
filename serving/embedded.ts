// The serving store in this process: on disk, so that its memory does not grow with the customers, and read without waiting.
import { DependencyUnavailable, StateUnusable } from '../streams/errors.ts';
import type { Offset, TopicOffset } from '../streams/log/log.ts';
import { openLmdbStateStore } from '../streams/store/lmdb.ts';
import type { LmdbFolderOptions } from '../streams/store/lmdb-folder.ts';
import type { StateStore, StoreWrite, TaskStore } from '../streams/store/store.ts';
import { isStorable } from '../streams/store/stored-key.ts';
import { ChangeMarks, changeMemory } from './change-marks.ts';
import { GroupedWrites, type GroupedWritesOptions } from './grouped-writes.ts';
import { ProgressBoard, type ProgressBoardOptions } from './progress-board.ts';
import type {
  ServingBatch,
  ServingHealth,
  ServingKey,
  ServingStore,
  StageInput,
  StageOffset,
} from './serving-store.ts';

/** The one 'task' of the local store that holds it all. Raise the number when the layout changes: the former is rebuilt then. */
export const TASK = 'serving';
const LAYOUT = Buffer.from('layout 1');
const POSITIONS = '.positions';
const PROGRESS = '.progress';

export interface EmbeddedServingOptions extends ProgressBoardOptions, GroupedWritesOptions {}

/** Told of all progress, after it is readable. Progress only grows, but for a reset. */
export type Follower = (progress: readonly StageOffset[]) => void;

/**
 * Opens the serving store in `folder`, which only this process may use meanwhile. One that can't be trusted after a crash
 * of the machine is empty, and `wiped` says why: its writer rebuilds it from the log.
 *
 * @throws DependencyUnavailable when the disk is too full or can't be written.
 */
export async function openEmbeddedServingStore(
  folder: string,
  options: LmdbFolderOptions & EmbeddedServingOptions = {},
): Promise<EmbeddedServingStore> {
  const states = await openLmdbStateStore(folder, options);
  return EmbeddedServingStore.on(states, states.wiped, options);
}

/**
 * The position alone fences old writes here, without offsets beside the values: positions and entries change in one
 * local transaction, and writes come one after the other.
 */
export class EmbeddedServingStore implements ServingStore {
  /** Why the former content was deleted at opening; null when it was kept or there was none. */
  readonly wiped: string | null;
  /** For readers in other threads. */
  readonly changeMemory = changeMemory();
  readonly #marks = new ChangeMarks(this.changeMemory);
  readonly #states: StateStore;
  readonly #board: ProgressBoard;
  readonly #positions = new Map<string, TopicOffset>();
  readonly #writes: GroupedWrites;
  /** null while it is being reset, and when that failed. */
  #store: TaskStore | null;
  #closed = false;
  #problem: string | null = null;
  readonly #followers = new Set<Follower>();

  private constructor(states: StateStore, store: TaskStore, wiped: string | null, options: EmbeddedServingOptions) {
    this.#states = states;
    this.#store = store;
    this.wiped = wiped;
    this.#board = new ProgressBoard(options);
    this.#writes = new GroupedWrites(
      (batches, progress) => this.#noting(() => this.#apply(batches, progress)),
      options,
    );
    for (const { value } of store.range(POSITIONS)) {
      const position = decode<TopicOffset>(value);
      this.#positions.set(sourceName(position), position);
    }
    this.#board.advance(Array.from(store.range(PROGRESS), ({ value }) => decode<StageOffset>(value)));
  }

  /** The serving store on top of any local store, which it closes with itself. */
  static async on(
    states: StateStore,
    wiped: string | null,
    options: EmbeddedServingOptions = {},
  ): Promise<EmbeddedServingStore> {
    const store = await states.open(TASK);
    if (store.meta === null || store.meta.equals(LAYOUT))
      return new EmbeddedServingStore(states, store, wiped, options);
    const reason = `it has ${store.meta.toString()}, not ${LAYOUT.toString()}`;
    await states.wipe(TASK);
    return new EmbeddedServingStore(states, await states.open(TASK), reason, options);
  }

  async write(batches: readonly ServingBatch[], progress: readonly StageOffset[] = []): Promise<void> {
    await this.#writes.write(batches, progress);
  }

  async positions(): Promise<TopicOffset[]> {
    return [...this.#positions.values()];
  }

  async reset(): Promise<void> {
    await this.#writes.alone(() => this.#noting(() => this.#empty()));
  }

  get(collection: string, key: string, known?: Buffer | null): Buffer | null {
    this.#refuseClosed();
    const store = this.#store;
    if (store === null || !isStorable(key)) return null;
    try {
      return this.#marks.read(collection, key, known, () => store.get(collection, key, known) ?? null);
    } catch (error) {
      this.#problem = messageOf(error);
      throw new DependencyUnavailable('serving store', this.#problem, { cause: error });
    }
  }

  getMany(keys: readonly ServingKey[]): (Buffer | null)[] {
    return keys.map(({ collection, key, known }) => this.get(collection, key, known));
  }

  progress(input: StageInput): Offset {
    return this.#board.of(input);
  }

  waitForProgress(record: StageOffset, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    return this.#board.wait(record, timeoutMs, signal);
  }

  /** Tells how far the store is, now and whenever it changes, until the answered function is called. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    follower(this.#board.all());
    return () => this.#followers.delete(follower);
  }

  health(): ServingHealth {
    return { ok: this.#problem === null, problem: this.#problem };
  }

  async close(): Promise<void> {
    this.#board.end();
    await this.#writes.settled();
    this.#closed = true;
    this.#problem = 'the serving store is closed';
    await this.#states.close();
  }

  async #empty(): Promise<void> {
    this.#refuseClosed();
    this.#store = null;
    this.#positions.clear();
    this.#board.reset();
    await this.#states.wipe(TASK);
    this.#marks.changedAll();
    this.#store = await this.#states.open(TASK);
  }

  async #apply(batches: readonly ServingBatch[], progress: readonly StageOffset[]): Promise<void> {
    this.#refuseClosed();
    if (this.#store === null)
      throw new DependencyUnavailable('serving store', 'a reset did not finish: reset it again');
    const { entries, positions } = this.#newer(batches);
    const reached = progress.filter((each) => each.offset > this.#board.of(each)).sort(byOffset);
    if (positions.length === 0 && reached.length === 0) return;
    await this.#store.apply([...entries, ...positions.map(positionWrite), ...reached.map(progressWrite)], LAYOUT);
    for (const { table, key } of entries) this.#marks.changed(table, key);
    for (const position of positions) this.#positions.set(sourceName(position), position);
    this.#board.advance(reached);
    if (reached.length > 0) for (const follower of this.#followers) follower(reached);
  }

  /** What of the batches lies past their sources' positions, and where these move. */
  #newer(batches: readonly ServingBatch[]): { entries: StoreWrite[]; positions: TopicOffset[] } {
    const entries: StoreWrite[] = [];
    const moved = new Map<string, TopicOffset>();
    for (const batch of batches) {
      const { topic, partition, nextOffset } = batch;
      const source = sourceName(batch);
      const position = (moved.get(source) ?? this.#positions.get(source))?.offset ?? 0;
      if (position < (batch.from ?? 0))
        throw new StateUnusable(`it holds ${topic}/${partition} up to ${position} only`);
      if (nextOffset <= position) continue;
      moved.set(source, { topic, partition, offset: nextOffset });
      for (const { collection, key, value, offset } of batch.entries) {
        if (offset >= position) entries.push({ table: collection, key, value });
      }
    }
    return { entries, positions: [...moved.values()] };
  }

  async #noting(change: () => Promise<void>): Promise<void> {
    try {
      await change();
      this.#problem = null;
    } catch (error) {
      this.#problem = messageOf(error);
      throw error;
    }
  }

  #refuseClosed(): void {
    if (this.#closed) throw new DependencyUnavailable('serving store', 'it is closed');
  }
}

/** The later of two writes of one progress wins, so the farthest goes last. */
function byOffset(one: StageOffset, other: StageOffset): number {
  return one.offset - other.offset;
}

function positionWrite(position: TopicOffset): StoreWrite {
  return { table: POSITIONS, key: sourceName(position), value: encode(position) };
}

function progressWrite({ stage, topic, partition, offset }: StageOffset): StoreWrite {
  return {
    table: PROGRESS,
    key: `${stage}\0${topic}\0${partition}`,
    value: encode({ stage, topic, partition, offset }),
  };
}

function sourceName({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}\0${partition}`;
}

function encode(value: TopicOffset | StageOffset): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function decode<T extends TopicOffset>(bytes: Buffer): T {
  return JSON.parse(bytes.toString('utf8')) as T; // only `encode` wrote it
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
