// What the contract's tests write and read with.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type {
  FetchedBatch,
  GroupListener,
  GroupMember,
  Log,
  LogRecord,
  NewRecord,
  Offset,
  Partition,
  TopicOffset,
  TopicPartition,
  Transaction,
} from '../log.ts';
import type { Subject } from './log.contract.ts';

/** A driver that needs longer for what a test waits for is broken. */
const patienceMs = 20_000;

export function record(
  topic: string,
  key: string | null,
  value: string | null,
  more: Partial<NewRecord> = {},
): NewRecord {
  return { topic, key: bytes(key), value: bytes(value), timestampMs: 1_700_000_000_000, ...more };
}

export const values = (records: readonly LogRecord[]): (string | null)[] =>
  records.map(({ value }) => value?.toString() ?? null);

/** Everything a partition holds up to its end, and where reading it ended. */
export async function readPartition(
  log: Log,
  partition: TopicPartition,
  from: Offset = 0,
): Promise<{ records: LogRecord[]; next: Offset }> {
  const { end } = await log.offsets(partition);
  const reader = log.openReader([{ ...partition, offset: from }]);
  const records: LogRecord[] = [];
  let next = from;
  const untilMs = Date.now() + patienceMs;
  while (next < end) {
    if (Date.now() > untilMs)
      throw new Error(`reading ${partition.topic}/${partition.partition} stands still at ${next} of ${end}`);
    for (const batch of await reader.read(1000)) {
      records.push(...batch.records);
      next = batch.nextOffset;
    }
  }
  await reader.close();
  return { records, next };
}

/** All records of a topic, one partition after the other. */
export async function readTopic(log: Log, topic: string): Promise<LogRecord[]> {
  const { partitions } = await log.describeTopic(topic);
  const all: LogRecord[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    all.push(...(await readPartition(log, { topic, partition })).records);
  }
  return all;
}

/** What a topic holds, once readers must see what was committed. */
export async function assertShown(
  subject: Subject,
  topic: string,
  expected: readonly (string | null)[],
): Promise<void> {
  await assertBecomes(subject, async () => values(await readTopic(subject.log, topic)), expected);
}

export async function assertCommitted(
  subject: Subject,
  group: string,
  expected: readonly TopicOffset[],
): Promise<void> {
  await assertBecomes(subject, () => subject.log.committedOffsets(group), expected);
}

async function assertBecomes<T>(
  { shownWithinMs }: Subject,
  look: () => Promise<readonly T[]>,
  expected: readonly T[],
): Promise<void> {
  const untilMs = Date.now() + shownWithinMs;
  let found = await look();
  while (!isDeepStrictEqual(found, expected) && found.length <= expected.length && Date.now() < untilMs) {
    await pause(5);
    found = await look();
  }
  assert.deepEqual(found, expected);
}

export async function until(what: string, isSo: () => boolean): Promise<void> {
  const untilMs = Date.now() + patienceMs;
  while (!isSo()) {
    if (Date.now() > untilMs) throw new Error(`waited in vain: ${what}`);
    await pause(2);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Long enough for a wrong delivery to come. */
export const quietMs = 60;

/** A listener that remembers what it was told. Reads what it gets from the beginning, unless told otherwise. */
export class Recorder implements GroupListener {
  readonly told: string[] = [];
  readonly batches: FetchedBatch[] = [];
  partitions: readonly Partition[] = [];
  /** Runs within `revoking`. */
  whileRevoking: (partitions: readonly Partition[]) => Promise<void> = async () => {};
  seekTo: ((partition: Partition) => Offset) | undefined = () => 0;
  member: GroupMember | undefined;
  readonly #topics: readonly string[];

  constructor(topics: readonly string[]) {
    this.#topics = topics;
  }

  static async join(
    log: Log,
    group: string,
    memberId: string,
    topics: readonly string[],
    set: (recorder: Recorder) => void = () => {},
  ): Promise<Recorder> {
    const recorder = new Recorder(topics);
    set(recorder);
    recorder.member = await log.joinGroup({ group, memberId, topics, listener: recorder });
    return recorder;
  }

  assigned(partitions: readonly Partition[]): void {
    const news = partitions.filter((partition) => !this.partitions.includes(partition));
    this.told.push(`assigned ${partitions.join()}`);
    this.partitions = partitions;
    for (const partition of news) {
      for (const topic of this.#topics) {
        if (this.seekTo !== undefined) this.member?.seek({ topic, partition, offset: this.seekTo(partition) });
      }
    }
  }

  async revoking(partitions: readonly Partition[]): Promise<void> {
    this.told.push(`revoking ${partitions.toSorted((a, b) => a - b).join()}`);
    await this.whileRevoking(partitions);
    this.partitions = this.partitions.filter((partition) => !partitions.includes(partition));
    this.told.push('revoked');
  }

  lost(): void {
    this.told.push('lost');
    this.partitions = [];
  }

  records(batch: FetchedBatch): void {
    this.batches.push(batch);
  }

  get all(): LogRecord[] {
    return this.batches.flatMap(({ records }) => records);
  }

  /** What a transaction says of reading `topic` up to before `offset`. */
  consumed(topic: string, partition: Partition, offset: Offset): Pick<Transaction, 'consumed' | 'member'> {
    if (this.member === undefined) throw new Error('not joined yet');
    return { consumed: [{ topic, partition, offset }], member: this.member };
  }
}

function bytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text);
}

/** As `readTopic`, once readers see as many: on a broker markers are written a moment after the commit. */
export async function readWhole(log: Log, topic: string, count: number): Promise<LogRecord[]> {
  for (let tries = 0; tries < 100 && (await readTopic(log, topic)).length < count; tries += 1) await pause(20);
  return readTopic(log, topic);
}
