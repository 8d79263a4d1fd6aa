// Brings a task's local store to the end of its tables in the log.
import type { Clock } from './clock.ts';
import { StateUnusable } from './errors.ts';
import type { Log, LogRecord, Offset, Partition } from './log/log.ts';
import type { StageDefinition } from './stage.ts';
import type { StateStore, StoreWrite, TaskStore } from './store/store.ts';
import { NO_PROGRESS, decodeProgress, type TaskProgress } from './task-progress.ts';
import { TableState } from './table-state.ts';
import { physicalName, positionsTopicName } from './topic.ts';

/** What a local store knows of itself, written with every change. */
export interface StoreMeta {
  readonly clusterId: string;
  /** By physical topic name: the topic's id, and the offset up to which the store holds it. */
  readonly topics: Readonly<Record<string, { id: string; restored: Offset }>>;
  readonly progress: TaskProgress;
  /** Wall clock when it was last at the end of all its tables, to refuse a store older than the tombstones' retention. */
  readonly writtenAtMs: number;
}

export interface Restored {
  readonly store: TaskStore;
  readonly meta: StoreMeta;
}

export interface RestoreOptions {
  readonly log: Log;
  readonly stateStore: StateStore;
  readonly stage: StageDefinition;
  readonly partition: Partition;
  readonly prefix: string;
  readonly clock: Clock;
  /** Told how many records are left, now and then. */
  readonly onProgress?: (remaining: number) => void;
  /** Told why a local store was not used. */
  readonly onWiped?: (reason: string) => void;
  /** Ends the restore early, at the next chunk. */
  readonly signal?: AbortSignal;
}

/** Kafka's default `delete.retention.ms`; a store that is older might miss deletions. */
export const TOMBSTONE_RETENTION_MS = 24 * 3_600_000;
const READ_WAIT_MS = 100;

/**
 * Opens the store of a task and replays what the log has beyond it. Call it after the fence, when the ends are stable.
 *
 * A store that can't be trusted is wiped and rebuilt: of another log, of a recreated topic, ahead of the log, or older than tombstones live.
 */
export async function restoreTask(options: RestoreOptions): Promise<Restored> {
  const { stage, stateStore, partition } = options;
  const name = `${stage.name}.${partition}`;
  const endsReadMs = options.clock.nowMs();
  const ends = await readEnds(options);
  let opened: Restored;
  try {
    opened = open(await stateStore.open(name), ends, endsReadMs, options);
  } catch (error) {
    if (!(error instanceof StateUnusable)) throw error;
    options.onWiped?.(error.message);
    await stateStore.wipe(name);
    opened = open(await stateStore.open(name), ends, endsReadMs, options);
  }
  try {
    return await replay(opened, ends, endsReadMs, options);
  } catch (error) {
    await opened.store.close(); // the caller never gets it, and its next try opens it again
    throw error;
  }
}

interface TopicEnd {
  readonly topic: string;
  readonly id: string;
  readonly start: Offset;
  readonly end: Offset;
}

async function readEnds(options: RestoreOptions): Promise<TopicEnd[]> {
  const { log, stage, prefix, partition } = options;
  const names = [...stage.tables.keys()].map((table) => physicalName(prefix, table));
  const topics = [...names, positionsTopicName(prefix, stage.name)];
  // Only this task writes there. The fence has decided all of it; should a part not be readable yet, it is waited for rather than
  // left out, as a batch whose results are left out is handled again.
  const ends = await log.writtenEnds(topics.map((topic) => ({ topic, partition })));
  return Promise.all(
    topics.map(async (topic, index) => {
      const [{ topicId }, { start, end }] = await Promise.all([
        log.describeTopic(topic),
        log.offsets({ topic, partition }),
      ]);
      return { topic, id: topicId, start, end: ends[index] ?? end };
    }),
  );
}

/** @throws StateUnusable with the reason. */
function open(store: TaskStore, ends: readonly TopicEnd[], endsReadMs: number, options: RestoreOptions): Restored {
  const { log, clock, stage } = options;
  if (store.meta === null) return { store, meta: emptyMeta(log, ends, endsReadMs) };
  const meta = decodeMeta(store.meta);
  if (meta.clusterId !== log.clusterId) throw new StateUnusable(`it belongs to another log (${meta.clusterId})`);
  if (clock.nowMs() - meta.writtenAtMs > tombstoneRetentionMs(stage) && isBehind(meta, ends)) {
    throw new StateUnusable('it is older than deletions are kept in the log');
  }
  for (const { topic, id, end } of ends) {
    const known = meta.topics[topic];
    if (known === undefined) continue;
    if (known.id !== id) throw new StateUnusable(`topic ${topic} was made anew`);
    if (known.restored > end) throw new StateUnusable(`it is ahead of ${topic} (${known.restored} > ${end})`);
  }
  return { store, meta };
}

/** For so long a deletion is sure to be found in every table of the stage. */
function tombstoneRetentionMs(stage: StageDefinition): number {
  return Math.min(...[...stage.tables.values()].map((table) => table.tombstoneRetentionMs ?? TOMBSTONE_RETENTION_MS));
}

function isBehind(meta: StoreMeta, ends: readonly TopicEnd[]): boolean {
  return ends.some(({ topic, end }) => (meta.topics[topic]?.restored ?? 0) < end);
}

function emptyMeta(log: Log, ends: readonly TopicEnd[], writtenAtMs: number): StoreMeta {
  return {
    clusterId: log.clusterId,
    topics: Object.fromEntries(ends.map(({ topic, id, start }) => [topic, { id, restored: start }])),
    progress: NO_PROGRESS,
    writtenAtMs,
  };
}

async function replay(
  opened: Restored,
  ends: readonly TopicEnd[],
  endsReadMs: number,
  options: RestoreOptions,
): Promise<Restored> {
  const { log, stage, partition, prefix, clock, signal } = options;
  const { store } = opened;
  const topics: Record<string, { id: string; restored: Offset }> = {};
  for (const { topic, id, start } of ends)
    topics[topic] = { id, restored: Math.max(start, opened.meta.topics[topic]?.restored ?? start) };
  let { progress } = opened.meta;
  // Until all tables are at their ends, some of what the store holds is as old as it was before.
  let { writtenAtMs } = opened.meta;
  const meta = (): StoreMeta => ({
    clusterId: log.clusterId,
    topics: { ...topics },
    progress,
    writtenAtMs,
  });
  const remaining = () =>
    ends.reduce((sum, { topic, end }) => sum + Math.max(0, end - (topics[topic]?.restored ?? 0)), 0);
  const behind = ends.filter(({ topic, end }) => (topics[topic]?.restored ?? 0) < end);
  if (behind.length === 0) return { store, meta: { ...meta(), writtenAtMs: endsReadMs } };

  const tables = new Map(
    [...stage.tables].map(([name, table]) => [physicalName(prefix, name), new TableState(table, store)]),
  );
  const reader = log.openReader(
    behind.map(({ topic }) => ({ topic, partition, offset: topics[topic]?.restored ?? 0 })),
  );
  try {
    while (remaining() > 0 && !signal?.aborted) {
      options.onProgress?.(remaining());
      const writes: StoreWrite[] = [];
      for (const { topic, records, nextOffset } of await reader.read(READ_WAIT_MS)) {
        for (const record of records) {
          const table = tables.get(topic);
          if (table !== undefined) writes.push(...writesOf(table, record));
          else if (record.value !== null) progress = decodeProgress(record.value);
        }
        topics[topic] = { id: topics[topic]?.id ?? '', restored: nextOffset };
      }
      if (clock.nowMs() - writtenAtMs > tombstoneRetentionMs(stage)) {
        throw new StateUnusable('restoring it took longer than deletions are kept in the log');
      }
      if (remaining() === 0) writtenAtMs = endsReadMs;
      await store.apply(writes, encodeMeta(meta()));
    }
  } finally {
    await reader.close();
  }
  options.onProgress?.(0);
  return { store, meta: meta() };
}

function writesOf(table: TableState, record: LogRecord): StoreWrite[] {
  const key = record.key?.toString('utf8') ?? '';
  return table.storeWrites(key, record.value === null ? null : Buffer.from(record.value), record.timestampMs);
}

export function encodeMeta(meta: StoreMeta): Buffer {
  return Buffer.from(JSON.stringify(meta));
}

/** @throws StateUnusable when it is torn. */
function decodeMeta(bytes: Buffer): StoreMeta {
  try {
    return JSON.parse(bytes.toString('utf8')) as StoreMeta;
  } catch {
    throw new StateUnusable('what it says about itself is unreadable');
  }
}
