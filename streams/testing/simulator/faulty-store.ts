// The local stores as one process sees them: writes can fail before anything was written, or be the last act of the process.
import { DependencyUnavailable } from '../../errors.ts';
import type { StateStore, StoreWrite, TaskStore } from '../../store/store.ts';
import type { Host } from './host.ts';

export interface StoreFate {
  /** May kill the process. */
  call(host: Host, place: string, canFail: boolean): Promise<void>;
  applyFault(host: Host): 'fails' | 'kills' | 'kills-after' | null;
  kill(host: Host): void;
}

export class FaultyStateStore implements StateStore {
  readonly #host: Host;
  readonly #inner: StateStore;
  readonly #fate: StoreFate;

  constructor(host: Host, inner: StateStore, fate: StoreFate) {
    this.#host = host;
    this.#inner = inner;
    this.#fate = fate;
  }

  async open(task: string): Promise<TaskStore> {
    const store = await this.#host.through(async () => {
      await this.#fate.call(this.#host, 'store.open', false);
      return this.#inner.open(task);
    });
    return this.#guarded(store);
  }

  wipe(task: string): Promise<void> {
    return this.#host.through(() => this.#inner.wipe(task));
  }

  close(): Promise<void> {
    return this.#host.through(() => this.#inner.close());
  }

  #guarded(store: TaskStore): TaskStore {
    const host = this.#host;
    return {
      get meta() {
        return store.meta;
      },
      get: (table, key) => store.get(table, key),
      range: (table, bounds) => store.range(table, bounds),
      apply: (writes, meta) => host.through(() => this.#apply(store, writes, meta)),
      close: () => host.through(() => store.close()),
    };
  }

  async #apply(store: TaskStore, writes: readonly StoreWrite[], meta: Buffer): Promise<void> {
    const fault = this.#fate.applyFault(this.#host);
    if (fault === 'fails') throw new DependencyUnavailable('disk', 'the local store can not be written just now');
    if (fault === 'kills') this.#fate.kill(this.#host);
    if (fault !== 'kills') await store.apply(writes, meta);
    if (fault === 'kills-after') this.#fate.kill(this.#host);
  }
}
