// How the last transaction of an id ended, by the state that its coordinator tells (DescribeTransactions) before the id is opened again.
import type { TopicPartition } from '../log.ts';
import { KafkaFailure } from './client.ts';

/** Whether it is committed once the id is opened; undefined when nobody knows (any more). */
export function isCommittedAfter(state: string | undefined): boolean | undefined {
  return decisions.get(state ?? '');
}

const decisions: ReadonlyMap<string, boolean> = new Map([
  ['PrepareCommit', true],
  ['CompleteCommit', true],
  ['Ongoing', false],
  ['PrepareAbort', false],
  ['CompleteAbort', false],
]);

/** It is decided, and its markers are being written. */
export function isEnding(state: string | undefined): boolean {
  return state === 'PrepareCommit' || state === 'PrepareAbort';
}

/** The code is no name of Kafka's. Somebody has to look: `kafka-transactions.sh find-hanging`. */
export function undecided(transactionalId: string, places: readonly TopicPartition[]): KafkaFailure {
  const where = places.map(({ topic, partition }) => `${topic}/${partition}`).join(', ');
  return new KafkaFailure(
    'UNDECIDED_TRANSACTION',
    `A transaction of ${transactionalId} has ended and is still open in ${where}.`,
  );
}
