// How much a task does at a time, how long it waits, and what it does about failures.
import { DEFAULT_QUEUE_LIMITS, type QueueLimits } from './record-queue.ts';

export interface TaskSettings {
  /** Records per transaction. @default 32,000 */
  readonly batchRecordsMax: number;
  /**
   * A batch takes no further records once so many events of conflated inputs wait for its end: each may cost as much as ten records. A backlog of
   * few keys goes on to `batchRecordsMax`, and the more of it is handled at once, the less there is to do for each key. @default 1,000
   */
  readonly conflatedMax: number;
  /**
   * A batch takes no further records once its handlers have had them for this long: what is in it is committed in one go, for which others
   * have to wait. @default 100
   */
  readonly batchMsMax: number;
  /**
   * The same of a backlog, which is more than `BACKLOG_RECORDS`, or a quarter of `batchRecordsMax`. Large batches cost less per record, as what a key is asked for
   * several times is done once. @default 500
   */
  readonly backlogMsMax: number;
  /** A batch that takes longer lets other work of the process, such as answering requests, have its turn. @default 2 */
  readonly sliceMs: number;
  readonly queue: QueueLimits;
  /**
   * The group's offsets join a transaction at most so often: only lag tools read them, and to a broker they are a request, a record and a
   * marker more. Once there is nothing left to do they are told by themselves; what is not told yet when a task is given up, its next owner
   * tells. @default 250
   */
  readonly offsetsEveryMs: number;
  /** Committed changes wait for so long before they are written to the local store, many at once. @default 100 */
  readonly storeDelayMs: number;
  /** Identical failures of a handler at one offset before the task stands still. @default 3 */
  readonly handlerFailuresMax: number;
  readonly onHandlerFailure: 'stop' | 'dead-letter';
  /** First and longest pause before a dependency is tried again. @default 100 and 5,000 */
  readonly backoffMs: number;
  readonly backoffMsMax: number;
}

export const DEFAULT_TASK_SETTINGS: TaskSettings = {
  batchRecordsMax: 32_000,
  conflatedMax: 1_000,
  batchMsMax: 100,
  backlogMsMax: 500,
  sliceMs: 2,
  offsetsEveryMs: 250,
  queue: DEFAULT_QUEUE_LIMITS,
  storeDelayMs: 100,
  handlerFailuresMax: 3,
  onHandlerFailure: 'stop',
  backoffMs: 100,
  backoffMsMax: 5_000,
};

/** So many waiting records are a backlog, whatever a transaction may hold. */
export const BACKLOG_RECORDS = 4_000;
