// Lets segments go that are too old, and finishes those that have been open for too long.
import { withPartition, type Manifest, type SegmentEntry } from './manifest.ts';
import type { PartitionLog } from './partition-log.ts';
import { removeFiles, type UpkeepContext } from './upkeep-context.ts';

/** Removes whole segments all of whose records are older than the topic's retention. Must not run during compaction. */
export async function removeExpired(context: UpkeepContext): Promise<void> {
  for (const { spec, partitions } of context.topics.byNumber.values()) {
    for (const log of partitions) {
      const expired = expiredEntries(log, spec.retentionMs).filter(({ sealed }) => sealed);
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
      const canGo = topic.isCompacted || topic.spec.retentionMs !== undefined;
      const isAged = canGo && open.createdMs <= bornBeforeMs;
      if (isAged || expiredEntries(log, topic.spec.retentionMs).includes(open)) due.push(log);
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
function expiredEntries(log: PartitionLog, retentionMs: number | undefined): SegmentEntry[] {
  if (retentionMs === undefined) return [];
  const entries = log.segments.map(({ entry }) => entry);
  const staying = entries.findIndex(
    ({ newestTimestampMs }) => newestTimestampMs >= log.newestTimestampMs - retentionMs,
  );
  return staying < 0 ? entries : entries.slice(0, staying);
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
