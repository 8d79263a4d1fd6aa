// What was committed since the last flush: one write-ahead file and, in memory, the same records by partition.
import type { FramePart, GroupPosition } from './frame-format.ts';
import type { PartitionLog } from './partition-log.ts';
import type { WalFile } from './wal-file.ts';

/** What a part costs in memory beside its bytes. */
const partOverheadBytes = 300;

export class Tail {
  readonly wal: WalFile;
  /** Wall-clock time of its first commit; undefined while it is empty. */
  firstWriteMs: number | undefined;
  /** What it takes in memory. */
  bytes = 0;
  readonly partitions = new Set<PartitionLog>();
  /** Where the groups stood after its last commit; known once it is sealed. */
  positions: readonly GroupPosition[] = [];
  /** Where its frames lie, to be used again once it is flushed; known once it is sealed. */
  slabs: readonly Buffer[] = [];
  /** The sequence after its last commit. */
  nextSequence: number;

  constructor(wal: WalFile) {
    this.wal = wal;
    this.nextSequence = wal.firstSequence;
  }

  get isEmpty(): boolean {
    return this.nextSequence === this.wal.firstSequence;
  }

  /** Counts a frame that now stands in the file, and shows its records to readers. */
  add(frameBytes: number, parts: readonly FramePart[], logs: readonly PartitionLog[], nowMs: number): void {
    this.firstWriteMs ??= nowMs;
    this.nextSequence += 1;
    this.bytes += frameBytes + parts.length * partOverheadBytes;
    for (const [index, log] of logs.entries()) {
      const part = parts[index];
      if (part === undefined) continue;
      this.partitions.add(log);
      log.append(this, part);
    }
  }
}
