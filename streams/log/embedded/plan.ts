// What is to be written together, by partition: each record checked and placed, sizes counted, offsets not given yet.
import type { NewRecord, Offset, Partition, TopicOffset } from '../log.ts';
import { Misconfigured } from '../../errors.ts';
import { partitionOf } from '../murmur2.ts';
import type { NewPart } from './frame-format.ts';
import type { LogLimits } from './limits.ts';
import type { PartitionLog } from './partition-log.ts';
import { recordBytes } from './record-format.ts';
import type { Topic, Topics } from './topic.ts';

export interface Plan {
  readonly parts: readonly PlannedPart[];
  /** The part of each record, in the order the records were given. */
  readonly partOf: readonly PlannedPart[];
  readonly bytes: number;
}

export interface PlannedPart {
  readonly log: PartitionLog;
  readonly records: NewRecord[];
  bytes: number;
  newestTimestampMs: number;
}

/** @throws Misconfigured when a record has no place, or it is too large. */
export function planWrite(records: readonly NewRecord[], topics: Topics, limits: LogLimits): Plan {
  const parts = new Map<PartitionLog, PlannedPart>();
  const partOf: PlannedPart[] = [];
  const keyless = new Map<Topic, Partition>();
  let bytes = 0;
  for (const record of records) {
    const part = partFor(place(record, topics.get(record.topic), keyless), parts);
    const size = checkedBytes(record, limits);
    part.records.push(record);
    part.bytes += size;
    part.newestTimestampMs = Math.max(part.newestTimestampMs, record.timestampMs);
    partOf.push(part);
    bytes += size;
  }
  if (bytes > limits.commitBytesMax) {
    throw new Misconfigured(
      `${bytes} bytes are more than one commit may have (commitBytesMax is ${limits.commitBytesMax}).`,
    );
  }
  return { parts: [...parts.values()], partOf, bytes };
}

/** Gives the records of `part` their offsets. A marker takes one more, as a transaction's does on a broker. */
export function numbered({ log, records, bytes, newestTimestampMs }: PlannedPart, withMarker: boolean): NewPart {
  const { topicNumber, partition, end: first } = log;
  const next = first + records.length + (withMarker ? 1 : 0);
  return { topicNumber, partition, records, bytes, newestTimestampMs, first, next };
}

/** Where each record of the plan went, in the order they were given. */
export function placesOf(plan: Plan, firsts: ReadonlyMap<PlannedPart, Offset>): TopicOffset[] {
  const next = new Map(firsts);
  return plan.partOf.map((part) => {
    const offset = next.get(part) ?? 0;
    next.set(part, offset + 1);
    return { topic: part.log.topicName, partition: part.log.partition, offset };
  });
}

function partFor(log: PartitionLog, parts: Map<PartitionLog, PlannedPart>): PlannedPart {
  let part = parts.get(log);
  if (part === undefined) {
    part = { log, records: [], bytes: 0, newestTimestampMs: -Infinity };
    parts.set(log, part);
  }
  return part;
}

function place(record: NewRecord, topic: Topic, keyless: Map<Topic, Partition>): PartitionLog {
  const { partitions } = topic;
  const number =
    record.partition ??
    (record.key === null ? keylessPartition(topic, keyless) : partitionOf(record.key, partitions.length));
  const partition = partitions[number];
  if (partition === undefined) {
    throw new Misconfigured(
      `Topic ${record.topic} has no partition ${number}: it has ${partitions.length}, counted from 0.`,
    );
  }
  if (record.key === null && topic.isCompacted) {
    throw new Misconfigured(`Topic ${record.topic} is compacted, so its records need a key.`);
  }
  return partition;
}

/** Records without key that are written together stay together; the next ones go to the next partition. */
function keylessPartition(topic: Topic, chosen: Map<Topic, Partition>): Partition {
  let partition = chosen.get(topic);
  if (partition === undefined) {
    partition = topic.nextKeyless;
    topic.nextKeyless = (partition + 1) % topic.partitions.length;
    chosen.set(topic, partition);
  }
  return partition;
}

function checkedBytes(record: NewRecord, limits: LogLimits): number {
  const bytes = recordBytes(record);
  if (bytes > limits.recordBytesMax) {
    throw new Misconfigured(
      `A record for topic ${record.topic} has ${bytes} bytes, more than one may have (recordBytesMax is ${limits.recordBytesMax}).`,
    );
  }
  if (!Number.isFinite(record.timestampMs))
    throw new Misconfigured(`A record for topic ${record.topic} has no valid timestamp.`);
  return bytes;
}
