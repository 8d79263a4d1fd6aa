// As `../platformatic/leftovers.ts`: what brokers have left open of a transaction that has ended is ended once more. kafkajs knows neither of
// the two requests that ask for it, so they are written out.
import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicPartition } from '../../log.ts';
import { KafkaFailure } from '../client.ts';
import { isEnding, undecided } from '../last-transaction.ts';
import { compactArray, CompactReader, compactString, int32, nothingTagged } from './compact.ts';
import {
  encoded,
  leaderOf,
  type InnerBroker,
  type InnerCluster,
  type InnerTransaction,
  type ProducerIdentity,
} from './kafkajs.ts';

const describeProducers = { apiKey: 61, apiVersion: 0, apiName: 'DescribeProducers' };
const describeTransactions = { apiKey: 65, apiVersion: 0, apiName: 'DescribeTransactions' };
const transactionCoordinator = 1;
const unknownId = 105;
const noneOpen = -1n;
const endingPauseMs = 5;
const leaderlessPauseMs = 50;
/** In place of a leader's number. */
const nobody = '-1';

interface LastTransaction extends ProducerIdentity {
  readonly state: string;
}

/** Undefined when there was none, or the brokers can't say. To be asked before the id is opened. */
export async function lastTransaction(cluster: InnerCluster, id: string): Promise<LastTransaction | undefined> {
  const coordinator = await coordinatorOf(cluster, id);
  if (coordinator.versions[describeTransactions.apiKey] === undefined) return undefined;
  const body = Buffer.concat([nothingTagged, compactArray([compactString(id)]), nothingTagged]);
  const reader = await ask(coordinator, describeTransactions, body);
  const [found] = reader.array(() => {
    const errorCode = reader.int16();
    reader.string();
    const state = reader.string();
    reader.skip(4 + 8); // time-out, start
    const [producerId, producerEpoch] = [String(reader.int64()), reader.int16()];
    reader.array(() => {
      reader.string();
      reader.array(() => reader.int32());
      reader.tagged();
    });
    reader.tagged();
    return { errorCode, state, producerId, producerEpoch };
  });
  if (found === undefined || found.errorCode === unknownId) return undefined;
  if (found.errorCode !== 0) throw refused(found.errorCode, `Asking about transactions of ${id}`);
  return found;
}

/**
 * Waits until every partition has somebody to ask. To be called before the id is opened: after that nobody knows any more how the last
 * transaction ended.
 */
export async function allLed(
  cluster: InnerCluster,
  places: readonly TopicPartition[],
  isOver: () => boolean,
): Promise<void> {
  if (places.length === 0) return;
  await cluster.addMultipleTargetTopics([...new Set(places.map(({ topic }) => topic))]);
  for (;;) {
    try {
      if (places.every((place) => leaderOf(cluster, place) !== nobody)) return;
      throw new KafkaFailure('LEADER_NOT_AVAILABLE', 'There are partitions that nobody leads just now.');
    } catch (error) {
      if (isOver()) throw error;
      await sleep(leaderlessPauseMs);
      await cluster.refreshMetadata();
    }
  }
}

/**
 * Ends what is open in `places` of our last transaction the way that it ended: `isCommitted`, unless nobody knows. What a later owner of the
 * id has open there is never touched.
 *
 * @throws KafkaFailure PRODUCER_FENCED when there is a later owner
 */
export async function decideLeftovers(
  cluster: InnerCluster,
  own: InnerTransaction,
  places: readonly TopicPartition[],
  isCommitted: boolean | undefined,
  isOver: () => boolean,
): Promise<void> {
  if (places.length === 0) return;
  const { transactionalId: id } = own;
  for (let attempt = 0; ;) {
    const now = await lastTransaction(cluster, id);
    if (now === undefined) return;
    if (now.producerId !== own.producerId || now.producerEpoch !== own.producerEpoch)
      throw new KafkaFailure(
        'PRODUCER_FENCED',
        `The transactional id ${id} was opened again, or a transaction timed out.`,
      );
    if (isEnding(now.state)) {
      if (isOver()) throw new KafkaFailure('CONCURRENT_TRANSACTIONS', `The former transaction of ${id} does not end.`);
      await sleep(endingPauseMs);
      continue;
    }
    await allLed(cluster, places, isOver);
    const left = await leftOpen(cluster, own, places);
    if (left.length === 0) return;
    if (isCommitted === undefined || (attempt > 0 && isOver())) throw undecided(id, left);
    attempt += 1;
    await endOnceMore(await coordinatorOf(cluster, id), own, left, isCommitted);
  }
}

async function endOnceMore(
  coordinator: InnerBroker,
  own: InnerTransaction,
  places: readonly TopicPartition[],
  isCommitted: boolean,
): Promise<void> {
  const topics = [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition }) => partition),
  }));
  await coordinator.addPartitionsToTxn({ ...own, topics });
  await coordinator.endTxn({ ...own, transactionResult: isCommitted });
}

async function leftOpen(cluster: InnerCluster, { producerId }: ProducerIdentity, places: readonly TopicPartition[]) {
  const left: TopicPartition[] = [];
  for (const [nodeId, ofLeader] of Map.groupBy(places, (place) => leaderOf(cluster, place))) {
    const topics = [...Map.groupBy(ofLeader, ({ topic }) => topic)].map(([topic, ofTopic]) =>
      Buffer.concat([
        compactString(topic),
        compactArray(ofTopic.map(({ partition }) => int32(partition))),
        nothingTagged,
      ]),
    );
    const body = Buffer.concat([nothingTagged, compactArray(topics), nothingTagged]);
    const reader = await ask(await cluster.findBroker({ nodeId }), describeProducers, body);
    left.push(...reader.array(() => openIn(reader, producerId)).flat());
  }
  return left;
}

/** Of one topic in an answer. */
function openIn(reader: CompactReader, producerId: string): TopicPartition[] {
  const topic = reader.string();
  const open = reader.array(() => {
    const [partition, errorCode] = [reader.int32(), reader.int16()];
    reader.string();
    const producers = reader.array(() => {
      const id = String(reader.int64());
      reader.skip(4 + 4 + 8 + 4); // epoch, sequence, time, coordinator's epoch
      const openFrom = reader.int64();
      reader.tagged();
      return id === producerId && openFrom !== noneOpen;
    });
    reader.tagged();
    if (errorCode !== 0) throw refused(errorCode, `Asking who writes to ${topic}/${partition}`);
    return producers.includes(true) ? [{ topic, partition }] : [];
  });
  reader.tagged();
  return open.flat();
}

/** The answer, behind the time that the broker would have us wait. */
async function ask(
  broker: InnerBroker,
  call: { apiKey: number; apiVersion: number; apiName: string },
  body: Buffer,
): Promise<CompactReader> {
  const payload = await broker.connectionPool.send({
    request: { ...call, encode: async () => encoded(body) },
    response: { decode: async (answer) => answer, parse: async (answer) => answer },
  });
  const reader = new CompactReader(payload);
  reader.tagged();
  reader.skip(4);
  return reader;
}

function coordinatorOf(cluster: InnerCluster, id: string): Promise<InnerBroker> {
  return cluster.findGroupCoordinator({ groupId: id, coordinatorType: transactionCoordinator });
}

/** Whatever it is, another attempt over fresh metadata may go better. */
function refused(errorCode: number, what: string): KafkaFailure {
  return new KafkaFailure('COORDINATOR_NOT_AVAILABLE', `${what}: error ${errorCode}`);
}
