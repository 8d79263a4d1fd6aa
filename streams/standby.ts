// Keeps copies of the state of tasks that other processes have, so that taking one over needs only the end of its tables.
//
// A copy is a restore that is repeated: nothing is fenced, only what is committed is read, and the store is closed in between.
import type { Clock } from './clock.ts';
import { DependencyUnavailable, StateUnusable } from './errors.ts';
import type { Log, Partition } from './log/log.ts';
import type { RuntimeObserver } from './observer.ts';
import { restoreTask } from './restore.ts';
import type { StageDefinition } from './stage.ts';
import type { StateStore } from './store/store.ts';
import { physicalName } from './topic.ts';

export interface StandbyOptions {
  readonly log: Log;
  readonly stateStore: StateStore;
  readonly stage: StageDefinition;
  readonly prefix: string;
  readonly clock: Clock;
  readonly observer: RuntimeObserver;
  /** Whether nothing in this process has the partition's task, or its store. */
  readonly isFree: (partition: Partition) => boolean;
  /** From the end of a round through all partitions to the next. */
  readonly everyMs: number;
}

/** The copies of one stage's tasks, brought up to date one after the other until it is stopped. */
export class Standby {
  readonly #options: StandbyOptions;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #following: { readonly partition: Partition; readonly abort: AbortController; readonly done: Promise<void> } | null =
    null;

  constructor(options: StandbyOptions) {
    this.#options = options;
    this.#ended = this.#live();
  }

  /** Lets go of a partition's store. Undefined when it is not in use here; it won't be as long as the partition is not free. */
  release(partition: Partition): Promise<void> | undefined {
    this.#options.observer.standby?.(this.#options.stage.name, partition, null);
    if (this.#following?.partition !== partition) return undefined;
    this.#following.abort.abort();
    return this.#following.done;
  }

  /** Resolves when no store is in use any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#following?.abort.abort();
    await this.#ended;
  }

  async #live(): Promise<void> {
    const { clock, everyMs, isFree } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      for (const partition of await this.#partitions())
        if (!signal.aborted && isFree(partition)) await this.#follow(partition);
      await clock.sleep(everyMs, signal);
    }
  }

  async #partitions(): Promise<Iterable<Partition>> {
    const { log, prefix, stage } = this.#options;
    const [input] = stage.inputs.keys();
    try {
      const { partitions } = await log.describeTopic(physicalName(prefix, input ?? ''));
      return Array(partitions).keys();
    } catch {
      return []; // in the next round, perhaps
    }
  }

  async #follow(partition: Partition): Promise<void> {
    const abort = new AbortController();
    const done = this.#restore(partition, abort.signal);
    this.#following = { partition, abort, done };
    await done;
    this.#following = null;
  }

  async #restore(partition: Partition, signal: AbortSignal): Promise<void> {
    const { stage, observer } = this.#options;
    try {
      const onProgress = (remaining: number) => {
        if (!signal.aborted) observer.standby?.(stage.name, partition, remaining);
      };
      const { store } = await restoreTask({ ...this.#options, partition, onProgress, signal });
      await store.close();
      onProgress(0);
    } catch (error) {
      // Whoever has the task says what is away; what can't be used is wiped in the next round.
      if (error instanceof DependencyUnavailable || error instanceof StateUnusable) return;
      observer.warn?.('a copy of a task could not be kept', { stage: stage.name, partition, reason: String(error) });
    }
  }
}
