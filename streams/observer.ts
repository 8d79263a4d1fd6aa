// What the runtime tells about itself, for metrics and logs. All methods are cheap and must not throw.
import type { Partition } from './log/log.ts';

export type TransactionResult = 'committed' | 'aborted' | 'fenced' | 'unclear' | 'unavailable';

export interface BatchReport {
  readonly stage: string;
  readonly partition: Partition;
  /** Records handled, by logical topic. */
  readonly byTopic: ReadonlyMap<string, number>;
  readonly outputs: number;
  readonly rejected: ReadonlyMap<string, number>;
  readonly counted: ReadonlyMap<string, number>;
  readonly handleMs: number;
  readonly commitMs: number;
  readonly applyMs: number;
  /** Wall clock at commit minus the oldest event time of the batch. Infinity-free; negative when clocks differ. */
  readonly delayMs: number;
}

export interface RuntimeObserver {
  taskState?(stage: string, partition: Partition, state: string, reason?: string): void;
  transaction?(stage: string, partition: Partition, result: TransactionResult, ms: number): void;
  batch?(report: BatchReport): void;
  restoring?(stage: string, partition: Partition, remaining: number): void;
  /** Of a copy of a task that another process has; null when it is no such copy any more. */
  standby?(stage: string, partition: Partition, remaining: number | null): void;
  storeWiped?(stage: string, partition: Partition, reason: string): void;
  rebalanced?(stage: string): void;
  lookup?(name: string, records: number): void;
  /** Something a person should read: one line. */
  warn?(message: string, fields: Readonly<Record<string, unknown>>): void;
}

export const SILENT: RuntimeObserver = {};
