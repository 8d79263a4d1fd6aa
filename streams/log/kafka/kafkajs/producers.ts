// Writing over kafkajs: with its idempotent producer outside transactions, and its transactions, one producer for each id.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ICustomPartitioner, Message, Producer as KafkajsOwnProducer, TopicMessages, Transaction } from 'kafkajs';
import { Bug } from '../../../errors.ts';
import type { Offset, TopicOffset, TopicPartition } from '../../log.ts';
import {
  KafkaFailure,
  type ConsumedOffsets,
  type PlacedRecord,
  type Producer,
  type TransactionalProducer,
} from '../client.ts';
import { isCommittedAfter } from '../last-transaction.ts';
import { piecesOf } from '../pieces.ts';
import { offsetsFrom } from '../places.ts';
import { placeKey } from '../../place-key.ts';
import type { KafkaContext, KafkaLimits } from '../settings.ts';
import { naming } from './failure.ts';
import {
  createKafka,
  patientRetry,
  type InnerCluster,
  type InnerTransaction,
  type ProducerIdentity,
} from './kafkajs.ts';
import { allLed, decideLeftovers, lastTransaction } from './leftovers.ts';

/** Partitions are chosen before. */
const createPartitioner: ICustomPartitioner =
  () =>
  ({ message }) =>
    message.partition ?? 0;

export async function openProducer(context: KafkaContext): Promise<Producer> {
  const producer = createKafka(context).producer({
    createPartitioner,
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: patientRetry(context.limits),
  });
  await connected(producer);
  return {
    send: (records) => naming(() => send(producer, records)),
    close: () => producer.disconnect(),
  };
}

/** Answers of the coordinator that mean: ask again in a moment. */
const notYet: ReadonlySet<string> = new Set([
  'CONCURRENT_TRANSACTIONS',
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR',
]);
const notYetWaitMs = 20;

/** From a Kafka object of its own: kafkajs keeps offsets that transactions sent, committed or not, for all clients of one object. */
export async function openTransactionalProducer(
  transactionalId: string,
  places: readonly TopicPartition[],
  cluster: InnerCluster,
  context: KafkaContext,
): Promise<TransactionalProducer> {
  const { limits } = context;
  let isClosed = false;
  const overIn = (ms: number) => {
    const untilMs = performance.now() + ms;
    return () => isClosed || performance.now() >= untilMs;
  };
  const isOver = overIn(limits.retryMs);
  const producer = createKafka(context).producer({
    createPartitioner,
    transactionalId,
    transactionTimeout: limits.transactionTimeoutMs,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: patientRetry(limits),
  });
  await connected(producer);
  let own: InnerTransaction;
  try {
    const last = await askingAgain(limits, () => lastTransaction(cluster, transactionalId));
    await naming(() => allLed(cluster, places, isOver));
    own = { transactionalId, ...(await fence(producer, limits)) };
    if (last !== undefined) {
      const isCommitted = isCommittedAfter(last.state);
      await askingAgain(limits, () => decideLeftovers(cluster, own, places, isCommitted, isOver));
    }
  } catch (error) {
    await producer.disconnect();
    throw error;
  }
  /** Brokers may have forgotten what was committed last: the next transaction would decide it, and take it back when it is aborted. */
  let former: { readonly places: readonly TopicPartition[]; readonly isDecided: Promise<boolean> } | undefined;
  const decide = (written: readonly TopicPartition[]) =>
    askingAgain(limits, () => decideLeftovers(cluster, own, written, true, overIn(limits.retryMs)));
  return {
    commit: async (records, consumed) => {
      if ((await former?.isDecided) === false) await decide(former?.places ?? []);
      const written = await naming(() => commit(producer, records, consumed, limits));
      // Begun at once, as there is other work to do before the next transaction.
      former = { places: written, isDecided: decide(written).then(isTrue, isFalse) };
      return written;
    },
    close: async () => {
      isClosed = true; // what is left open then is for the next owner to see to
      await producer.disconnect();
    },
  };
}

const isTrue = () => true;
/** It is asked again before anything is written. */
const isFalse = () => false;

async function connected(producer: KafkajsOwnProducer): Promise<void> {
  try {
    await naming(() => producer.connect());
  } catch (error) {
    await producer.disconnect();
    throw error;
  }
}

/**
 * The first transaction asks for the producer id, which shuts the former owner out and ends what it began. kafkajs tells what it was given
 * to its logger alone.
 */
async function fence(producer: KafkajsOwnProducer, limits: KafkaLimits): Promise<ProducerIdentity> {
  let identity: ProducerIdentity | undefined;
  const logger = producer.logger();
  const { debug } = logger;
  logger.debug = (message, extra) => {
    const { producerId, producerEpoch } = { ...extra } as Record<string, unknown>;
    if (message === 'Initialized producer id & epoch')
      identity = { producerId: String(producerId), producerEpoch: Number(producerEpoch) };
    debug(message, extra);
  };
  try {
    const empty = await askingAgain(limits, () => producer.transaction());
    await naming(() => empty.abort());
  } finally {
    logger.debug = debug;
  }
  if (identity === undefined) throw new Bug('kafkajs did not say which producer id it was given.');
  return identity;
}

async function commit(
  producer: KafkajsOwnProducer,
  records: readonly PlacedRecord[],
  consumed: ConsumedOffsets | undefined,
  limits: KafkaLimits,
): Promise<TopicOffset[]> {
  const transaction = await producer.transaction();
  const offsets: Offset[] = [];
  for (const piece of piecesOf(records, limits)) offsets.push(...(await send(transaction, piece)));
  if (consumed !== undefined) await askingAgain(limits, () => sendOffsets(transaction, consumed));
  await transaction.commit();
  return lastOffsets(records, offsets);
}

async function sendOffsets(transaction: Transaction, { group, offsets }: ConsumedOffsets): Promise<void> {
  const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
  }));
  await transaction.sendOffsets({ consumerGroupId: group, topics });
}

async function send(
  producer: Pick<KafkajsOwnProducer, 'sendBatch'>,
  records: readonly PlacedRecord[],
): Promise<Offset[]> {
  const answers = await producer.sendBatch({ acks: -1, topicMessages: messagesOf(records) });
  const firsts = answers.map(({ topicName, partition, baseOffset }): [string, Offset] => [
    placeKey({ topic: topicName, partition }),
    Number(baseOffset),
  ]);
  return offsetsFrom(firsts, records);
}

function messagesOf(records: readonly PlacedRecord[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>();
  for (const record of records) {
    const messages = byTopic.get(record.topic);
    if (messages === undefined) byTopic.set(record.topic, [messageOf(record)]);
    else messages.push(messageOf(record));
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
}

function messageOf({ partition, key, value, timestampMs, headers }: PlacedRecord): Message {
  return { partition, key, value, timestamp: String(timestampMs), ...(headers === undefined ? {} : { headers }) };
}

/** kafkajs gives up at once on some calls, and has long pauses fixed in it for others. */
async function askingAgain<T>({ retryMs }: KafkaLimits, act: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + retryMs;
  for (;;) {
    try {
      return await naming(act);
    } catch (error) {
      const isPassing = error instanceof KafkaFailure && notYet.has(error.code);
      if (!isPassing || performance.now() > untilMs) throw error;
      await sleep(notYetWaitMs);
    }
  }
}

function lastOffsets(records: readonly PlacedRecord[], offsets: readonly Offset[]): TopicOffset[] {
  const last = new Map<string, number>();
  for (const [index, record] of records.entries()) last.set(placeKey(record), index);
  return [...last.values()].map((index) => {
    const { topic, partition } = records[index] as PlacedRecord;
    return { topic, partition, offset: offsets[index] ?? 0 };
  });
}
