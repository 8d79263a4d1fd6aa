// Compaction: of the finished segments of a partition, keeps the latest record of each key. Offsets stay as they are.
//
// Finished segments are clean (every key at most once among them) up to some offset, then dirty. A pass learns the latest offset of
// the dirty ones' keys, as many as fit the key map, then copies what is not superseded into new segments and swaps them in.
import type { Offset } from '../log.ts';
import { LatestKeys } from './latest-keys.ts';
import { withPartition, type SegmentEntry } from './manifest.ts';
import type { PartitionLog } from './partition-log.ts';
import { lengthAt, offsetAt, recordBytesMin, tombstoneWrittenMs } from './record-format.ts';
import { recordRuns, type Keep } from './record-runs.ts';
import { Segment } from './segment.ts';
import { SegmentWriter } from './segment-writer.ts';
import { abandon, removeFiles, segmentPlace, Slices, type UpkeepContext } from './upkeep-context.ts';

export interface CompactionRules {
  readonly tombstoneRetentionMs: number;
  /** Compact even when there is little to gain. */
  readonly force: boolean;
}

/** One pass over the partition, if it is due; true when it was: then another one may be. Must not run during retention. */
export async function compact(context: UpkeepContext, log: PartitionLog, rules: CompactionRules): Promise<boolean> {
  const sealed = log.segments.filter(({ entry }) => entry.sealed);
  if (!isDue(context, sealed, rules)) return false;
  const slices = new Slices(context);
  const latest = await latestOffsets(context, sealed, slices);
  const sources = sealed.filter(({ entry }) => entry.base < latest.before);
  const keep = keepRule(latest, context.clock.nowMs() - rules.tombstoneRetentionMs);
  const { segmentBytes } = context.limits;
  const cleaned = new SegmentWriter(segmentPlace(context, log, { base: log.start, clean: true, segmentBytes }));
  const rest = new SegmentWriter(segmentPlace(context, log, { base: latest.before, clean: false, segmentBytes }));
  try {
    const entries = await rewrite(context, sources, { latest, keep, cleaned, rest, slices });
    await swap(context, log, sources, entries);
  } catch (error) {
    await abandon(context, [cleaned, rest]);
    throw error;
  }
  return true;
}

interface Latest {
  readonly keys: LatestKeys;
  /** The map knows all records of dirty segments before this offset. */
  readonly before: Offset;
}

/** When more is dirty than clean, when superseded values have stayed too long, or when tombstones have. */
function isDue({ limits, clock }: UpkeepContext, sealed: readonly Segment[], rules: CompactionRules): boolean {
  const nowMs = clock.nowMs();
  const entries = sealed.map(({ entry }) => entry);
  const dirty = entries.filter(({ clean }) => !clean);
  if (dirty.length > 0 && (rules.force || bytesOf(dirty) > bytesOf(entries) - bytesOf(dirty))) return true;
  if (dirty.some(({ createdMs }) => createdMs + limits.compactionLagMaxMs <= nowMs)) return true;
  // Each pass removes all tombstones that are due: waiting a little longer for the oldest keeps the passes apart.
  const patienceMs = rules.force ? 0 : rules.tombstoneRetentionMs / 4;
  const goneAtMs = (writtenMs: number) => writtenMs + rules.tombstoneRetentionMs + patienceMs;
  return entries.some(({ oldestTombstoneMs }) => oldestTombstoneMs !== null && goneAtMs(oldestTombstoneMs) <= nowMs);
}

function bytesOf(entries: readonly SegmentEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function latestOffsets({ limits }: UpkeepContext, sealed: readonly Segment[], slices: Slices): Promise<Latest> {
  const dirtyBytes = bytesOf(sealed.map(({ entry }) => entry).filter(({ clean }) => !clean));
  const keys = new LatestKeys(Math.min(limits.compactionKeysMax, Math.ceil(dirtyBytes / recordBytesMin)));
  const into = Buffer.allocUnsafeSlow(limits.batchBytes);
  for (const segment of sealed) {
    if (segment.entry.clean) continue;
    for await (const blocks of segment.blocks(into)) {
      for (const { records } of blocks) {
        for (let at = 0; at < records.length; at += lengthAt(records, at)) {
          if (!keys.learn(records, at)) return { keys, before: offsetAt(records, at) };
        }
        if (slices.spend(records.length)) await slices.turn();
      }
    }
  }
  return { keys, before: sealed.at(-1)?.entry.next ?? 0 };
}

function keepRule({ keys, before }: Latest, tombstonesFromMs: number): Keep {
  return (bytes, at) => {
    if (offsetAt(bytes, at) >= before) return true;
    if (keys.supersedes(bytes, at)) return false;
    const writtenMs = tombstoneWrittenMs(bytes, at);
    return writtenMs === undefined || writtenMs > tombstonesFromMs;
  };
}

interface Rewriting {
  readonly latest: Latest;
  readonly keep: Keep;
  readonly cleaned: SegmentWriter;
  /** For what the key map had no room for: it stays dirty. */
  readonly rest: SegmentWriter;
  readonly slices: Slices;
}

async function rewrite(
  { limits }: UpkeepContext,
  sources: readonly Segment[],
  work: Rewriting,
): Promise<SegmentEntry[]> {
  const { latest, keep, cleaned, rest, slices } = work;
  const into = Buffer.allocUnsafeSlow(limits.batchBytes);
  for (const segment of sources) {
    for await (const blocks of segment.blocks(into)) {
      for (const { records: bytes, next } of blocks) {
        // The border between the two lies inside at most one block: its records go one by one.
        const bytesMax = next > latest.before ? 1 : limits.blockBytes;
        for (const run of recordRuns({ bytes, next }, bytesMax, keep)) {
          const writer = run.first < latest.before ? cleaned : rest;
          writer.add(run);
          if (writer.isBlockFull) await writer.writeBlock();
        }
        if (slices.spend(bytes.length)) await slices.turn();
      }
    }
  }
  const next = sources.at(-1)?.entry.next ?? 0;
  const entries = await cleaned.finish({ next: Math.min(next, latest.before), seal: true });
  return [...entries, ...(await rest.finish({ next, seal: true }))];
}

async function swap(
  context: UpkeepContext,
  log: PartitionLog,
  sources: readonly Segment[],
  entries: readonly SegmentEntry[],
): Promise<void> {
  const files = new Set(sources.map(({ entry }) => entry.file));
  await context.catalog.update(
    (manifest) =>
      withPartition(manifest, log.topicNumber, log.partition, (entry) => ({
        ...entry,
        segments: [...entries, ...entry.segments.filter(({ file }) => !files.has(file))],
      })),
    () => {
      const replacing = entries.map((entry) => new Segment(context.files, log.folder, entry));
      log.segments = [...replacing, ...log.segments.filter(({ entry }) => !files.has(entry.file))];
    },
  );
  await removeFiles(
    context,
    sources.map(({ path }) => path),
  );
}
