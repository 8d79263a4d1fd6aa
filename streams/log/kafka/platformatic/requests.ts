// The requests of Kafka's protocol that the client library lacks, or answers in a way that does not serve: with records taken apart one by
// one, or with an exception for all partitions when one has an error.
//
// Here and elsewhere in this folder a request is sent in the oldest version that has what we need, so that brokers from Kafka 2.8 on know it.
import { createAPI, txnOffsetCommitV4, Writer, type Reader } from '@platformatic/kafka';
import type { Offset, Partition } from '../../log.ts';
import type { AbortedTransaction } from './batch-decoder.ts';
import { refused } from './broker-errors.ts';

export interface ProducePart {
  readonly topic: string;
  readonly partition: Partition;
  readonly batch: Buffer;
}

export interface ProducedPart {
  readonly topic: string;
  readonly partition: Partition;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly baseOffset: Offset;
}

const PRODUCE_VERSION = 9;
/** With this version, partitions that a transaction writes to join it by being written to (KIP-890). */
const PRODUCE_JOINING_VERSION = 12;

const produceOf = (version: number) =>
  createAPI<[transactionalId: string | null, timeoutMs: number, parts: readonly ProducePart[]], ProducedPart[]>(
    0,
    version,
    (transactionalId: string | null, timeoutMs: number, parts: readonly ProducePart[]) =>
      Writer.create()
        .appendString(transactionalId)
        .appendInt16(ALL_REPLICAS)
        .appendInt32(timeoutMs)
        .appendArray(byTopic(parts), (topicWriter, [topic, ofTopic]) => {
          topicWriter.appendString(topic).appendArray(ofTopic, (writer, { partition, batch }) => {
            writer
              .appendInt32(partition)
              .appendUnsignedVarInt(batch.length + 1)
              .append(batch);
          });
        })
        .appendTaggedFields(),
    (_correlationId, _key, _version, reader) => readProduced(reader),
  );

export const produce = produceOf(PRODUCE_VERSION);
export const produceJoining = produceOf(PRODUCE_JOINING_VERSION);

const ALL_REPLICAS = -1;

function readProduced(reader: Reader): ProducedPart[] {
  return reader
    .readArray((topicReader) => {
      const topic = topicReader.readString();
      return topicReader.readArray((part) => {
        const partition = part.readInt32();
        const errorCode = part.readInt16();
        const baseOffset = Number(part.readInt64());
        part.skip(2 * INT64_BYTES); // time of appending, start of the log
        part.readArray((record) => {
          record.readInt32();
          record.readNullableString();
        });
        return { topic, partition, errorCode, baseOffset, errorMessage: part.readNullableString() };
      });
    })
    .flat();
}

export interface FetchPart {
  readonly topic: string;
  readonly partition: Partition;
  readonly offset: Offset;
}

export interface FetchOptions {
  /** The broker answers after this time though there is nothing. */
  readonly waitMs: number;
  readonly bytesMax: number;
  readonly partitionBytesMax: number;
}

export interface FetchedPart {
  readonly topic: string;
  readonly partition: Partition;
  readonly errorCode: number;
  readonly aborted: readonly AbortedTransaction[];
  readonly bytes: Buffer;
}

const READ_COMMITTED = 1;
const CONSUMER = -1;
const UNKNOWN = -1;

/** Committed records only, without a session: each request says all that it wants. */
export const fetchCommitted = createAPI<
  [parts: readonly FetchPart[], options: FetchOptions],
  { errorCode: number; parts: FetchedPart[] }
>(
  1,
  12,
  (parts: readonly FetchPart[], { waitMs, bytesMax, partitionBytesMax }: FetchOptions) =>
    Writer.create()
      .appendInt32(CONSUMER)
      .appendInt32(waitMs)
      .appendInt32(1) // answer as soon as there is anything
      .appendInt32(bytesMax)
      .appendInt8(READ_COMMITTED)
      .appendInt32(0) // no session
      .appendInt32(-1)
      .appendArray(byTopic(parts), (topicWriter, [topic, ofTopic]) => {
        topicWriter.appendString(topic).appendArray(ofTopic, (writer, { partition, offset }) => {
          writer
            .appendInt32(partition)
            .appendInt32(UNKNOWN) // leader epoch
            .appendInt64(BigInt(offset))
            .appendInt32(UNKNOWN) // epoch of the last record fetched
            .appendInt64(BigInt(UNKNOWN)) // start of the log
            .appendInt32(partitionBytesMax);
        });
      })
      .appendArray([], () => {}) // forgotten topics
      .appendString('') // rack
      .appendTaggedFields(),
  (_correlationId, _key, _version, reader) => readFetched(reader),
);

function readFetched(reader: Reader): { errorCode: number; parts: FetchedPart[] } {
  reader.skip(INT32_BYTES); // throttle time
  const errorCode = reader.readInt16();
  reader.skip(INT32_BYTES); // session
  const parts = reader.readArray((topicReader) => {
    const topic = topicReader.readString();
    return topicReader.readArray((part): FetchedPart => {
      const partition = part.readInt32();
      const partErrorCode = part.readInt16();
      part.skip(3 * INT64_BYTES); // high watermark, last stable offset, start of the log
      const aborted = part.readArray((each) => ({ producerId: each.readInt64(), firstOffset: each.readInt64() }));
      part.skip(INT32_BYTES); // preferred replica
      return { topic, partition, errorCode: partErrorCode, aborted, bytes: part.readBytes() };
    });
  });
  return { errorCode, parts: parts.flat() };
}

/** As version 4, but the offsets join the transaction by being committed (KIP-890). */
export const commitOffsetsJoining: typeof txnOffsetCommitV4.api = createAPI(
  28,
  5,
  txnOffsetCommitV4.createRequest,
  txnOffsetCommitV4.parseResponse,
);

/** For the next transaction of the same id. */
export interface NextProducer {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** The version that gives each transaction an epoch of its own: a late answer can't hit the next one (KIP-890). */
export const endTransactionRaisingEpoch = createAPI<
  [transactionalId: string, producerId: bigint, producerEpoch: number, isCommit: boolean],
  NextProducer
>(
  26,
  5,
  (transactionalId: string, producerId: bigint, producerEpoch: number, isCommit: boolean) =>
    Writer.create()
      .appendString(transactionalId)
      .appendInt64(producerId)
      .appendInt16(producerEpoch)
      .appendBoolean(isCommit)
      .appendTaggedFields(),
  (_correlationId, _key, _version, reader) => {
    reader.skip(INT32_BYTES); // throttle time
    const errorCode = reader.readInt16();
    if (errorCode !== 0) throw refused(errorCode, 'Ending a transaction');
    return { producerId: reader.readInt64(), producerEpoch: reader.readInt16() };
  },
);

const INT32_BYTES = 4;
const INT64_BYTES = 8;

function byTopic<T extends { readonly topic: string }>(parts: readonly T[]): [string, T[]][] {
  return [...Map.groupBy(parts, ({ topic }) => topic)];
}
