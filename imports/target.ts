// Where an import goes: into a data folder of which nobody else has hold, or to a running server.
import type { ImportProgress } from '../schemas/types.ts';
import type { ImportChunk } from './chunk.ts';

export interface ImportTarget {
  /** Where it goes, for people. */
  readonly name: string;
  /** A chunk has at most so many lines and, roughly, bytes of the file. */
  readonly chunkLinesMax: number;
  readonly chunkBytesMax: number;

  /** How far an import has come; undefined when it has not begun. */
  progress(importId: string): Promise<ImportProgress | undefined>;

  /**
   * Commits a chunk and the progress it makes as one, exactly once, and answers the progress. Waits while the target can't
   * take it, within limits.
   *
   * @throws ProgressDiffers   when the chunk is not what comes next. Nothing was committed.
   * @throws ImportRefused     when the target won't have it: no access, not valid, too large.
   * @throws ImportInterrupted when the target is away for too long. Whether it was committed shows in its progress.
   */
  commit(chunk: ImportChunk, signal?: AbortSignal): Promise<ImportProgress>;

  close(): Promise<void>;
}

/** Somebody else went on with this import, or a chunk was committed whose answer got lost. Verdict: go on from there. */
export class ProgressDiffers extends Error {
  readonly kind = 'ProgressDiffers';
  readonly progress: ImportProgress | undefined;

  constructor(progress: ImportProgress | undefined) {
    super(`the import is at line ${progress?.lines ?? 0}`);
    this.progress = progress;
  }
}
