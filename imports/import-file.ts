// Imports one file: reads it from where the import stands, maps its records, and commits them chunk by chunk.
import { createHash } from 'node:crypto';
import type { ImportProgress } from '../schemas/types.ts';
import { FUTURE_TOLERANCE_MS, type Clock } from '../streams/index.ts';
import { notBegun, type ImportChunk } from './chunk.ts';
import { ImportInterrupted, ImportRefused, LineRejected } from './errors.ts';
import type { Mapping } from './mapping/mapping.ts';
import type { Imported } from './records.ts';
import type { Rejection, RejectionReport } from './rejection-report.ts';
import type { RawRecord } from './source/record-splitter.ts';
import { openRows, type Rows } from './source/rows.ts';
import { openSource, type SourceFile } from './source/source-file.ts';
import { ProgressDiffers, type ImportTarget } from './target.ts';

export interface ImportJob {
  readonly path: string;
  readonly mapping: Mapping;
  readonly target: ImportTarget;
  readonly report: RejectionReport;
  readonly clock: Clock;
  /** Stops after so many lines of the file; importing it again goes on there. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** Where the import stands before this run. */
  readonly onBegin?: (at: { readonly lines: number; readonly bytes: number }) => void;
  readonly onProgress?: (state: ImportState) => void;
  readonly onRejected?: (rejection: Rejection) => void;
}

/** How far a run has come. */
export interface ImportState {
  readonly source: SourceFile;
  /** Lines and bytes of the file; `accepted` and `rejected` count from its start, over all runs. */
  readonly lines: number;
  readonly bytes: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Left out by the mapping's `when`, in this run. */
  readonly leftOut: number;
}

export interface ImportSummary {
  readonly file: string;
  readonly import_id: string;
  /** `done` now, `done before`, or `stopped` at the limit. */
  readonly outcome: 'done' | 'done before' | 'stopped';
  readonly lines: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Left out by the mapping's `when`, in this run. */
  readonly left_out: number;
  /** Lines that this run did not have to read again. */
  readonly resumed_at_line: number;
}

/**
 * Imports a file, or what is left of it. Safe to repeat after any failure.
 *
 * @throws ImportRefused     when mapping and file don't fit, or no line can be used. Nothing was imported.
 * @throws ImportInterrupted when the target is away for too long, or `signal` stopped it.
 */
export async function importFile(job: ImportJob): Promise<ImportSummary> {
  const source = await openSource(job.path);
  const importId = importIdOf(job.mapping, source);
  const rows = await openRows(source, job.mapping);
  let progress = await job.target.progress(importId);
  const resumedAt = progress?.lines ?? 0;
  job.onBegin?.(progress ?? notBegun);
  for (;;) {
    try {
      return await new Run(job, source, rows, importId, progress).toEnd(resumedAt);
    } catch (error) {
      if (!(error instanceof ProgressDiffers)) throw error;
      progress = error.progress;
    }
  }
}

/** The same file with the same mapping is the same import, whatever the file is called. */
export function importIdOf(mapping: Mapping, source: SourceFile): string {
  const hash = createHash('sha256').update(JSON.stringify(mapping)).update(source.identity);
  return hash.digest('hex').slice(0, 24);
}

export function mapperFor(rows: Rows, source: SourceFile, importId: string, clock: Clock) {
  return rows.mapper({ importId, modifiedMs: source.modifiedMs, latestMs: clock.nowMs() + FUTURE_TOLERANCE_MS });
}

/** One pass over the file from a known progress. */
class Run {
  private readonly job: ImportJob;
  private readonly source: SourceFile;
  private readonly rows: Rows;
  private readonly importId: string;
  private readonly map: (record: RawRecord) => Imported | null;
  private committed: ImportProgress | undefined;
  private leftOut = 0;
  private imported: Imported[] = [];
  private rejected = 0;

  constructor(job: ImportJob, source: SourceFile, rows: Rows, importId: string, committed: ImportProgress | undefined) {
    this.job = job;
    this.source = source;
    this.rows = rows;
    this.importId = importId;
    this.committed = committed;
    this.map = mapperFor(rows, source, importId, job.clock);
  }

  async toEnd(resumedAt: number): Promise<ImportSummary> {
    if (this.committed?.finished) return this.summary('done before', resumedAt);
    const { target, report, limit = Infinity } = this.job;
    await report.keepUpTo(this.committed?.lines ?? 0);
    let at = this.start();
    for await (const record of this.rows.records(this.committed)) {
      if (record.line > limit) {
        await this.commit(at, false);
        return this.summary('stopped', resumedAt);
      }
      this.take(record);
      at = { lines: record.linesEnd, bytes: record.bytesEnd };
      const { lines, bytes } = this.start();
      if (at.lines - lines >= target.chunkLinesMax || at.bytes - bytes >= target.chunkBytesMax) {
        await this.commit(at, false);
      }
    }
    await this.commit(at, true);
    return this.summary('done', resumedAt);
  }

  /** Where the chunk begins that is being filled. */
  private start(): { lines: number; bytes: number } {
    return this.committed ?? notBegun;
  }

  private take(record: RawRecord): void {
    if (record.text === '' && record.problem === undefined) return;
    try {
      const imported = this.map(record);
      if (imported === null) this.leftOut += 1;
      else this.imported.push(imported);
    } catch (error) {
      if (!(error instanceof LineRejected)) throw error;
      this.rejected += 1;
      const rejection = { line: record.line, reason: error.message, text: record.text };
      this.job.report.add(rejection);
      this.job.onRejected?.(rejection);
    }
  }

  private async commit(at: { lines: number; bytes: number }, finished: boolean): Promise<void> {
    const { target, report, signal } = this.job;
    await report.flush();
    this.refuseIfUseless();
    const chunk: ImportChunk = {
      importId: this.importId,
      file: this.source.name,
      fromLine: this.start().lines,
      toLine: at.lines,
      toByte: at.bytes,
      imported: this.imported,
      rejected: this.rejected,
      finished,
    };
    if (chunk.toLine > chunk.fromLine || finished) this.committed = await target.commit(chunk, signal);
    this.imported = [];
    this.rejected = 0;
    this.tell();
    if (signal?.aborted && !finished) {
      throw new ImportInterrupted(`Stopped at line ${at.lines}. The same command goes on from there.`);
    }
  }

  /** Where not one of the first lines can be used, it is the mapping that is wrong. */
  private refuseIfUseless(): void {
    if (this.committed !== undefined || this.rejected === 0 || this.imported.length > 0 || this.leftOut > 0) return;
    throw new ImportRefused(
      `None of the first ${this.rejected} lines of ${this.source.path} can be used, so nothing was imported. ` +
        `The reasons are in ${this.job.report.path}; try the mapping with --dry-run.`,
    );
  }

  private tell(): void {
    const { accepted, rejected, lines, bytes } = this.committed ?? notBegun;
    this.job.onProgress?.({ source: this.source, lines, bytes, accepted, rejected, leftOut: this.leftOut });
  }

  private summary(outcome: ImportSummary['outcome'], resumedAt: number): ImportSummary {
    const { accepted, rejected, lines } = this.committed ?? notBegun;
    return {
      file: this.job.path,
      import_id: this.importId,
      outcome,
      lines,
      accepted,
      rejected,
      left_out: this.leftOut,
      resumed_at_line: resumedAt,
    };
  }
}
