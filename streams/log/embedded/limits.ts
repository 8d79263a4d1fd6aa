// Every limit of the embedded log, with its default.

export interface LogLimits {
  /** Records kept in memory (and in one write-ahead file) before they are sealed and flushed to segments. @default 32 MiB */
  readonly tailBytes: number;
  /** Sealed tails that may wait for their flush; with more, writers wait. @default 2 */
  readonly sealedTailsMax: number;
  /** A tail that is older is flushed however small it is, so that compaction reaches quiet topics too. @default 1 h */
  readonly tailAgeMaxMs: number;
  /** A segment file that is larger is finished and a new one begun. @default 64 MiB */
  readonly segmentBytes: number;
  /** Of a compacted topic also a smaller one, if it is larger than all that is compacted: small tables stay small. @default 4 MiB */
  readonly segmentBytesMin: number;
  /** A segment file that is older is finished and a new one begun. @default 24 h */
  readonly segmentAgeMaxMs: number;
  /** Records of a segment that share one checksum. @default 64 KiB */
  readonly blockBytes: number;
  /** One batch of one partition, for readers and members; a single larger record still comes. @default 1 MiB */
  readonly batchBytes: number;
  /** All batches of one `read` together. @default 2 MiB */
  readonly readBytes: number;
  /** Records a member delivers, some more in the last batch, before others get their turn. @default 2,000 */
  readonly deliveryRecords: number;
  /** One record with its key and headers. @default 16 MiB */
  readonly recordBytesMax: number;
  /** One transaction, or one call of `append`. @default 32 MiB */
  readonly commitBytesMax: number;
  /** Below this much free space `append` is refused, so that what was accepted can still be processed. @default 256 MiB */
  readonly freeBytesReserve: number;
  /** How long a look at the free space counts. @default 1 s */
  readonly freeCheckMs: number;
  /** Records appended with durability 'memory' are synced after this time at the latest. @default 1 s */
  readonly syncWithinMs: number;
  /** How long a rebalance waits for a member to finish what it must give up. @default 30 s */
  readonly revokeWaitMs: number;
  /** How often retention, ages and compaction are looked at. @default 1 min */
  readonly maintainEveryMs: number;
  /** Pause after a failed flush or compaction. @default 1 s */
  readonly retryMs: number;
  /** A finished segment is compacted after this time, however small it is: superseded values really go. @default 24 h */
  readonly compactionLagMaxMs: number;
  /** Keys one compaction pass holds in memory, at most 72 bytes each. @default 1 million */
  readonly compactionKeysMax: number;
  /** Bytes that background work handles before it lets the event loop go on. @default 128 KiB */
  readonly sliceBytes: number;
  /** Segment files kept open. @default 256 */
  readonly openFilesMax: number;
}

const kib = 1024;
const mib = 1024 * kib;
const hourMs = 3_600_000;

export const defaultLimits: LogLimits = {
  tailBytes: 32 * mib,
  sealedTailsMax: 2,
  tailAgeMaxMs: hourMs,
  segmentBytes: 64 * mib,
  segmentBytesMin: 4 * mib,
  segmentAgeMaxMs: 24 * hourMs,
  blockBytes: 64 * kib,
  batchBytes: mib,
  readBytes: 2 * mib,
  deliveryRecords: 2000,
  recordBytesMax: 16 * mib,
  commitBytesMax: 32 * mib,
  freeBytesReserve: 256 * mib,
  freeCheckMs: 1000,
  syncWithinMs: 1000,
  revokeWaitMs: 30_000,
  maintainEveryMs: 60_000,
  retryMs: 1000,
  compactionLagMaxMs: 24 * hourMs,
  compactionKeysMax: 1_000_000,
  sliceBytes: 128 * kib,
  openFilesMax: 256,
};

/** @default of `TopicSpec.tombstoneRetentionMs` */
export const defaultTombstoneRetentionMs = 24 * hourMs;
