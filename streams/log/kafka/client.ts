// What the Kafka driver needs of a client library. `kafkajs/` and `platformatic/` implement it; everything else about Kafka stands in
// this folder once, for both. Every error that a method here throws is a `KafkaFailure`.
import type { FetchedBatch, Offset, Partition, TopicOffset, TopicPartition } from '../log.ts';
import type { NewRecord } from '../log.ts';

export interface KafkaClient {
  describeCluster(): Promise<{ clusterId: string; brokers: number }>;

  /** Topics that do not exist are left out. */
  describeTopics(names: readonly string[]): Promise<Map<string, { partitions: number; topicId: string }>>;

  /** One that exists already is no error. Resolves once all can be written to. */
  createTopics(topics: readonly TopicToCreate[]): Promise<void>;

  /** All configs of topics that exist, by topic and name. */
  topicConfigs(names: readonly string[]): Promise<Map<string, ReadonlyMap<string, string>>>;

  /** `end` is the last stable offset: the one behind the last committed record. */
  offsets(partition: TopicPartition): Promise<{ start: Offset; end: Offset }>;

  /** Behind all that is written, also by transactions that are not decided yet. */
  writtenEnds(partitions: readonly TopicPartition[]): Promise<Offset[]>;

  committedOffsets(group: string): Promise<TopicOffset[]>;

  /** An idempotent producer outside transactions, acks=all. */
  openProducer(): Promise<Producer>;

  /**
   * Resolves once the former owner of the id is shut out and what it began is decided (InitProducerId), also in those of `places` where the
   * brokers have lost track of it, by clients that can ask them (`platformatic/leftovers.ts`).
   */
  openTransactionalProducer(
    transactionalId: string,
    places?: readonly TopicPartition[],
  ): Promise<TransactionalProducer>;

  /** With connections of its own, so that one that waits holds up nobody else. */
  openFetcher(): Promise<Fetcher>;

  /** With connections of its own: joining waits for the other members. */
  openGroupConnection(group: string): Promise<GroupConnection>;

  close(): Promise<void>;
}

export interface TopicToCreate {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** A record whose partition is known. */
export interface PlacedRecord extends NewRecord {
  readonly partition: Partition;
}

/** After an error it may have written or not, and its sequence numbers are worth nothing: close it, open another. */
export interface Producer {
  /** Answers the offset of each record. Calls must not overlap. */
  send(records: readonly PlacedRecord[]): Promise<Offset[]>;
  close(): Promise<void>;
}

/** After an error it is useless, unless that was TransactionAborted or DependencyUnavailable. */
export interface TransactionalProducer {
  /** Answers the last offset written to each partition. */
  commit(records: readonly PlacedRecord[], consumed?: ConsumedOffsets): Promise<TopicOffset[]>;
  close(): Promise<void>;
}

export interface ConsumedOffsets {
  readonly group: string;
  readonly offsets: readonly TopicOffset[];
  /** As it is just now. For clients that can send it with the offsets: the broker then fences former members, too. */
  readonly membership: () => GroupMembership;
}

/** How the broker knows a member; changes at each join. */
export interface GroupMembership {
  readonly memberId: string;
  readonly generation: number;
  readonly instanceId: string;
}

export interface Fetcher {
  /**
   * One round over the given positions, committed records only: what is there at once, or the first that comes within `waitMs`.
   * Partitions that have nothing are left out.
   */
  fetch(from: readonly TopicOffset[], limits: FetchLimits): Promise<FetchedPartition[]>;
  close(): Promise<void>;
}

export interface FetchLimits {
  readonly waitMs: number;
  readonly partitionBytes: number;
  readonly totalBytes: number;
}

/** `outOfRange`: there is no such offset (any more). */
export type FetchedPartition = FetchedBatch | (TopicPartition & { readonly outOfRange: true });

/** The classic group protocol, step by step. */
export interface GroupConnection {
  /** Waits until the round is complete. `memberId` is '' at first, then what the last join answered. */
  join(request: JoinRequest): Promise<JoinAnswer>;
  /** The leader hands the assignments in; everybody gets its own. */
  sync(membership: GroupMembership, assignments: ReadonlyMap<string, Buffer>): Promise<Buffer>;
  heartbeat(membership: GroupMembership): Promise<void>;
  leave(membership: GroupMembership): Promise<void>;
  close(): Promise<void>;
}

export interface JoinRequest {
  readonly memberId: string;
  /** For static membership, by clients that have it. */
  readonly instanceId: string;
  readonly metadata: Buffer;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

export interface JoinAnswer {
  readonly memberId: string;
  readonly generation: number;
  /** Of the leader only: everybody with their metadata. */
  readonly members: readonly { readonly memberId: string; readonly metadata: Buffer }[] | undefined;
}

/** The one group protocol that members of ours speak: all versions of a deployment must agree on it. */
export const groupProtocol = 'freshet-copartitioned';

/** A call to the broker failed. `code` is Kafka's own name of the error, or one of the client's. */
export class KafkaFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Codes for what has no name in Kafka's protocol. */
export const clientFailure = {
  /** Not connected, connection lost, no answer in time. */
  connection: 'CONNECTION',
  authentication: 'SASL_AUTHENTICATION_FAILED',
  unknown: 'UNKNOWN',
} as const;
