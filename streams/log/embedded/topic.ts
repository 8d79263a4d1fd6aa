// A topic and its partitions, and the rules for what may become one.
import type { TopicSpec } from '../log.ts';
import { Misconfigured } from '../../errors.ts';
import type { TopicEntry } from './manifest.ts';
import type { OpenFiles } from './open-files.ts';
import { PartitionLog } from './partition-log.ts';

export class Topic {
  readonly number: number;
  readonly topicId: string;
  readonly partitions: readonly PartitionLog[];
  /** Settings other than the partition count may change. */
  spec: TopicSpec;
  /** Where the next records without key go. */
  nextKeyless = 0;

  constructor(entry: TopicEntry, files: OpenFiles) {
    this.number = entry.number;
    this.topicId = entry.topicId;
    this.spec = entry.spec;
    const { name } = entry.spec;
    this.partitions = entry.partitions.map(
      (partition, number) => new PartitionLog({ name, number: this.number }, number, partition, files),
    );
  }

  get isCompacted(): boolean {
    return this.spec.cleanup !== 'delete';
  }
}

/** Topics by name and by number. */
export class Topics {
  readonly byName = new Map<string, Topic>();
  readonly byNumber = new Map<number, Topic>();

  add(topic: Topic): void {
    this.byName.set(topic.spec.name, topic);
    this.byNumber.set(topic.number, topic);
  }

  /** @throws Misconfigured */
  get(name: string): Topic {
    const topic = this.byName.get(name);
    if (topic === undefined) throw new Misconfigured(`There is no topic ${name}: create it with ensureTopics first.`);
    return topic;
  }

  /** @throws Misconfigured */
  partition({ topic, partition }: { topic: string; partition: number }): PartitionLog {
    const { partitions } = this.get(topic);
    const found = partitions[partition];
    if (found === undefined) {
      throw new Misconfigured(
        `Topic ${topic} has no partition ${partition}: it has ${partitions.length}, counted from 0.`,
      );
    }
    return found;
  }

  *partitions(): Generator<PartitionLog> {
    for (const { partitions } of this.byNumber.values()) yield* partitions;
  }
}

const partitionsMax = 10_000;

/**
 * Topic names become folder names.
 *
 * @throws Misconfigured
 */
export function checkSpec({ name, partitions }: TopicSpec): void {
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(name) || /^\.+$/.test(name)) {
    throw new Misconfigured(
      `"${name}" can't be a topic's name: letters, digits, dots, hyphens and underscores, at most 200.`,
    );
  }
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > partitionsMax) {
    throw new Misconfigured(`Topic ${name} can't have ${partitions} partitions: 1 to ${partitionsMax}.`);
  }
}

/** @throws Misconfigured when the existing topic is not what `spec` wants. */
export function checkSame(existing: TopicSpec, spec: TopicSpec): void {
  if (existing.partitions === spec.partitions) return;
  throw new Misconfigured(
    `Topic ${spec.name} has ${existing.partitions} partitions, not ${spec.partitions}: the count of an existing topic is never ` +
      'changed, since keys would move to other partitions. Copy it to a topic of another name.',
  );
}
