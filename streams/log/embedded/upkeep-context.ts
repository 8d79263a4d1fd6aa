// What background work (flush, retention, compaction) has in hand, and how it leaves the event loop to others.
import type { Clock } from '../../clock.ts';
import { DependencyUnavailable } from '../../errors.ts';
import type { Offset } from '../log.ts';
import type { Catalog } from './catalog.ts';
import type { Disk } from './disk.ts';
import type { Journal } from './journal.ts';
import type { LogLimits } from './limits.ts';
import type { OpenFiles } from './open-files.ts';
import type { PartitionLog } from './partition-log.ts';
import type { SegmentPlace, SegmentWriter } from './segment-writer.ts';
import type { Topics } from './topic.ts';
import type { Turns } from './turns.ts';

export interface UpkeepContext {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly limits: LogLimits;
  readonly catalog: Catalog;
  readonly topics: Topics;
  readonly files: OpenFiles;
  readonly journal: Journal;
  readonly turns: Turns;
  readonly closing: AbortSignal;
}

/** Counts bytes handled, so that long loops pause in time. */
export class Slices {
  readonly #context: UpkeepContext;
  #bytes = 0;

  constructor(context: UpkeepContext) {
    this.#context = context;
  }

  /** True when `turn` should be awaited before going on. */
  spend(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes >= this.#context.limits.sliceBytes;
  }

  async turn(): Promise<void> {
    this.#bytes = 0;
    await this.#context.turns.next();
    if (this.#context.closing.aborted) throw new DependencyUnavailable('log', 'The log is being closed.');
  }
}

export function segmentPlace(
  context: UpkeepContext,
  log: PartitionLog,
  to: { base: Offset; clean: boolean; segmentBytes: number },
): SegmentPlace {
  const { disk, limits, catalog, clock } = context;
  return {
    disk,
    limits,
    folder: log.folder,
    newFileNumber: () => catalog.newFileNumber(),
    nowMs: clock.nowMs(),
    ...to,
  };
}

/** Removes files that no longer count, once their last reader is done. What is left over is removed when the folder is next opened. */
export async function removeFiles({ disk, files }: UpkeepContext, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    files.forget(path);
    await disk.remove(path).catch(() => undefined);
  }
}

/** Removes what the writers made, unless it may have come to count. */
export async function abandon(context: UpkeepContext, writers: readonly SegmentWriter[]): Promise<void> {
  const created = writers.flatMap((writer) => writer.abandon());
  if (!context.catalog.isUncertain) await removeFiles(context, created);
}
