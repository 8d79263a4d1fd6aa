// A chunk: what a run of lines became. Chunks of an import follow each other without gap or overlap.
import type { ImportProgress } from '../schemas/types.ts';
import type { Imported } from './records.ts';

export interface ImportChunk {
  readonly importId: string;
  /** Name of the file, for people. */
  readonly file: string;
  /** Lines of the file before it, and up to its end. */
  readonly fromLine: number;
  readonly toLine: number;
  /** Bytes of the file, unpacked, up to its end. */
  readonly toByte: number;
  /** What its accepted lines became. */
  readonly imported: readonly Imported[];
  /** How many of its lines can't be used. */
  readonly rejected: number;
  /** True for the last one. */
  readonly finished: boolean;
}

/** Where an import stands that has not begun. */
export const notBegun = { lines: 0, bytes: 0, accepted: 0, rejected: 0, finished: false } as const;

/** The progress that a chunk makes. */
export function advance(progress: ImportProgress | undefined, chunk: ImportChunk, nowMs: number): ImportProgress {
  const before = progress ?? notBegun;
  return {
    import_id: chunk.importId,
    file: chunk.file,
    lines: chunk.toLine,
    accepted: before.accepted + chunk.imported.length,
    rejected: before.rejected + chunk.rejected,
    bytes: chunk.toByte,
    finished: chunk.finished,
    updated_at: nowMs,
  };
}

/** True when a chunk is what comes next. */
export function continues(progress: ImportProgress | undefined, chunk: ImportChunk): boolean {
  return chunk.fromLine === (progress?.lines ?? 0) && progress?.finished !== true;
}

/** True when this chunk was the last one committed: its answer got lost. */
export function wasCommitted(progress: ImportProgress | undefined, chunk: ImportChunk): boolean {
  return progress?.lines === chunk.toLine && progress.bytes === chunk.toByte && progress.finished === chunk.finished;
}
