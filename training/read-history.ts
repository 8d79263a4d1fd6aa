// Reads from the log what a training needs: all of it that was committed when the reading began.
import { customers, erasures, impressions, interactions, items, models, rules } from '../schemas/topics.ts';
import type { Item, Model, Rule } from '../schemas/types.ts';
import { Misconfigured, physicalName, type TopicDefinition } from '../streams/index.ts';
import type { Log, LogRecord } from '../streams/log/log.ts';
import { HistoryCollector, type History } from './history.ts';
import { OutcomeCollector, type PlacedItem } from './placement-outcomes.ts';

export type HistoryLog = Pick<Log, 'openReader' | 'offsets' | 'describeTopic'>;

export interface TrainingInput {
  readonly history: History;
  /** What the shop says of its items, by id. */
  readonly items: ReadonlyMap<string, Item>;
  /** Models trained before. */
  readonly models: readonly Model[];
  readonly rules: readonly Rule[];
  /** What stood in which place of which placement, and was taken or not. */
  readonly placed: readonly PlacedItem[];
  /** Next offset of interactions, by partition. */
  readonly positions: Readonly<Record<string, number>>;
  /** Records that could not be decoded. */
  readonly unreadable: number;
}

const READ_WAIT_MS = 1_000;
/** Between two reports of progress. */
const REPORT_EVERY = 10_000;

interface Reading {
  /** Hears how many interactions have been read, of how many. */
  readonly onProgress?: (read: number, of: number) => void;
  /** Whether impressions are read, too, for `placed`, which is empty without. */
  readonly withPlaced?: boolean;
}

export async function readHistory(
  log: HistoryLog,
  prefix: string,
  { onProgress = () => {}, withPlaced = false }: Reading = {},
): Promise<TrainingInput> {
  const collector = new HistoryCollector();
  const described = new Map<string, Item>();
  const known = new Map<string, Model>();
  const rulesById = new Map<string, Rule>();
  const outcomes = new OutcomeCollector();
  let unreadable = 0;
  const readAll = <V>(
    topic: TopicDefinition<V>,
    take: (key: string, value: V | null) => void,
    progress: (read: number, of: number) => void = () => {},
  ) =>
    readTopic(log, physicalName(prefix, topic.name), progress, ({ key, value }) => {
      const decoded = value === null ? null : decodedOr(topic, value, () => (unreadable += 1));
      if (decoded !== undefined && key !== null) take(key.toString('utf8'), decoded);
    });
  await readAll(customers, (key, value) => collector.customer(key, value));
  await readAll(erasures, (key, value) => collector.erasure(key, value));
  await readAll(items, (key, value) => setOrDelete(described, key, value));
  await readAll(models, (key, value) => setOrDelete(known, key, value));
  await readAll(rules, (key, value) => setOrDelete(rulesById, key, value));
  if (withPlaced)
    await readAll(impressions, (key, value) => {
      if (value?.customer_id === key) outcomes.impression(value);
    });
  const positions = await readAll(
    interactions,
    (key, value) => {
      if (value?.customer_id !== key) return;
      collector.interaction(value);
      outcomes.interaction(value);
    },
    onProgress,
  );
  const history = collector.collect();
  const learntFrom = new Set(history.customers.map(({ customerId }) => customerId));
  return {
    history,
    items: described,
    models: [...known.values()],
    rules: [...rulesById.values()],
    placed: outcomes.collect((customerId) => learntFrom.has(customerId)),
    positions,
    unreadable,
  };
}

/** Answers the next offset of each partition. */
async function readTopic(
  log: HistoryLog,
  topic: string,
  onProgress: (read: number, of: number) => void,
  take: (record: LogRecord) => void,
): Promise<Record<string, number>> {
  const partitions = await partitionsOf(log, topic);
  const from = await Promise.all(
    Array.from({ length: partitions }, async (_, partition) => ({
      topic,
      partition,
      ...(await log.offsets({ topic, partition })),
    })),
  );
  const next = new Map(from.map(({ partition, start }) => [partition, start]));
  const isBehind = () => from.some(({ partition, end }) => (next.get(partition) ?? 0) < end);
  const total = from.reduce((sum, { start, end }) => sum + end - start, 0);
  const reader = log.openReader(from.map(({ partition, start }) => ({ topic, partition, offset: start })));
  let read = 0;
  try {
    while (isBehind()) {
      for (const { partition, records, nextOffset } of await reader.read(READ_WAIT_MS)) {
        for (const record of records) {
          if (record.offset >= (from[partition]?.end ?? 0)) continue;
          take(record);
          read += 1;
          if (read % REPORT_EVERY === 0) onProgress(read, total);
        }
        next.set(partition, nextOffset);
      }
    }
  } finally {
    await reader.close();
  }
  return Object.fromEntries(from.map(({ partition, end }) => [String(partition), end]));
}

/** A folder of a former version has no models yet. */
async function partitionsOf(log: HistoryLog, topic: string): Promise<number> {
  try {
    return (await log.describeTopic(topic)).partitions;
  } catch (error) {
    if (error instanceof Misconfigured) return 0;
    throw error;
  }
}

function decodedOr<V>(topic: TopicDefinition<V>, value: Buffer, onFailure: () => void): V | undefined {
  try {
    return topic.codec.decode(value);
  } catch {
    onFailure(); // counted and told: what the processors dead-letter is not for training either
    return undefined;
  }
}

function setOrDelete<V>(map: Map<string, V>, key: string, value: V | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}
