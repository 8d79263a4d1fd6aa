// Follows traces through the stages: what a traced record causes carries its trace on, and whoever records spans is told of the batch.
import type { Headers, LogRecord, Partition } from './log/log.ts';

export interface StageTracing {
  /**
   * The headers of what `stage` writes because of `record`; undefined when it belongs to no trace that is recorded. A function of
   * the two alone: a batch that is run again must write the same.
   */
  headersAfter(stage: string, record: LogRecord): Headers | undefined;
  /** A batch with traced records is committed. Must be cheap and not throw. */
  committed(batch: TracedBatch): void;
}

export interface TracedBatch {
  readonly stage: string;
  readonly partition: Partition;
  /** Those that belong to a trace, of all that were handled. */
  readonly traced: readonly LogRecord[];
  readonly handled: number;
  /** Wall clock: the handlers had the first record, all was handled, the transaction was committed. */
  readonly startedMs: number;
  readonly handledMs: number;
  readonly committedMs: number;
}
