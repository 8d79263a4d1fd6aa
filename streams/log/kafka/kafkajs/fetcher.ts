// Fetches over kafkajs's connections: committed records only, past markers and what was aborted or compacted away.
import kafkajs from 'kafkajs';
import type { FetchedBatch, Headers, LogRecord, TopicOffset, TopicPartition } from '../../log.ts';
import { placeKey } from '../../place-key.ts';
import type { FetchedPartition, Fetcher, FetchLimits } from '../client.ts';
import { naming } from './failure.ts';
import { leaderOf, type InnerCluster } from './kafkajs.ts';

const readCommitted = 1;
const SEVERAL_WAIT_MS_MAX = 100;

/** What kafkajs makes of a partition's part of an answer. */
interface PartitionAnswer {
  readonly partition: number;
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
  readonly messages: readonly Message[];
}

interface Message {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | Buffer[] | undefined>>;
  readonly isControlRecord: boolean;
  readonly batchContext: {
    readonly firstOffset: string;
    readonly lastOffsetDelta: number;
    readonly producerId: string;
    readonly inTransaction: boolean;
  };
}

export class KafkajsFetcher implements Fetcher {
  readonly #cluster: InnerCluster;

  constructor(cluster: InnerCluster) {
    this.#cluster = cluster;
  }

  async fetch(from: readonly TopicOffset[], limits: FetchLimits): Promise<FetchedPartition[]> {
    return naming(async () => {
      await this.#cluster.addMultipleTargetTopics([...new Set(from.map(({ topic }) => topic))]);
      await this.#cluster.refreshMetadataIfNecessary();
      const perLeader = Map.groupBy(from, (place) => leaderOf(this.#cluster, place));
      // What one leader has is told when all have answered.
      const waitMs = perLeader.size > 1 ? Math.min(limits.waitMs, SEVERAL_WAIT_MS_MAX) : limits.waitMs;
      const answers = [...perLeader].map(([nodeId, places]) => this.#fetchFrom(nodeId, places, { ...limits, waitMs }));
      return (await Promise.all(answers)).flat();
    });
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect();
  }

  async #fetchFrom(nodeId: string, places: readonly TopicOffset[], limits: FetchLimits): Promise<FetchedPartition[]> {
    const missing: FetchedPartition[] = [];
    let left = places;
    while (left.length > 0) {
      try {
        return [...missing, ...(await this.#ask(nodeId, left, missing.length > 0 ? { ...limits, waitMs: 0 } : limits))];
      } catch (error) {
        // One partition out of range fails the whole answer: the others are asked for again without it.
        const place = left.find((each) => isOutOfRange(error, each));
        if (place === undefined) throw error;
        missing.push({ topic: place.topic, partition: place.partition, outOfRange: true });
        left = left.filter((each) => each !== place);
      }
    }
    return missing;
  }

  async #ask(nodeId: string, places: readonly TopicOffset[], limits: FetchLimits): Promise<FetchedBatch[]> {
    const answers = await this.#request(nodeId, places, limits);
    const batches = answers.flatMap(([place, answer]) => batchOf(place, answer) ?? []);
    if (batches.length > 0) return batches;
    const silent = answers.filter(([{ offset }, { lastStableOffset }]) => offset < Number(lastStableOffset));
    return Promise.all(silent.map(([place]) => this.#passEmpty(nodeId, place, limits)));
  }

  /**
   * There is something up to the end, but nothing came: either the other partitions took all the room, or compaction left a batch
   * without records, which kafkajs does not show. Alone it is the latter, and the next offset may be behind it.
   */
  async #passEmpty(nodeId: string, place: TopicOffset, limits: FetchLimits): Promise<FetchedBatch> {
    const [alone] = await this.#request(nodeId, [place], { ...limits, waitMs: 0 });
    const batch = alone === undefined ? undefined : batchOf(...alone);
    return batch ?? { topic: place.topic, partition: place.partition, records: [], nextOffset: place.offset + 1 };
  }

  async #request(
    nodeId: string,
    places: readonly TopicOffset[],
    limits: FetchLimits,
  ): Promise<[TopicOffset, PartitionAnswer][]> {
    const broker = await this.#cluster.findBroker({ nodeId });
    const topics = [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition, offset }) => ({
        partition,
        fetchOffset: String(offset),
        maxBytes: limits.partitionBytes,
      })),
    }));
    const { responses } = (await broker.fetch({
      isolationLevel: readCommitted,
      maxWaitTime: Math.round(limits.waitMs),
      minBytes: 1,
      maxBytes: limits.totalBytes,
      // kafkajs shuffles them, so that each has its turn when there is no room for all.
      topics,
    })) as { responses: { topicName: string; partitions: PartitionAnswer[] }[] };
    const answers = new Map<string, PartitionAnswer>();
    for (const { topicName, partitions } of responses)
      for (const answer of partitions) answers.set(placeKey({ topic: topicName, partition: answer.partition }), answer);
    return places.flatMap((place) => {
      const answer = answers.get(placeKey(place));
      return answer === undefined ? [] : [[place, answer]];
    });
  }
}

function isOutOfRange(error: unknown, { topic, partition }: TopicPartition): boolean {
  if (!(error instanceof kafkajs.KafkaJSOffsetOutOfRange)) return false;
  return error.topic === topic && error.partition === partition;
}

/** Undefined when nothing came. */
function batchOf({ topic, partition, offset: from }: TopicOffset, answer: PartitionAnswer): FetchedBatch | undefined {
  const last = answer.messages.at(-1);
  if (last === undefined) return undefined;
  // A batch is told whole: it ends where it says, also when its last records were compacted away.
  const nextOffset = Number(last.batchContext.firstOffset) + last.batchContext.lastOffsetDelta + 1;
  const records = committed(answer)
    .filter(({ offset }) => Number(offset) >= from)
    .map((message) => recordOf(topic, partition, message));
  return { topic, partition, records, nextOffset };
}

/** Without markers, and without what lies between the first record of an aborted transaction and its marker. */
function committed({ messages, abortedTransactions }: PartitionAnswer): Message[] {
  const aborted = (abortedTransactions ?? []).toSorted((a, b) => Number(a.firstOffset) - Number(b.firstOffset));
  const aborting = new Set<string>();
  return messages.filter(({ offset, key, isControlRecord, batchContext }) => {
    while (aborted[0] !== undefined && Number(aborted[0].firstOffset) <= Number(offset))
      aborting.add(aborted.shift()?.producerId ?? '');
    const { producerId, inTransaction } = batchContext;
    if (!isControlRecord) return !(inTransaction && aborting.has(producerId));
    if (key !== null && isAbortMarker(key)) aborting.delete(producerId);
    return false;
  });
}

/** Version and kind, two bytes each; kind 0 is an abort. */
function isAbortMarker(key: Buffer): boolean {
  return key.length >= 4 && key.readInt16BE(2) === 0;
}

function recordOf(topic: string, partition: number, message: Message): LogRecord {
  const { offset, key, value, timestamp, headers } = message;
  return {
    topic,
    partition,
    offset: Number(offset),
    key,
    value,
    timestampMs: Number(timestamp),
    headers: textHeaders(headers),
  };
}

const noHeaders: Headers = {};

function textHeaders(headers: Message['headers']): Headers {
  let texts: Record<string, string> | undefined;
  for (const name in headers) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined && last !== null) (texts ??= {})[name] = last.toString('utf8');
  }
  return texts ?? noHeaders;
}
