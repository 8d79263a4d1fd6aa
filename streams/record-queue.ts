// The bounded queue between fetching and processing of one task: it tells when to pause and when to go on.
import type { FetchedBatch, LogRecord } from './log/log.ts';

export interface QueueLimits {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

export const DEFAULT_QUEUE_LIMITS: QueueLimits = { recordsMax: 32_768, bytesMax: 16 * 1024 * 1024 };

/** Full at either limit, and open again at half of both. */
export class RecordQueue {
  readonly #limits: QueueLimits;
  #records: LogRecord[] = [];
  #bytes = 0;
  #isPaused = false;

  constructor(limits: QueueLimits = DEFAULT_QUEUE_LIMITS) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#records.length;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Answers true when the inputs must be paused now. */
  push(batch: FetchedBatch): boolean {
    for (const record of batch.records) {
      this.#records.push(record);
      this.#bytes += bytesOf(record);
    }
    if (this.#isPaused || (this.length < this.#limits.recordsMax && this.#bytes < this.#limits.bytesMax)) return false;
    this.#isPaused = true;
    return true;
  }

  /** The next records, without taking them. */
  peek(countMax: number): LogRecord[] {
    return this.#records.slice(0, countMax);
  }

  /** Takes them. Answers true when paused inputs can go on. */
  drop(count: number): boolean {
    // Out of the array, too: what was handled would be held, and with it the memory that its bytes lie in.
    for (const record of this.#records.splice(0, count)) this.#bytes -= bytesOf(record);
    if (!this.#isPaused || this.length > this.#limits.recordsMax / 2 || this.#bytes > this.#limits.bytesMax / 2)
      return false;
    this.#isPaused = false;
    return true;
  }

  clear(): void {
    this.#records = [];
    this.#bytes = 0;
    this.#isPaused = false;
  }
}

function bytesOf(record: LogRecord): number {
  return (record.key?.length ?? 0) + (record.value?.length ?? 0) + 64;
}
