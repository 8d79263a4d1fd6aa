// The local store in memory, for tests and the simulator: it can fail at chosen moments and survive a 'crash'.
import { Bug, StateUnusable } from '../errors.ts';
import { compareKeys } from './key-order.ts';
import type { StateStore, StoreWrite, TaskStore } from './store.ts';
import { checkKey, checkTable } from './stored-key.ts';

export interface MemoryFaults {
  /** Called around each `apply`. What it throws `before`, `apply` throws with nothing written; `after`, with all of it written. */
  onApply?(task: string, moment: 'before' | 'after'): void;
}

interface TaskState {
  readonly tables: Map<string, Map<string, Buffer>>;
  meta: Buffer | null;
  torn: boolean;
}

export class MemoryStateStore implements StateStore {
  readonly #faults: MemoryFaults;
  readonly #states = new Map<string, TaskState>();
  readonly #open = new Map<string, MemoryTaskStore>();

  constructor(faults: MemoryFaults = {}) {
    this.#faults = faults;
  }

  async open(task: string): Promise<TaskStore> {
    const state = this.#states.get(task) ?? { tables: new Map<string, Map<string, Buffer>>(), meta: null, torn: false };
    if (state.torn) throw new StateUnusable(`local store of ${task}: torn`);
    this.#states.set(task, state);
    this.#open.get(task)?.end();
    const store = new MemoryTaskStore(task, state, this.#faults);
    this.#open.set(task, store);
    return store;
  }

  async wipe(task: string): Promise<void> {
    this.#open.get(task)?.end();
    this.#states.delete(task);
  }

  async close(): Promise<void> {
    this.crash();
  }

  /** As if the process had died: the open stores are of no use any more, what was applied is there for those opened next. */
  crash(): void {
    for (const store of this.#open.values()) store.end();
    this.#open.clear();
  }

  /** As if the machine had died with pages unwritten: the task's store can't be opened until it is wiped. */
  tear(task: string): void {
    this.#open.get(task)?.end();
    const state = this.#states.get(task);
    if (state !== undefined) state.torn = true;
  }
}

class MemoryTaskStore implements TaskStore {
  readonly #task: string;
  readonly #state: TaskState;
  readonly #faults: MemoryFaults;
  #ended = false;

  constructor(task: string, state: TaskState, faults: MemoryFaults) {
    this.#task = task;
    this.#state = state;
    this.#faults = faults;
  }

  get meta(): Buffer | null {
    return this.#state.meta;
  }

  get(table: string, key: string): Buffer | undefined {
    this.#refuseEnded();
    checkKey(table, key);
    return this.#state.tables.get(table)?.get(key);
  }

  range(
    table: string,
    bounds: { from?: string; to?: string; limit?: number } = {},
  ): Iterable<{ key: string; value: Buffer }> {
    this.#refuseEnded();
    const { from = '', to, limit } = bounds;
    return Array.from(this.#state.tables.get(table) ?? [], ([key, value]) => ({ key, value }))
      .filter(({ key }) => compareKeys(key, from) >= 0 && (to === undefined || compareKeys(key, to) < 0))
      .sort((one, other) => compareKeys(one.key, other.key))
      .slice(0, limit);
  }

  async apply(writes: readonly StoreWrite[], meta: Buffer): Promise<void> {
    this.#refuseEnded();
    for (const { table, key } of writes) {
      checkTable(table);
      checkKey(table, key);
    }
    this.#faults.onApply?.(this.#task, 'before');
    await Promise.resolve(); // as on disk, the caller never sees its writes in the same turn; a crash may fall in between
    this.#refuseEnded();
    for (const write of writes) this.#write(write);
    this.#state.meta = Buffer.from(meta);
    this.#faults.onApply?.(this.#task, 'after');
  }

  async close(): Promise<void> {
    this.#ended = true;
  }

  end(): void {
    this.#ended = true;
  }

  #write({ table, key, value }: StoreWrite): void {
    const entries = this.#state.tables.get(table) ?? new Map<string, Buffer>();
    this.#state.tables.set(table, entries);
    if (value === null) entries.delete(key);
    else entries.set(key, Buffer.from(value));
  }

  #refuseEnded(): void {
    if (this.#ended) throw new Bug(`the local store of ${this.#task} is closed`);
  }
}
