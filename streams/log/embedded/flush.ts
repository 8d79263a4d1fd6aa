// Moves a sealed tail into segment files, so that its write-ahead file can go.
import type { FramePart } from './frame-format.ts';
import { LatestKeys } from './latest-keys.ts';
import { withPartition, type Manifest, type PartitionEntry, type SegmentEntry } from './manifest.ts';
import type { PartitionLog } from './partition-log.ts';
import { lengthAt } from './record-format.ts';
import { recordRuns } from './record-runs.ts';
import { Segment } from './segment.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { Tail } from './tail.ts';
import { abandon, segmentPlace, Slices, type UpkeepContext } from './upkeep-context.ts';

/** Partitions that are written and synced at the same time: syncs that meet share one write to the disk's journal. */
const partitionsAtOnce = 8;

interface Written {
  readonly log: PartitionLog;
  readonly writer: SegmentWriter;
  /** The former newest segment, sealed because it was too old to go on in. */
  readonly aged: SegmentEntry | undefined;
  readonly entries: readonly SegmentEntry[];
  readonly next: number;
}

/** Flushes the oldest sealed tail. After an error everything is as before. */
export async function flushOldest(context: UpkeepContext): Promise<void> {
  const { journal, catalog } = context;
  const tail = journal.sealed[0];
  const following = journal.walFiles()[1];
  if (tail === undefined || following === undefined) return;
  const written = await writeSegments(context, tail);
  try {
    // The manifest is about to name this file as the first: it must be there after a crash.
    await following.sync();
    const change = (manifest: Manifest) => flushed(manifest, tail, written);
    await catalog.update(change, () => {
      for (const partition of written) {
        showSegments(context, partition);
        partition.log.dropTail(tail);
      }
    });
  } catch (error) {
    await abandon(
      context,
      written.map(({ writer }) => writer),
    );
    throw error;
  }
  journal.dropOldest();
  // A file that is left over is removed when the folder is next opened.
  await tail.wal.discard().catch(() => undefined);
}

async function writeSegments(context: UpkeepContext, tail: Tail): Promise<Written[]> {
  const waiting = [...tail.partitions];
  const written: Written[] = [];
  const writers: SegmentWriter[] = [];
  const work = async () => {
    for (let log = waiting.shift(); log !== undefined; log = waiting.shift()) {
      written.push(await writePartition(context, log, tail, writers));
    }
  };
  const results = await Promise.allSettled(Array.from({ length: partitionsAtOnce }, work));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return written;
  await abandon(context, writers);
  throw failed.reason;
}

async function writePartition(
  context: UpkeepContext,
  log: PartitionLog,
  tail: Tail,
  writers: SegmentWriter[],
): Promise<Written> {
  await context.turns.next();
  const parts = log.partsOf(tail);
  const next = parts.at(-1)?.next ?? log.flushedTo;
  const newest = log.segments.at(-1)?.entry;
  const isOpen = newest !== undefined && !newest.sealed;
  const isAged = isOpen && newest.createdMs + context.limits.segmentAgeMaxMs <= context.clock.nowMs();
  const isCompacted = context.topics.byNumber.get(log.topicNumber)?.isCompacted ?? false;
  const segmentBytes = isCompacted ? compactedSegmentBytes(context, log) : context.limits.segmentBytes;
  const place = segmentPlace(context, log, { base: log.flushedTo, clean: false, segmentBytes });
  const writer = new SegmentWriter(place, isOpen && !isAged ? newest : undefined);
  writers.push(writer);
  if (isCompacted) await writeLatest(context, parts, writer);
  else await writeAll(context, parts, writer);
  const entries = await writer.finish({ next, seal: false });
  return { log, writer, entries, next, aged: isAged ? { ...newest, sealed: true } : undefined };
}

/** Segments are finished as soon as compacting them is worth its while: when they are larger than what is compacted already. */
function compactedSegmentBytes({ limits }: UpkeepContext, { segments }: PartitionLog): number {
  const cleanBytes = segments.reduce((sum, { entry }) => (entry.clean ? sum + entry.bytes : sum), 0);
  return Math.min(limits.segmentBytes, Math.max(limits.segmentBytesMin, cleanBytes));
}

async function writeAll({ limits }: UpkeepContext, parts: readonly FramePart[], writer: SegmentWriter): Promise<void> {
  for (const part of parts) {
    const runs =
      part.bytes.length > limits.blockBytes
        ? recordRuns(part, limits.blockBytes, () => true)
        : [{ ...part, oldestTombstoneMs: null }];
    for (const run of runs) {
      writer.add(run);
      if (writer.isBlockFull) await writer.writeBlock();
    }
  }
}

/** Only the latest record of each key: however often a key changes, a flush writes it once. */
async function writeLatest(context: UpkeepContext, parts: readonly FramePart[], writer: SegmentWriter): Promise<void> {
  const slices = new Slices(context);
  const latest = new LatestKeys(parts.reduce((sum, { count }) => sum + count, 0));
  for (const { bytes } of parts) {
    for (let at = 0; at < bytes.length; at += lengthAt(bytes, at)) {
      latest.learn(bytes, at);
      if (slices.spend(lengthAt(bytes, at))) await slices.turn();
    }
  }
  for (const part of parts) {
    for (const run of recordRuns(part, context.limits.blockBytes, (bytes, at) => !latest.supersedes(bytes, at))) {
      writer.add(run);
      if (writer.isBlockFull) await writer.writeBlock();
    }
    if (slices.spend(part.bytes.length)) await slices.turn();
  }
}

function flushed(manifest: Manifest, tail: Tail, written: readonly Written[]): Manifest {
  let changed: Manifest = {
    ...manifest,
    walStart: tail.wal.number + 1,
    sequence: tail.nextSequence,
    positions: tail.positions,
  };
  for (const { log, entries, aged, next } of written) {
    const change = (entry: PartitionEntry) => ({
      flushedTo: next,
      newestTimestampMs: finiteOrNull(log.newestTimestampMs),
      segments: withEntries(entry.segments, aged === undefined ? entries : [aged, ...entries]),
    });
    changed = withPartition(changed, log.topicNumber, log.partition, change);
  }
  return changed;
}

/** The newest segment may have grown, further ones have come. */
function withEntries(former: readonly SegmentEntry[], changed: readonly SegmentEntry[]): SegmentEntry[] {
  const files = new Set(changed.map(({ file }) => file));
  return [...former.filter(({ file }) => !files.has(file)), ...changed];
}

function showSegments({ files }: UpkeepContext, { log, entries, aged }: Written): void {
  const newest = log.segments.at(-1);
  if (aged !== undefined && newest !== undefined) newest.entry = aged;
  for (const entry of entries) {
    if (newest !== undefined && newest.entry.file === entry.file) newest.entry = entry;
    else log.segments = [...log.segments, new Segment(files, log.folder, entry)];
  }
}

function finiteOrNull(timestampMs: number): number | null {
  return Number.isFinite(timestampMs) ? timestampMs : null;
}
