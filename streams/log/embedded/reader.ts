// Reads given partitions without a group: for restoring, lookups and tools.
import type { Clock } from '../../clock.ts';
import { DependencyUnavailable } from '../../errors.ts';
import type { FetchedBatch, Offset, Reader } from '../log.ts';
import type { LogLimits } from './limits.ts';
import type { PartitionLog } from './partition-log.ts';

export interface ReaderContext {
  readonly clock: Clock;
  readonly limits: LogLimits;
  readonly closing: AbortSignal;
}

/** The reason, as Node would otherwise build an error with a stack at each wake. */
const AWAKE = 'awake';

interface Place {
  readonly log: PartitionLog;
  position: Offset;
}

export class EmbeddedReader implements Reader {
  readonly #context: ReaderContext;
  /** In the order of their turns: those that were read last come last. */
  #places: Place[];
  #closed = false;
  /** Ends the wait of the `read` that is going on. */
  #wake: () => void = () => {};
  readonly #watcher = () => this.#wake();

  constructor(from: readonly { log: PartitionLog; offset: Offset }[], context: ReaderContext) {
    this.#places = from.map(({ log, offset }) => ({ log, position: offset }));
    this.#context = context;
    for (const { log } of this.#places) log.watchers.add(this.#watcher);
  }

  async read(waitMs: number): Promise<FetchedBatch[]> {
    const untilMs = this.#context.clock.nowMs() + waitMs;
    for (;;) {
      if (this.#closed) return [];
      if (this.#context.closing.aborted) throw new DependencyUnavailable('log', 'The log was closed.');
      const waiting = this.#places.filter(({ log, position }) => position < log.end);
      if (waiting.length > 0) return this.#readSome(waiting);
      const leftMs = untilMs - this.#context.clock.nowMs();
      if (leftMs <= 0) return [];
      await this.#sleep(leftMs);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { log } of this.#places) log.watchers.delete(this.#watcher);
    this.#wake();
  }

  async #readSome(waiting: readonly Place[]): Promise<FetchedBatch[]> {
    const { batchBytes, readBytes } = this.#context.limits;
    const turn = waiting.slice(0, Math.max(1, Math.floor(readBytes / batchBytes)));
    const batches = await Promise.all(turn.map(({ log, position }) => log.read(position, batchBytes)));
    for (const [index, place] of turn.entries()) place.position = batches[index]?.nextOffset ?? place.position;
    this.#places = [...this.#places.filter((place) => !turn.includes(place)), ...turn];
    return batches;
  }

  async #sleep(ms: number): Promise<void> {
    const { clock, closing } = this.#context;
    const awake = new AbortController();
    this.#wake = () => awake.abort(AWAKE);
    closing.addEventListener('abort', this.#wake);
    await clock.sleep(ms, awake.signal);
    closing.removeEventListener('abort', this.#wake);
    this.#wake = () => {};
  }
}
