// One partition: its segments, what was written since the last flush, and reading from either by offset.
import type { FetchedBatch, LogRecord, Offset, Partition } from '../log.ts';
import { Bug } from '../../errors.ts';
import { Copies } from './copies.ts';
import type { FramePart } from './frame-format.ts';
import type { PartitionEntry } from './manifest.ts';
import { lengthAt, offsetAt, readRecord } from './record-format.ts';
import { Segment } from './segment.ts';
import type { OpenFiles } from './open-files.ts';

/** Told, synchronously, that a partition has grown. */
export type Watcher = () => void;

export class PartitionLog {
  readonly topicName: string;
  readonly topicNumber: number;
  readonly partition: Partition;
  /** Where the segment files stand. */
  readonly folder: string;
  /** The offset the next record gets. */
  end: Offset;
  newestTimestampMs: number;
  segments: Segment[];
  readonly watchers = new Set<Watcher>();
  readonly #copies = new Copies();
  /** What each tail that is not flushed yet has of this partition; the oldest tail first, none empty. */
  readonly #recent: { tail: object; parts: FramePart[] }[] = [];

  constructor(topic: { name: string; number: number }, partition: Partition, entry: PartitionEntry, files: OpenFiles) {
    this.topicName = topic.name;
    this.topicNumber = topic.number;
    this.partition = partition;
    this.folder = partitionFolder(topic.name, partition);
    this.end = entry.flushedTo;
    this.newestTimestampMs = entry.newestTimestampMs ?? -Infinity;
    this.segments = entry.segments.map((segment) => new Segment(files, this.folder, segment));
  }

  /** The first offset that can still be read. */
  get start(): Offset {
    return this.segments[0]?.entry.base ?? this.flushedTo;
  }

  /** Where the tails begin. */
  get flushedTo(): Offset {
    return this.#recent[0]?.parts[0]?.first ?? this.end;
  }

  /** Makes what was written to a tail visible. */
  append(tail: object, part: FramePart): void {
    const newest = this.#recent.at(-1);
    if (newest?.tail === tail) newest.parts.push(part);
    else this.#recent.push({ tail, parts: [part] });
    this.end = part.next;
    this.newestTimestampMs = Math.max(this.newestTimestampMs, part.newestTimestampMs);
    for (const wake of this.watchers) wake();
  }

  /** What `tail` has of this partition. */
  partsOf(tail: object): readonly FramePart[] {
    return this.#recent.find((recent) => recent.tail === tail)?.parts ?? [];
  }

  /** `tail`, which is the oldest, stands in segments now. */
  dropTail(tail: object): void {
    if (this.#recent[0]?.tail === tail) this.#recent.shift();
  }

  /** Records from `from` on that are in memory; undefined when `from` lies in the segments. */
  readRecent(from: Offset, bytesMax: number): FetchedBatch | undefined {
    if (from < this.flushedTo) return undefined;
    const batch = new Batch(from, bytesMax, this.#copies);
    for (const { parts } of this.#recent) {
      for (let index = firstReaching(parts, batch.nextOffset); index < parts.length && !batch.isFull; index += 1) {
        const part = parts[index];
        if (part !== undefined) batch.take(part, this.topicName, this.partition);
      }
    }
    return { topic: this.topicName, partition: this.partition, records: batch.records, nextOffset: batch.nextOffset };
  }

  async read(from: Offset, bytesMax: number): Promise<FetchedBatch> {
    const start = Math.max(from, this.start);
    const recent = this.readRecent(start, bytesMax);
    if (recent !== undefined) return recent;
    const segment = this.segments.find(({ entry }) => entry.next > start);
    const { topicName: topic, partition } = this;
    // Everything from here to the tail was compacted away, or it is a gap.
    if (segment === undefined) return { topic, partition, records: [], nextOffset: this.flushedTo };
    const { records, nextOffset } = await segment.read(start, bytesMax, topic, partition);
    if (nextOffset <= start) throw new Bug(`reading ${segment.path} from ${start} does not get on`);
    return { topic, partition, records, nextOffset };
  }
}

export function partitionFolder(topic: string, partition: Partition): string {
  return `topics/${topic}/${partition}`;
}

/** Collects records up to a number of bytes; the first one is taken whatever its size. */
class Batch {
  readonly records: LogRecord[] = [];
  nextOffset: Offset;
  #bytesLeft: number;

  readonly #copies: Copies;

  constructor(from: Offset, bytesMax: number, copies: Copies) {
    this.nextOffset = from;
    this.#bytesLeft = bytesMax;
    this.#copies = copies;
  }

  get isFull(): boolean {
    return this.#bytesLeft <= 0;
  }

  /** Copies: the reader keeps its records for as long as it likes, and the part's memory serves another tail after this one. */
  take(part: FramePart, topic: string, partition: Partition): void {
    const { bytes } = part;
    let from = 0;
    if (this.nextOffset > part.first) {
      while (from < bytes.length && offsetAt(bytes, from) < this.nextOffset) from += lengthAt(bytes, from);
    }
    let to = from;
    while (to < bytes.length && to - from < this.#bytesLeft) to += lengthAt(bytes, to);
    this.#bytesLeft -= to - from;
    this.nextOffset = to < bytes.length ? offsetAt(bytes, to) : part.next;
    this.#read(this.#copies.of(bytes.subarray(from, to)), topic, partition);
  }

  #read(bytes: Buffer, topic: string, partition: Partition): void {
    for (let at = 0; at < bytes.length; at += lengthAt(bytes, at)) {
      this.records.push(readRecord(bytes, at, topic, partition));
    }
  }
}

/** The index of the first part that has something at or after `offset`. */
function firstReaching(parts: readonly FramePart[], offset: Offset): number {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle]?.next ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
