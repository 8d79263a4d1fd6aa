// Imports straight into a log.
import type { ImportProgress } from '../schemas/types.ts';
import type { Clock } from '../streams/index.ts';
import { advance, continues, type ImportChunk } from './chunk.ts';
import { openLedger, type Ledger, type LedgerLog } from './ledger.ts';
import { recordOf } from './records.ts';
import { ProgressDiffers, type ImportTarget } from './target.ts';

export interface LogTargetOptions {
  readonly name: string;
  readonly log: LedgerLog;
  /** Of the topics' names. */
  readonly prefix: string;
  readonly clock: Clock;
}

export class LogTarget implements ImportTarget {
  readonly name: string;
  readonly chunkLinesMax = 5000;
  readonly chunkBytesMax = 4 * 1024 * 1024;
  private readonly options: LogTargetOptions;
  private ledger: Ledger | undefined;
  private openImport: string | undefined;

  constructor(options: LogTargetOptions) {
    this.name = options.name;
    this.options = options;
  }

  async progress(importId: string): Promise<ImportProgress | undefined> {
    return (await this.ledgerOf(importId)).progress;
  }

  async commit(chunk: ImportChunk, signal?: AbortSignal): Promise<ImportProgress> {
    const { prefix, clock } = this.options;
    const ledger = await this.ledgerOf(chunk.importId);
    if (!continues(ledger.progress, chunk)) throw new ProgressDiffers(ledger.progress);
    const progress = advance(ledger.progress, chunk, clock.nowMs());
    await ledger.commit(
      chunk.imported.map((each) => recordOf(prefix, each)),
      progress,
      signal,
    );
    return progress;
  }

  async close(): Promise<void> {
    const former = this.ledger;
    this.ledger = undefined;
    this.openImport = undefined;
    await former?.close();
  }

  private async ledgerOf(importId: string): Promise<Ledger> {
    if (this.ledger !== undefined && this.openImport === importId) return this.ledger;
    await this.close();
    const { log, prefix, clock } = this.options;
    this.ledger = await openLedger({ log, prefix, importId, clock });
    this.openImport = importId;
    return this.ledger;
  }
}
