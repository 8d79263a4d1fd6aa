// Makes commits durable: all who ask while a sync runs share the next one.
import type { Clock } from '../../clock.ts';
import { DependencyUnavailable } from '../../errors.ts';
import type { WalFile } from './wal-file.ts';

export interface SyncStats {
  readonly count: number;
  readonly totalMs: number;
  readonly maxMs: number;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What is to be synced. */
export interface Unsynced {
  /** In the order of their commits; the last one is being written to. */
  walFiles(): WalFile[];
  /** The sequence after the last commit written. */
  readonly nextSequence: number;
}

export class GroupCommit {
  readonly #clock: Clock;
  readonly #withinMs: number;
  readonly #unsynced: Unsynced;
  readonly #closing: AbortSignal;
  #waiters: Waiter[] = [];
  #running = false;
  #scheduled = false;
  #stats: SyncStats = { count: 0, totalMs: 0, maxMs: 0 };
  /** Commits with a lower sequence are durable. */
  syncedBefore: number;
  /** After a failed sync nobody knows what of the file is on the disk: the log must be opened again. */
  failure: DependencyUnavailable | undefined;

  constructor(clock: Clock, withinMs: number, unsynced: Unsynced, closing: AbortSignal) {
    this.#clock = clock;
    this.#withinMs = withinMs;
    this.#unsynced = unsynced;
    this.#closing = closing;
    this.syncedBefore = 0;
  }

  get stats(): SyncStats {
    return this.#stats;
  }

  /** Commits with a lower sequence have become durable in another way: they stand in segments. */
  noteDurable(sequence: number): void {
    this.syncedBefore = Math.max(this.syncedBefore, sequence);
  }

  /** Resolves once all that is written by now survives a crash of the machine. */
  durable(): Promise<void> {
    if (this.syncedBefore >= this.#unsynced.nextSequence) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  /** Makes what was just written durable before long, without anybody waiting. */
  durableSoon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    void this.#syncLater();
  }

  async #syncLater(): Promise<void> {
    await this.#clock.sleep(this.#withinMs, this.#closing);
    this.#scheduled = false;
    if (this.#closing.aborted) return;
    // Whoever writes next is told of the failure.
    await this.durable().catch(() => undefined);
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiters.length > 0) {
      const served = this.#waiters;
      this.#waiters = [];
      const failure = this.failure ?? (await this.#sync());
      for (const { resolve, reject } of served) {
        if (failure === undefined) resolve();
        else reject(failure);
      }
    }
    this.#running = false;
  }

  async #sync(): Promise<DependencyUnavailable | undefined> {
    const target = this.#unsynced.nextSequence;
    const startedMs = this.#clock.nowMs();
    try {
      // In order: no later commit may become durable, and be acknowledged, while an earlier one is not.
      for (const wal of this.#unsynced.walFiles()) await wal.sync();
    } catch (error) {
      this.failure = new DependencyUnavailable(
        'disk',
        `The data folder could not be synced (${error instanceof Error ? error.message : String(error)}): the last records may be lost. ` +
          'Nothing more is accepted until the log is opened again.',
        { cause: error },
      );
      return this.failure;
    }
    this.noteDurable(target);
    this.#count(this.#clock.nowMs() - startedMs);
    return undefined;
  }

  #count(ms: number): void {
    const { count, totalMs, maxMs } = this.#stats;
    this.#stats = { count: count + 1, totalMs: totalMs + ms, maxMs: Math.max(maxMs, ms) };
  }
}
