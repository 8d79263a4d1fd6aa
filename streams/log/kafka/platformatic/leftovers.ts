// What brokers forget. A coordinator that is to end a transaction while one of its partitions has no leader takes that partition for deleted
// and leaves it out (Kafka 4.4.0): the transaction counts as ended, but there it stays open, unseen by readers of committed records,
// until the same producer ends another one there. Then both are decided alike: what was aborted appears, or what was
// committed is lost. So whoever opens an id, or has aborted, asks the leaders what is open.
import { setTimeout as sleep } from 'node:timers/promises';
import { describeProducersV0 } from '@platformatic/kafka';
import type { TopicPartition } from '../../log.ts';
import { isMoved, refused } from './broker-errors.ts';
import { leaderless, type Cluster, type Lane } from './cluster.ts';

export interface LeftoversOptions {
  readonly cluster: Cluster;
  readonly lane: Lane;
  /** Patience has ended. */
  readonly isOver: () => boolean;
}

const MOVED_PAUSE_MS = 50;
const NONE_OPEN = -1n;

/** Those of `places` where a transaction of the producer is open. It must have none just now. */
export async function leftOpen(
  producerId: bigint,
  places: readonly TopicPartition[],
  options: LeftoversOptions,
): Promise<TopicPartition[]> {
  const { cluster, isOver } = options;
  const topics = [...new Set(places.map(({ topic }) => topic))];
  await cluster.learn(topics);
  for (;;) {
    try {
      const byLeader = [...Map.groupBy(places, (place) => cluster.leaderOf(place))];
      return (await Promise.all(byLeader.map((each) => openAt(each, producerId, options)))).flat();
    } catch (error) {
      if (!isMoved(error) || isOver()) throw error;
      await sleep(MOVED_PAUSE_MS);
      await cluster.refreshTopics(topics);
    }
  }
}

async function openAt(
  [leader, places]: readonly [number | undefined, readonly TopicPartition[]],
  producerId: bigint,
  { cluster, lane }: LeftoversOptions,
): Promise<TopicPartition[]> {
  if (leader === undefined) throw leaderless(places[0] as TopicPartition);
  const topics = [...Map.groupBy(places, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    partitionIndexes: ofTopic.map(({ partition }) => partition),
  }));
  const answer = await cluster.ask(leader, lane, describeProducersV0.api, topics);
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions.flatMap(({ partitionIndex, errorCode, activeProducers }) => {
      if (errorCode !== 0) throw refused(errorCode, `Asking who writes to ${name}/${partitionIndex}`);
      const isOpen = activeProducers.some(
        (each) => each.producerId === producerId && each.currentTxnStartOffset !== NONE_OPEN,
      );
      return isOpen ? [{ topic: name, partition: partitionIndex }] : [];
    }),
  );
}
