// The block that a segment writer is filling. Its memory is used again and again.
import type { Offset } from '../log.ts';
import { blockHeaderBytes, finishBlock } from './block-format.ts';
import type { SegmentEntry } from './manifest.ts';

/** One or more whole records of a partition, lying together. */
export interface RecordRun {
  readonly bytes: Buffer;
  readonly first: Offset;
  /** The offset after the run, gaps behind it included. */
  readonly next: Offset;
  readonly count: number;
  readonly newestTimestampMs: number;
  readonly oldestTombstoneMs: number | null;
}

export class OpenBlock {
  #memory: Buffer;
  #length = blockHeaderBytes;
  #first: Offset = 0;
  #next: Offset = 0;
  #count = 0;
  #newestTimestampMs = -Number.MAX_VALUE;
  #oldestTombstoneMs: number | null = null;

  constructor(blockBytes: number) {
    this.#memory = Buffer.allocUnsafeSlow(blockHeaderBytes + 2 * blockBytes);
  }

  /** The header's included. */
  get bytes(): number {
    return this.#length;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(run: RecordRun): void {
    this.#reserve(run.bytes.length);
    this.#memory.set(run.bytes, this.#length);
    this.#length += run.bytes.length;
    if (this.#count === 0) this.#first = run.first;
    this.#next = run.next;
    this.#count += run.count;
    this.#newestTimestampMs = Math.max(this.#newestTimestampMs, run.newestTimestampMs);
    this.#oldestTombstoneMs = older(this.#oldestTombstoneMs, run.oldestTombstoneMs);
  }

  /** As it is to be written; valid until `clear`. */
  finish(): Buffer {
    const block = this.#memory.subarray(0, this.#length);
    finishBlock(block, this.#first, this.#next, this.#count);
    return block;
  }

  /** The entry of the segment after this block was appended to it. */
  grown(entry: SegmentEntry, bytes: number): SegmentEntry {
    return {
      ...entry,
      next: this.#next,
      bytes: entry.bytes + bytes,
      newestTimestampMs: Math.max(entry.newestTimestampMs, this.#newestTimestampMs),
      oldestTombstoneMs: older(entry.oldestTombstoneMs, this.#oldestTombstoneMs),
    };
  }

  clear(): void {
    this.#length = blockHeaderBytes;
    this.#count = 0;
    this.#newestTimestampMs = -Number.MAX_VALUE;
    this.#oldestTombstoneMs = null;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#memory.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#length + bytes, 2 * this.#memory.length));
    larger.set(this.#memory.subarray(0, this.#length));
    this.#memory = larger;
  }
}

function older(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
