// The log: named, partitioned, durable sequences of records, with transactions and consumer groups.
//
// Two drivers stand behind this port: `embedded/` (this process, one folder) and, for brokers, Kafka. Both pass
// `contract/log.contract.ts`. A driver can be written from the comments here alone; topic names at this
// level are the physical ones (`freshet.interactions.v1`).

/** Position of a record in its partition. Offsets rise, but have gaps: markers and aborted records take offsets too. */
export type Offset = number;
export type Partition = number;

/** Header values are UTF-8 text. */
export type Headers = Readonly<Record<string, string>>;

/** A record to be appended. */
export interface NewRecord {
  readonly topic: string;
  /** Left out: Java's murmur2 of the key, modulo the partition count (`murmur2.ts`). Without key: any partition. */
  readonly partition?: Partition;
  readonly key: Buffer | null;
  /** null is a tombstone: in a compacted topic it deletes the key. */
  readonly value: Buffer | null;
  readonly timestampMs: number;
  readonly headers?: Headers;
}

/** A record as it stands in the log. Its buffers may share memory with a larger chunk: copy what you keep for long. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: Partition;
  readonly offset: Offset;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestampMs: number;
  readonly headers: Headers;
  /** The value as it stands in the log, where that is another form than `value` (`registry/translated-log.ts`). */
  readonly original?: Buffer;
  /** Why the value could not be brought into our form; no codec reads it then. */
  readonly refused?: { readonly reason: string; readonly message: string };
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** `compact`: the latest value per key stays. `delete`: old records go. Both: latest per key, and old ones go. */
  readonly cleanup: 'delete' | 'compact' | 'compact,delete';
  /** Records older than this (by their timestamp against the newest of their partition) may go. Left out: never for that. */
  readonly retentionMs?: number;
  /** The oldest records may go, whatever their age, when this much of their partition came after them. Left out: never for that. */
  readonly retentionBytes?: number;
  /** How long a tombstone stays visible to readers after it was written. @default 24 h */
  readonly tombstoneRetentionMs?: number;
}

export interface TopicDescription {
  readonly partitions: number;
  /** Differs when a topic was deleted and made again under the same name. */
  readonly topicId: string;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: Partition;
}

/** `offset` is the next one to read, or the one a record got, as the place says that uses it. */
export interface TopicOffset extends TopicPartition {
  readonly offset: Offset;
}

/** A run of committed records of one partition, in offset order. */
export interface FetchedBatch extends TopicPartition {
  readonly records: readonly LogRecord[];
  /** Where to read on. Past gaps, so it may be larger than the last record's offset + 1, even with no record. */
  readonly nextOffset: Offset;
}

export interface Log {
  /** Distinguishes this log from every other one (Kafka: the cluster id). Kept beside local state to refuse foreign state. */
  readonly clusterId: string;

  /**
   * Creates the topics that are missing. Existing ones must have the wanted partition count.
   *
   * @throws Misconfigured when a partition count differs: it is never changed silently.
   */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;

  /** @throws Misconfigured when there is no such topic. */
  describeTopic(topic: string): Promise<TopicDescription>;

  /**
   * Appends records outside a transaction, all or none of them, and answers where each one stands, in order.
   *
   * `durability: 'disk'` (the default) resolves once a crash of the machine can't lose them; callers at the same time share
   * one sync. `'memory'` resolves once readers can see them: a crash of the process loses none, one of the machine may.
   *
   * Of brokers, a record may be there twice when an answer was lost: surely recognised is only what a transaction writes, and in an append what
   * tells of the last day (`docs/decisions.md`, "What brokers forget"). So what must count once is to be recognisable.
   *
   * @throws DependencyUnavailable when nothing was written: broker away, disk full. Of a broker whose answer was lost, some may have been
   * written all the same, and what is sent again is there twice.
   */
  append(records: readonly NewRecord[], options?: { durability?: 'disk' | 'memory' }): Promise<TopicOffset[]>;

  /**
   * Opens the transactional producer of `transactionalId` and fences any former one: when this resolves, the former owner's open
   * transaction is committed or aborted, its later calls fail with TaskFenced, and the ends of all it wrote to are stable.
   *
   * `topics` are all that it and its former owners write to: a broker may have lost track of a transaction in one of them, and is
   * told again there.
   */
  openTransactor(transactionalId: string, topics?: readonly string[]): Promise<Transactor>;

  /** Reads given partitions without a group, committed records only: for restoring, lookups and tools. */
  openReader(from: readonly TopicOffset[]): Reader;

  /**
   * Joins a consumer group. The unit of assignment is the partition number: a member gets partition p of every topic of the
   * group, or of none (`assigner.ts`). All topics must have equal partition counts.
   *
   * @throws Misconfigured when the topics' partition counts differ.
   */
  joinGroup(options: GroupOptions): Promise<GroupMember>;

  /** First offset that can still be read, and the offset after the last committed record (read-committed end). */
  offsets(partition: TopicPartition): Promise<{ start: Offset; end: Offset }>;

  /**
   * Per partition the offset after all that is written there, also by transactions that are not decided yet, in one round trip. All
   * that a transaction wrote lies below it as soon as any part of it can be read: on a broker, its parts become readable
   * one after the other.
   */
  writtenEnds(partitions: readonly TopicPartition[]): Promise<Offset[]>;

  /** The offsets a group has committed (next to read), for lag tools. Partitions without one are left out. */
  committedOffsets(group: string): Promise<TopicOffset[]>;

  /** Ends all members, readers and transactors opened here and lets go of the log. What was accepted stays. */
  close(): Promise<void>;
}

/** What commits together. */
export interface Transaction {
  readonly records: readonly NewRecord[];
  /**
   * Next offsets to read, committed for the member's group with the records. For lag tools; tasks resume from their position
   * records. Left out by writers that read nothing from the log, such as imports.
   */
  readonly consumed?: readonly TopicOffset[];
  /** The membership under which `consumed` was read; lets a broker fence former members. Given with `consumed`. */
  readonly member?: GroupMember;
}

/** One producer of transactions. Calls must not overlap. After any error but TransactionAborted and DependencyUnavailable it is useless: close it. */
export interface Transactor {
  /**
   * Commits all of `transaction`, or nothing. An empty transaction is allowed and does nothing.
   *
   * Answers the last offset written for each partition written to. Becomes durable like `append` with `'memory'`.
   *
   * @throws TaskFenced         a later owner opened the same id, or the member lost its partitions. Nothing was written.
   * @throws TransactionAborted nothing of it is visible; the next commit may work.
   * @throws CommitUnclear      the answer was lost; either all of it is visible or nothing.
   * @throws DependencyUnavailable nothing was written (disk full, broker away before the commit began).
   */
  commit(transaction: Transaction): Promise<TopicOffset[]>;

  close(): Promise<void>;
}

export interface Reader {
  /**
   * The next records, of whichever partitions have some; waits up to `waitMs` for the first. Answers [] when none came.
   * Batches are bounded (about 1 MiB per partition). A batch without records only moves `nextOffset`.
   */
  read(waitMs: number): Promise<FetchedBatch[]>;

  close(): Promise<void>;
}

export interface GroupOptions {
  readonly group: string;
  /** Names this member in logs and makes a restarted one recognisable. Unique in the group. */
  readonly memberId: string;
  readonly topics: readonly string[];
  readonly listener: GroupListener;
  /** Records may come so much later, many at once, where delivering costs as much for one. @default 0 */
  readonly gatherMs?: number;
}

/** What a member is told. Calls come one at a time, in the order things happened. They must not throw. */
export interface GroupListener {
  /**
   * The partition numbers that are this member's from now on, all of them. Nothing is delivered from a newly assigned
   * partition before `seek`; one that was kept goes on where it is.
   */
  assigned(partitions: readonly Partition[]): void;

  /** These are about to move elsewhere: finish and commit. The driver waits for the promise, within the group's time limit. */
  revoking(partitions: readonly Partition[]): Promise<void>;

  /** The membership ended without warning: all partitions are lost, commits will fail. The driver joins again by itself. */
  lost(): void;

  /** Records in offset order per partition. Must only copy references into a queue: heartbeats wait for it. */
  records(batch: FetchedBatch): void;
}

export interface GroupMember {
  readonly group: string;
  readonly memberId: string;

  /** Deliver this partition from `offset` on; what was fetched before is dropped, and it is no longer paused. */
  seek(position: TopicOffset): void;

  /** Stop delivering. At most one batch that was already on its way may still come. */
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;

  /** Give all partitions up and join anew; `assigned` follows. For a member that was fenced. */
  rejoin(): Promise<void>;

  /** Leaves at once, so that others need not wait for a time-out. */
  leave(): Promise<void>;
}
