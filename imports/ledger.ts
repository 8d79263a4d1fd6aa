// The ledger of an import: what it brought and how far it has come, committed together, so that it goes on where it was.
import { imports } from '../schemas/topics.ts';
import type { ImportProgress } from '../schemas/types.ts';
import { isStreamsError, partitionOf, physicalName, type Clock } from '../streams/index.ts';
import type { Log, NewRecord, Transactor } from '../streams/log/log.ts';

export type LedgerLog = Pick<Log, 'openTransactor' | 'openReader' | 'describeTopic' | 'offsets'>;

export interface LedgerOptions {
  readonly log: LedgerLog;
  /** Of the topics' names. */
  readonly prefix: string;
  readonly importId: string;
  readonly clock: Clock;
}

export interface Ledger {
  /** How far the import is by the log; undefined when it never began. */
  readonly progress: ImportProgress | undefined;

  /**
   * Commits the records with the progress they bring, once, however often the log has to be asked. Waits while the log can't
   * take it, until `signal` is aborted.
   *
   * @throws TaskFenced when somebody else opened the same import meanwhile. Nothing was written.
   */
  commit(records: readonly NewRecord[], progress: ImportProgress, signal?: AbortSignal): Promise<void>;

  close(): Promise<void>;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
const READ_WAIT_MS = 1_000;

/** Opens an import for writing; whoever had it open before is shut out. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const ledger = new LogLedger(options);
  await ledger.open();
  return ledger;
}

/** How far an import is by the log, without shutting out its owner. */
export async function readProgress(
  log: LedgerLog,
  prefix: string,
  importId: string,
): Promise<ImportProgress | undefined> {
  const topic = physicalName(prefix, imports.name);
  const key = Buffer.from(importId);
  const partition = partitionOf(key, (await log.describeTopic(topic)).partitions);
  const { start, end } = await log.offsets({ topic, partition });
  const reader = log.openReader([{ topic, partition, offset: start }]);
  let progress: ImportProgress | undefined;
  try {
    for (let next = start; next < end;) {
      for (const { records, nextOffset } of await reader.read(READ_WAIT_MS)) {
        for (const record of records) {
          if (record.key?.equals(key))
            progress = record.value === null ? undefined : imports.codec.decode(record.value);
        }
        next = nextOffset;
      }
    }
  } finally {
    await reader.close();
  }
  return progress;
}

class LogLedger implements Ledger {
  progress: ImportProgress | undefined;
  private readonly options: LedgerOptions;
  private transactor: Transactor | undefined;

  constructor(options: LedgerOptions) {
    this.options = options;
  }

  /** Fences first: what a former owner had under way is settled before the progress is read. */
  async open(): Promise<void> {
    const { log, prefix, importId } = this.options;
    await this.close();
    this.transactor = await log.openTransactor(`${prefix}.import.${importId}`);
    this.progress = await readProgress(log, prefix, importId);
  }

  async commit(records: readonly NewRecord[], progress: ImportProgress, signal?: AbortSignal): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
      if (await this.tryCommit(records, progress)) return;
      signal?.throwIfAborted();
      await this.options.clock.sleep(waitMs, signal);
      signal?.throwIfAborted();
    }
  }

  async close(): Promise<void> {
    const former = this.transactor;
    this.transactor = undefined;
    await former?.close();
  }

  /** False when it may be tried again. */
  private async tryCommit(records: readonly NewRecord[], progress: ImportProgress): Promise<boolean> {
    try {
      if (this.transactor === undefined) await this.open();
      // Committed after all, when the answer was lost.
      if (isSame(this.progress, progress)) return true;
      await this.transactor?.commit({ records: [...records, this.record(progress)] });
      this.progress = progress;
      return true;
    } catch (error) {
      if (!isStreamsError(error)) throw error;
      switch (error.kind) {
        case 'TransactionAborted':
        case 'DependencyUnavailable':
          return false;
        case 'CommitUnclear':
          // Only a reader behind a fence can tell whether it happened.
          await this.close();
          return false;
        default:
          throw error;
      }
    }
  }

  private record(progress: ImportProgress): NewRecord {
    return {
      topic: physicalName(this.options.prefix, imports.name),
      key: Buffer.from(progress.import_id),
      value: imports.codec.encode(progress),
      timestampMs: progress.updated_at,
    };
  }
}

function isSame(one: ImportProgress | undefined, other: ImportProgress): boolean {
  return one?.lines === other.lines && one.finished === other.finished && one.file === other.file;
}
