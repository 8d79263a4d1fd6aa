// What the driver needs, by the client library @platformatic/kafka: its connections and codecs, with producers, readers and group members of our
// own on them. `docs/decisions.md` says why.
import {
  ConfigResourceTypes,
  createTopicsV5,
  describeConfigsV4,
  listOffsetsV6,
  offsetFetchV7,
} from '@platformatic/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Offset, TopicOffset, TopicPartition } from '../../log.ts';
import { clientFailure, KafkaFailure, type KafkaClient, type TopicToCreate } from '../client.ts';
import { placeKey } from '../../place-key.ts';
import type { KafkaContext } from '../settings.ts';
import { codesOf, failing, isMoved, refused } from './broker-errors.ts';
import { ASKING_LANE, Cluster, leaderless, type Lane } from './cluster.ts';
import { PlatformaticFetcher } from './fetcher.ts';
import { PlatformaticGroupConnection } from './group-connection.ts';
import { openProducer } from './producer.ts';
import { openTransactionalProducer } from './transactional-producer.ts';

/** Transactional producers share connections: many wait for answers at the same time, none for long. */
const TRANSACTION_LANES = 16;
const CREATED_PAUSE_MS = 50;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
const CONSUMER = -1;
const ANY_EPOCH = -1;
const LATEST = -1n;
const EARLIEST = -2n;

export async function openPlatformaticClient(
  context: KafkaContext,
  { asOlderBrokers = false } = {},
): Promise<KafkaClient> {
  const cluster = await failing(`Reaching ${context.brokers.join(', ')}`, () => Cluster.open(context));
  if (asOlderBrokers) cluster.hasTransactionEpochs = false;
  const { limits } = context;
  const opened = { fetchers: 0, groups: 0, transactions: 0 };
  const transactionLane = (): Lane => ({ name: `transactions.${opened.transactions++ % TRANSACTION_LANES}` });
  return {
    describeCluster: async () => ({ clusterId: cluster.clusterId, brokers: cluster.brokerCount }),
    describeTopics: (names) => failing('Describing topics', () => describeTopics(cluster, names)),
    createTopics: (topics) => failing('Creating topics', () => createTopics(cluster, topics, limits.requestTimeoutMs)),
    topicConfigs: (names) => failing('Reading the settings of topics', () => topicConfigs(cluster, names)),
    offsets: (place) => failing(`Reading offsets of ${place.topic}/${place.partition}`, () => offsets(cluster, place)),
    writtenEnds: (places) => failing('Reading the ends of partitions', () => writtenEnds(cluster, places)),
    committedOffsets: (group) => failing(`Reading the offsets of ${group}`, () => committedOffsets(cluster, group)),
    openProducer: () => openProducer(cluster, { name: 'append' }, limits),
    openTransactionalProducer: (id, places = []) =>
      openTransactionalProducer(id, places, { cluster, limits, lane: transactionLane() }),
    openFetcher: async () => new PlatformaticFetcher(cluster, { name: `fetch.${opened.fetchers++}` }),
    openGroupConnection: async (group) => {
      const lane = { name: `group.${opened.groups++}`, answerLaterMs: limits.rebalanceTimeoutMs };
      return new PlatformaticGroupConnection(cluster, group, lane);
    },
    close: () => cluster.close(),
  };
}

async function describeTopics(cluster: Cluster, names: readonly string[]) {
  const topics = await cluster.describeTopics(names);
  return new Map([...topics].map(([name, { topicId, leaders }]) => [name, { topicId, partitions: leaders.length }]));
}

async function createTopics(cluster: Cluster, topics: readonly TopicToCreate[], withinMs: number): Promise<void> {
  const wanted = topics.map(({ name, partitions, replicationFactor, configs }) => ({
    name,
    numPartitions: partitions,
    replicationFactor,
    assignments: [],
    configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
  }));
  try {
    await cluster.askAnyone(createTopicsV5.api, wanted, withinMs, false);
  } catch (error) {
    if (!codesOf(error).every((code) => code === 'TOPIC_ALREADY_EXISTS') || codesOf(error).length === 0) throw error;
  }
  await untilUsable(cluster, topics, performance.now() + withinMs);
}

/** The brokers learn of it one after the other. */
async function untilUsable(cluster: Cluster, topics: readonly TopicToCreate[], untilMs: number): Promise<void> {
  for (;;) {
    const found = await cluster.describeTopics(topics.map(({ name }) => name));
    if (topics.every(({ name }) => found.get(name)?.leaders.every((leader) => leader >= 0) ?? false)) return;
    if (performance.now() > untilMs) throw refused(5, 'Waiting for topics that were created');
    await sleep(CREATED_PAUSE_MS);
  }
}

async function topicConfigs(cluster: Cluster, names: readonly string[]) {
  const resources = names.map((resourceName) => ({
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName,
    configurationKeys: null,
  }));
  const { results } = await cluster.askAnyone(describeConfigsV4.api, resources, false, false);
  return new Map(
    results.map(({ resourceName, configs }) => [
      resourceName,
      new Map(configs.map(({ name, value }) => [name, value ?? ''])),
    ]),
  );
}

async function offsets(cluster: Cluster, place: TopicPartition): Promise<{ start: Offset; end: Offset }> {
  const [start, end] = await Promise.all(
    [EARLIEST, LATEST].map((which) => listed(cluster, place, which, READ_COMMITTED)),
  );
  return { start: start ?? 0, end: end ?? 0 };
}

/** In one request to each leader, as the sinks ask this for every transaction. Where one has moved, patiently one by one. */
async function writtenEnds(cluster: Cluster, places: readonly TopicPartition[]): Promise<Offset[]> {
  try {
    await cluster.learn(places.map(({ topic }) => topic));
    const byLeader = [...Map.groupBy(places, (place) => cluster.leaderOf(place))];
    const ends = new Map((await Promise.all(byLeader.map((each) => endsAt(cluster, each)))).flat());
    return places.map((place) => {
      const end = ends.get(placeKey(place));
      if (end === undefined)
        throw new KafkaFailure(clientFailure.unknown, `No end of ${placeKey(place)} was answered.`);
      return end;
    });
  } catch (error) {
    if (!isMoved(error)) throw error;
    return Promise.all(places.map((place) => listed(cluster, place, LATEST, READ_UNCOMMITTED)));
  }
}

async function endsAt(
  cluster: Cluster,
  [leader, places]: readonly [number | undefined, readonly TopicPartition[]],
): Promise<[string, Offset][]> {
  if (leader === undefined) throw leaderless(places[0] as TopicPartition);
  const asked = [...Map.groupBy(places, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition }) => ({
      partitionIndex: partition,
      currentLeaderEpoch: ANY_EPOCH,
      timestamp: LATEST,
    })),
  }));
  const { topics } = await cluster.ask(leader, ASKING_LANE, listOffsetsV6.api, CONSUMER, READ_UNCOMMITTED, asked);
  return topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, offset }): [string, Offset] => [
      placeKey({ topic: name, partition: partitionIndex }),
      Number(offset),
    ]),
  );
}

async function listed(
  cluster: Cluster,
  { topic, partition }: TopicPartition,
  timestamp: bigint,
  isolation: number,
): Promise<Offset> {
  const { topics } = await cluster.askLeader({ topic, partition }, listOffsetsV6.api, CONSUMER, isolation, [
    { name: topic, partitions: [{ partitionIndex: partition, currentLeaderEpoch: ANY_EPOCH, timestamp }] },
  ]);
  return Number(topics[0]?.partitions[0]?.offset ?? 0n);
}

/** Waits for transactions that have offsets of the group and have not ended. */
async function committedOffsets(cluster: Cluster, group: string): Promise<TopicOffset[]> {
  const who = { kind: 'group', key: group, lane: ASKING_LANE } as const;
  const { topics } = await cluster.askCoordinator(who, offsetFetchV7.api, [{ groupId: group, topics: null }], true);
  return topics.flatMap(({ name, partitions }) =>
    partitions.flatMap(({ partitionIndex, committedOffset, errorCode }) => {
      if (errorCode !== 0) throw refused(errorCode, `Reading the offsets of ${group}`);
      return committedOffset < 0n ? [] : [{ topic: name, partition: partitionIndex, offset: Number(committedOffset) }];
    }),
  );
}
