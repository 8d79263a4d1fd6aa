// The Kafka driver's client on kafkajs 2.2.4.
import kafkajs, { type Admin } from 'kafkajs';
import type { Offset, TopicOffset, TopicPartition } from '../../log.ts';
import type { Fetcher, GroupConnection, KafkaClient, TopicToCreate } from '../client.ts';
import { placeKey } from '../../place-key.ts';
import type { KafkaContext } from '../settings.ts';
import { KafkajsFetcher } from './fetcher.ts';
import { naming } from './failure.ts';
import { KafkajsGroupConnection } from './group-connection.ts';
import { clusterOf, createKafka, leaderOf, patientRetry, type InnerCluster } from './kafkajs.ts';
import { openProducer, openTransactionalProducer } from './producers.ts';
import { fetchTopics } from './topic-metadata.ts';

const readUncommitted = 0;
/** In place of a time: the end. */
const latest = -1;

export async function openKafkajsClient(context: KafkaContext): Promise<KafkaClient> {
  const kafka = createKafka(context);
  const admin = kafka.admin({ retry: patientRetry(context.limits) });
  const cluster = clusterOf(kafka);
  const client = new KafkajsClient(admin, cluster, context);
  try {
    await naming(async () => {
      await admin.connect();
      await cluster.connect();
      await cluster.refreshMetadata();
    });
  } catch (error) {
    await client.close();
    throw error;
  }
  return client;
}

class KafkajsClient implements KafkaClient {
  readonly #admin: Admin;
  readonly #cluster: InnerCluster;
  readonly #context: KafkaContext;

  constructor(admin: Admin, cluster: InnerCluster, context: KafkaContext) {
    this.#admin = admin;
    this.#cluster = cluster;
    this.#context = context;
  }

  describeCluster(): Promise<{ clusterId: string; brokers: number }> {
    return naming(async () => {
      const { clusterId, brokers } = await this.#admin.describeCluster();
      return { clusterId, brokers: brokers.length };
    });
  }

  describeTopics(names: readonly string[]): Promise<Map<string, { partitions: number; topicId: string }>> {
    return this.#again(async () => fetchTopics(await this.#cluster.findControllerBroker(), names));
  }

  async createTopics(topics: readonly TopicToCreate[]): Promise<void> {
    await naming(() =>
      this.#admin.createTopics({
        waitForLeaders: true,
        topics: topics.map(({ name, partitions, replicationFactor, configs }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor,
          configEntries: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        })),
      }),
    );
  }

  topicConfigs(names: readonly string[]): Promise<Map<string, ReadonlyMap<string, string>>> {
    return naming(async () => {
      if (names.length === 0) return new Map();
      const { resources } = await this.#admin.describeConfigs({
        includeSynonyms: false,
        resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
      });
      return new Map(
        resources.map(({ resourceName, configEntries }) => [
          resourceName,
          new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
        ]),
      );
    });
  }

  offsets({ topic, partition }: TopicPartition): Promise<{ start: Offset; end: Offset }> {
    return this.#again(async () => {
      await this.#cluster.addMultipleTargetTopics([topic]);
      const ask = (fromBeginning: boolean) =>
        this.#cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], fromBeginning }]);
      const [starts, ends] = [await ask(true), await ask(false)];
      const offsetOf = (answers: typeof starts) => Number(answers[0]?.partitions[0]?.offset);
      return { start: offsetOf(starts), end: offsetOf(ends) };
    });
  }

  writtenEnds(partitions: readonly TopicPartition[]): Promise<Offset[]> {
    return this.#again(async () => {
      await this.#cluster.addMultipleTargetTopics([...new Set(partitions.map(({ topic }) => topic))]);
      const perLeader = Map.groupBy(partitions, (partition) => leaderOf(this.#cluster, partition));
      const ends = new Map<string, Offset>();
      for (const [nodeId, places] of perLeader) {
        const broker = await this.#cluster.findBroker({ nodeId });
        const topics = [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
          topic,
          partitions: ofTopic.map(({ partition }) => ({ partition, timestamp: latest })),
        }));
        const { responses } = await broker.listOffsets({ isolationLevel: readUncommitted, topics });
        for (const { topic, partitions: found } of responses)
          for (const { partition, offset } of found) ends.set(placeKey({ topic, partition }), Number(offset));
      }
      return partitions.map((place) => ends.get(placeKey(place)) ?? 0);
    });
  }

  committedOffsets(group: string): Promise<TopicOffset[]> {
    return naming(async () => {
      const topics = await this.#admin.fetchOffsets({ groupId: group, topics: [] });
      return topics
        .flatMap(({ topic, partitions }) =>
          partitions.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
        )
        .filter(({ offset }) => offset >= 0);
    });
  }

  openProducer() {
    return openProducer(this.#context);
  }

  openTransactionalProducer(transactionalId: string, places: readonly TopicPartition[] = []) {
    return openTransactionalProducer(transactionalId, places, this.#cluster, this.#context);
  }

  async openFetcher(): Promise<Fetcher> {
    return new KafkajsFetcher(await this.#openCluster());
  }

  async openGroupConnection(group: string): Promise<GroupConnection> {
    return new KafkajsGroupConnection(await this.#openCluster(), group);
  }

  async close(): Promise<void> {
    await Promise.all([this.#admin.disconnect(), this.#cluster.disconnect()]);
  }

  async #openCluster(): Promise<InnerCluster> {
    const cluster = clusterOf(createKafka(this.#context));
    try {
      await naming(() => cluster.connect());
      return cluster;
    } catch (error) {
      await cluster.disconnect();
      throw error;
    }
  }

  /** A leader may have moved, or a connection been lost, since anybody looked: once more, then the caller hears of it. */
  #again<T>(act: () => Promise<T>): Promise<T> {
    return naming(async () => {
      try {
        return await act();
      } catch {
        await this.#cluster.refreshMetadata();
        return act();
      }
    });
  }
}
