// The log port on one folder, in this process.
import type { Clock } from '../../clock.ts';
import { DependencyUnavailable, Misconfigured } from '../../errors.ts';
import type {
  GroupMember,
  GroupOptions,
  Log,
  NewRecord,
  Offset,
  Reader,
  TopicDescription,
  TopicOffset,
  TopicPartition,
  TopicSpec,
  Transactor,
} from '../log.ts';
import type { Catalog } from './catalog.ts';
import type { Disk } from './disk.ts';
import { FreeSpace, type DiskRoom } from './free-space.ts';
import type { SyncStats } from './group-commit.ts';
import type { GroupPositions } from './group-positions.ts';
import { Group } from './group.ts';
import type { Journal } from './journal.ts';
import type { LogLimits } from './limits.ts';
import type { OpenFiles } from './open-files.ts';
import { placesOf, planWrite } from './plan.ts';
import { EmbeddedReader } from './reader.ts';
import { ensureTopics } from './topic-creation.ts';
import type { Topics } from './topic.ts';
import { EmbeddedTransactor, Epochs } from './transactor.ts';
import type { Upkeep } from './upkeep.ts';

export interface LogParts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly limits: LogLimits;
  readonly catalog: Catalog;
  readonly topics: Topics;
  readonly positions: GroupPositions;
  readonly files: OpenFiles;
  readonly journal: Journal;
  readonly upkeep: Upkeep;
  readonly closing: AbortController;
  readonly soon: (callback: () => void) => void;
  readonly onProblem: (problem: Error) => void;
  /** Gives the folder back. */
  readonly release: () => void;
}

export interface LogStats {
  /** Of all files that count. */
  readonly diskBytes: number;
  /** Records in memory that are not in segments yet. */
  readonly tailBytes: number;
  readonly syncs: SyncStats;
  readonly topics: readonly { topic: string; partitions: readonly { start: Offset; end: Offset; bytes: number }[] }[];
}

export class EmbeddedLog implements Log {
  readonly clusterId: string;
  readonly #parts: LogParts;
  readonly #epochs = new Epochs();
  readonly #groups = new Map<string, Group>();
  readonly #freeSpace: FreeSpace;
  #closed: Promise<void> | undefined;

  constructor(parts: LogParts) {
    this.#parts = parts;
    this.clusterId = parts.catalog.manifest.clusterId;
    this.#freeSpace = new FreeSpace(parts.disk, parts.clock, parts.limits);
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#checkOpen();
    await ensureTopics(this.#parts, specs);
  }

  async describeTopic(topic: string): Promise<TopicDescription> {
    const { partitions, topicId } = this.#parts.topics.get(topic);
    return { partitions: partitions.length, topicId };
  }

  async append(records: readonly NewRecord[], options?: { durability?: 'disk' | 'memory' }): Promise<TopicOffset[]> {
    this.#checkOpen();
    const { journal, topics, limits } = this.#parts;
    const plan = planWrite(records, topics, limits);
    if (plan.parts.length === 0) return [];
    this.#freeSpace.check();
    const firsts = await journal.submit(plan.bytes, () => {
      this.#checkOpen();
      return journal.commit(plan, [], { marker: false });
    });
    if (options?.durability === 'memory') journal.groupCommit.durableSoon();
    else await journal.groupCommit.durable();
    return placesOf(plan, firsts);
  }

  async openTransactor(transactionalId: string): Promise<Transactor> {
    this.#checkOpen();
    const { journal, topics, limits, closing } = this.#parts;
    return new EmbeddedTransactor(transactionalId, {
      journal,
      topics,
      limits,
      epochs: this.#epochs,
      closing: closing.signal,
    });
  }

  openReader(from: readonly TopicOffset[]): Reader {
    this.#checkOpen();
    const { clock, limits, closing, topics } = this.#parts;
    const places = from.map((place) => ({ log: topics.partition(place), offset: place.offset }));
    return new EmbeddedReader(places, { clock, limits, closing: closing.signal });
  }

  async joinGroup(options: GroupOptions): Promise<GroupMember> {
    this.#checkOpen();
    const topics = options.topics.map((name) => this.#parts.topics.get(name));
    const counts = new Set(topics.map(({ partitions }) => partitions.length));
    if (counts.size !== 1) {
      const found = topics.map(({ spec }) => `${spec.name} has ${spec.partitions}`).join(', ');
      throw new Misconfigured(
        `The topics of group ${options.group} must have equal partition counts: ${found || 'there are no topics'}.`,
      );
    }
    return this.#group(options.group).join(options, topics);
  }

  async offsets(partition: TopicPartition): Promise<{ start: Offset; end: Offset }> {
    const { start, end } = this.#parts.topics.partition(partition);
    return { start, end };
  }

  /** Here a transaction is written as it commits, all of it at once. */
  async writtenEnds(partitions: readonly TopicPartition[]): Promise<Offset[]> {
    return partitions.map((partition) => this.#parts.topics.partition(partition).end);
  }

  async committedOffsets(group: string): Promise<TopicOffset[]> {
    const { positions, topics } = this.#parts;
    return positions.of(group).map(({ topicNumber, partition, offset }) => {
      return { topic: topics.byNumber.get(topicNumber)?.spec.name ?? '', partition, offset };
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** As the latest look at the disk has it, at most a second old: cheap enough to ask often. */
  room(): DiskRoom {
    return this.#freeSpace.look();
  }

  stats(): LogStats {
    const { journal, topics } = this.#parts;
    const perTopic = [...topics.byName].map(([topic, { partitions }]) => ({
      topic,
      partitions: partitions.map(({ start, end, segments }) => ({
        start,
        end,
        bytes: segments.reduce((sum, { entry }) => sum + entry.bytes, 0),
      })),
    }));
    const segmentBytes = perTopic.flatMap(({ partitions }) => partitions).reduce((sum, { bytes }) => sum + bytes, 0);
    return {
      diskBytes: journal.walBytes + segmentBytes,
      tailBytes: journal.tailBytes,
      syncs: journal.groupCommit.stats,
      topics: perTopic,
    };
  }

  /** Flushes, expires and compacts all that may be, however little there is to gain. */
  tidy(): Promise<void> {
    return this.#parts.upkeep.tidy();
  }

  /** Resolves once no background work that was due is left. */
  settled(): Promise<void> {
    return this.#parts.upkeep.settled();
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined) {
      const { clock, limits, soon, onProblem, closing } = this.#parts;
      group = new Group({ clock, limits, soon, onProblem, closing: closing.signal });
      this.#groups.set(name, group);
    }
    return group;
  }

  async #close(): Promise<void> {
    const { closing, journal, upkeep, files, release } = this.#parts;
    closing.abort();
    for (const group of this.#groups.values()) group.close();
    try {
      await upkeep.close();
      await journal.close();
    } finally {
      files.closeAll();
      release();
    }
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new DependencyUnavailable('log', 'The log was closed.');
  }
}
