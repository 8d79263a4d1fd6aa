// Lets segments go that are too old, or behind enough that is newer, and finishes those that have been open for too long.
import type { TopicSpec } from '../log.ts';
import { withPartition, type Manifest, type SegmentEntry } from './manifest.ts';
import type { PartitionLog } from './partition-log.ts';
import { removeFiles, type UpkeepContext } from './upkeep-context.ts';

/** Removes whole segments all of whose records are beyond the topic's retention. Must not run during compaction. */
export async function removeExpired(context: UpkeepContext): Promise<void> {
  for (const { spec, partitions } of context.topics.byNumber.values()) {
    for (const log of partitions) {
      const expired = expiredEntries(log, spec).filter(({ sealed }) => sealed);
      if (expired.length > 0) await remove(context, log, expired);
    }
  }
}

/**
 * Finishes open segments that are due to be removed or, where anything is removed or compacted at all, that are older than the
 * limit or `all`: only what is finished goes. Must not run during a flush.
 */
export async function sealOpen(context: UpkeepContext, which: 'aged' | 'all'): Promise<void> {
  const bornBeforeMs = which === 'all' ? Infinity : context.clock.nowMs() - context.limits.segmentAgeMaxMs;
  const due: PartitionLog[] = [];
  for (const topic of context.topics.byNumber.values()) {
    for (const log of topic.partitions) {
      const open = log.segments.at(-1)?.entry;
      if (open === undefined || open.sealed) continue;
      const { retentionMs, retentionBytes } = topic.spec;
      const canGo = topic.isCompacted || retentionMs !== undefined || retentionBytes !== undefined;
      const isAged = canGo && open.createdMs <= bornBeforeMs;
      if (isAged || expiredEntries(log, topic.spec).includes(open)) due.push(log);
    }
  }
  if (due.length > 0) await seal(context, due);
}

async function seal(context: UpkeepContext, due: readonly PartitionLog[]): Promise<void> {
  const sealed = (segments: readonly SegmentEntry[]) => segments.map((entry) => ({ ...entry, sealed: true }));
  await context.catalog.update(
    (manifest) => due.reduce((changed, log) => withSegments(changed, log, sealed), manifest),
    () => {
      for (const { segments } of due)
        for (const segment of segments) segment.entry = { ...segment.entry, sealed: true };
    },
  );
}

/** Only from the front: a log has one beginning, so an older segment that stays keeps the later ones. */
function expiredEntries(log: PartitionLog, { retentionMs, retentionBytes }: TopicSpec): SegmentEntry[] {
  const entries = log.segments.map(({ entry }) => entry);
  const byAge = retentionMs === undefined ? 0 : olderThan(entries, log.newestTimestampMs - retentionMs);
  const byBytes = retentionBytes === undefined ? 0 : behind(entries, retentionBytes);
  return entries.slice(0, Math.max(byAge, byBytes));
}

/** How many of the first entries. */
function olderThan(entries: readonly SegmentEntry[], timestampMs: number): number {
  const staying = entries.findIndex(({ newestTimestampMs }) => newestTimestampMs >= timestampMs);
  return staying < 0 ? entries.length : staying;
}

/** How many of the first entries have so many bytes after them. */
function behind(entries: readonly SegmentEntry[], bytes: number): number {
  let count = entries.length;
  for (let after = 0; count > 0 && after < bytes; count -= 1) after += entries[count - 1]?.bytes ?? 0;
  return count;
}

async function remove(context: UpkeepContext, log: PartitionLog, expired: readonly SegmentEntry[]): Promise<void> {
  const files = new Set(expired.map(({ file }) => file));
  await context.catalog.update(
    (manifest) => withSegments(manifest, log, (segments) => segments.filter(({ file }) => !files.has(file))),
    () => (log.segments = log.segments.filter(({ entry }) => !files.has(entry.file))),
  );
  await removeFiles(
    context,
    [...files].map((file) => `${log.folder}/${file}`),
  );
}

function withSegments(
  manifest: Manifest,
  log: PartitionLog,
  change: (segments: readonly SegmentEntry[]) => SegmentEntry[],
): Manifest {
  return withPartition(manifest, log.topicNumber, log.partition, (entry) => ({
    ...entry,
    segments: change(entry.segments),
  }));
}
