// The log port on a Kafka cluster, whichever client library reaches it.
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
import { Appender } from './appender.ts';
import type { KafkaClient } from './client.ts';
import { reaching } from './errors.ts';
import { KafkaMember } from './group/member.ts';
import { KafkaReader } from './reader.ts';
import type { KafkaContext } from './settings.ts';
import { TopicCatalog } from './topic-catalog.ts';
import type { TopicTools } from './topic-tools.ts';
import { KafkaTransactor } from './transactor.ts';

export class KafkaLog implements Log {
  readonly clusterId: string;
  /** For the command line. */
  readonly topics: TopicTools;
  readonly #client: KafkaClient;
  readonly #context: KafkaContext;
  readonly #catalog: TopicCatalog;
  readonly #appender: Appender;
  /** Members, readers and transactors that are open: how to end each. */
  readonly #open = new Set<() => Promise<void>>();
  #closed: Promise<void> | undefined;

  constructor(clusterId: string, client: KafkaClient, context: KafkaContext, topics: TopicTools) {
    this.clusterId = clusterId;
    this.topics = topics;
    this.#client = client;
    this.#context = context;
    this.#catalog = new TopicCatalog(client, context.limits);
    this.#appender = new Appender(client, this.#catalog, context.limits);
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#checkOpen();
    await this.topics.ensure(specs);
  }

  describeTopic(topic: string): Promise<TopicDescription> {
    return this.#catalog.describe(topic);
  }

  /** Always acknowledged by all replicas in sync: there is no cheaper kind that would be worth having. */
  async append(records: readonly NewRecord[]): Promise<TopicOffset[]> {
    this.#checkOpen();
    return this.#appender.append(records);
  }

  async openTransactor(transactionalId: string, topics: readonly string[] = []): Promise<Transactor> {
    this.#checkOpen();
    const places = (await Promise.all(topics.map((topic) => this.#placesOf(topic)))).flat();
    const producer = await reaching(() => this.#client.openTransactionalProducer(transactionalId, places));
    return this.#register((onClose) => new KafkaTransactor(transactionalId, producer, this.#catalog, onClose));
  }

  openReader(from: readonly TopicOffset[]): Reader {
    this.#checkOpen();
    return this.#register((onClose) => new KafkaReader(this.#client, this.#context.limits, from, onClose));
  }

  async joinGroup(options: GroupOptions): Promise<GroupMember> {
    this.#checkOpen();
    const counts = new Map<string, number>();
    for (const topic of options.topics) counts.set(topic, (await this.#catalog.describe(topic)).partitions);
    const [partitions, ...others] = new Set(counts.values());
    if (partitions === undefined || others.length > 0) {
      const found = [...counts].map(([topic, count]) => `${topic} has ${count}`).join(', ');
      throw new Misconfigured(
        `The topics of group ${options.group} must have equal partition counts: ${found || 'there are no topics'}.`,
      );
    }
    const member = new KafkaMember(options, partitions, this.#client, this.#context, () => this.#open.delete(end));
    const end = () => member.leave();
    this.#open.add(end);
    return member;
  }

  offsets(partition: TopicPartition): Promise<{ start: Offset; end: Offset }> {
    return reaching(() => this.#client.offsets(partition));
  }

  writtenEnds(partitions: readonly TopicPartition[]): Promise<Offset[]> {
    return reaching(() => this.#client.writtenEnds(partitions));
  }

  committedOffsets(group: string): Promise<TopicOffset[]> {
    return reaching(() => this.#client.committedOffsets(group));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#appender.close(), ...[...this.#open].map((end) => end())]);
    await this.#client.close();
  }

  async #placesOf(topic: string): Promise<TopicPartition[]> {
    const { partitions } = await this.#catalog.describe(topic);
    return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  }

  #register<T extends { close(): Promise<void> }>(make: (onClose: () => void) => T): T {
    const opened = make(() => this.#open.delete(end));
    const end = () => opened.close();
    this.#open.add(end);
    return opened;
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new DependencyUnavailable('kafka', 'The log was closed.');
  }
}
