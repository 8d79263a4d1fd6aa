// Topics and tables as data: what a processor can name in its declaration.
import type { Codec } from './codec.ts';
import type { TopicSpec } from './log/log.ts';

export interface TopicDefinition<V> {
  /** Logical name: `interactions`. On the log it is `<prefix>.<name>.v1`. Never changed once released. */
  readonly name: string;
  readonly codec: Codec<V>;
  readonly cleanup: TopicSpec['cleanup'];
  readonly retentionMs?: number;
  readonly retentionBytes?: number;
  readonly tombstoneRetentionMs?: number;
  /** When the thing happened, from the value. Left out: the record's timestamp. */
  eventTimeMs?(value: V): number;
  /** When it was received; the event time is bounded by it (`time.ts`). Left out: the record's timestamp. */
  receivedAtMs?(value: V): number;
  /** Records older than this against stream time are dead-lettered as `too_late`. Left out: never too late. */
  readonly lateLimitMs?: number;
  /** True for records of an import: never too late. */
  isBackfill?(value: V): boolean;
}

/** A compacted topic whose latest value by key is also kept in the local store of the stage that writes it. */
export interface TableDefinition<V> extends TopicDefinition<V> {
  readonly cleanup: 'compact' | 'compact,delete';
  /** An entry not written for so long, in stream time, reads as absent and is deleted with a tombstone. */
  readonly expireAfterMs?: number;
  readonly isTable: true;
}

export function topic<V>(definition: TopicDefinition<V>): TopicDefinition<V> {
  return Object.freeze({ ...definition });
}

export function table<V>(
  definition: Omit<TableDefinition<V>, 'isTable' | 'cleanup'> & { cleanup?: TableDefinition<V>['cleanup'] },
): TableDefinition<V> {
  return Object.freeze({ cleanup: 'compact' as const, ...definition, isTable: true as const });
}

export type ValueOf<T> = T extends TopicDefinition<infer V> ? V : never;

/** The name on the log: `freshet.interactions.v1`. */
export function physicalName(prefix: string, logicalName: string): string {
  return `${prefix}.${logicalName}.v1`;
}

/** Logical name of the topic for what could not be used. */
export const deadLetters = 'dead-letters';

/** Where the tasks of a stage keep their positions: `freshet.customers-positions.v1`. */
export function positionsTopicName(prefix: string, stage: string): string {
  return physicalName(prefix, `${stage}-positions`);
}
