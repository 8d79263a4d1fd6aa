// What was really committed, as only the simulator can know: also where the answer was lost.
import type { Offset, Partition, TopicOffset, Transaction } from '../../log/log.ts';
import { decodeProgress } from '../../task-progress.ts';
import { positionsTopicName } from '../../topic.ts';
import type { ExternalStore } from './external-store.ts';
import { PREFIX } from './topology.ts';

interface Commit {
  readonly stage: string;
  readonly partition: Partition;
  readonly inputs: Readonly<Record<string, Offset>>;
  readonly written: readonly TopicOffset[];
}

export class CommitLedger {
  readonly #copied: ReadonlySet<string>;
  #commits: Commit[] = [];

  /** `copied`: the physical topics that the sink copies. */
  constructor(copied: ReadonlySet<string>) {
    this.#copied = copied;
  }

  get count(): number {
    return this.#commits.length;
  }

  add(transactionalId: string, { records }: Transaction, written: readonly TopicOffset[]): void {
    const [, stage = '', partition = '0'] = transactionalId.split(/[.@]/);
    const position = records.findLast((record) => record.topic === positionsTopicName(PREFIX, stage))?.value;
    if (position === undefined || position === null) return;
    this.#commits.push({ stage, partition: Number(partition), inputs: decodeProgress(position).inputs, written });
  }

  /** Something of a commit within the told progress that the store has not got, or null. */
  missing(
    stage: string,
    partition: Partition,
    inputs: Readonly<Record<string, Offset>>,
    store: ExternalStore,
  ): string | null {
    for (const commit of this.#commits) {
      if (commit.stage !== stage || commit.partition !== partition) continue;
      if (!Object.entries(commit.inputs).every(([topic, offset]) => offset <= (inputs[topic] ?? 0))) continue;
      for (const at of commit.written) {
        if (at.partition !== partition || !this.#copied.has(at.topic)) continue;
        if (store.positionOf(at.topic, partition) <= at.offset) return `${at.topic}/${partition} up to ${at.offset}`;
      }
    }
    return null;
  }

  /** Forgets what a power loss took from the log. */
  async forgetLost(endOf: (at: TopicOffset) => Promise<Offset>): Promise<void> {
    const kept: Commit[] = [];
    for (const commit of this.#commits) {
      const ends = await Promise.all(commit.written.map(async (at) => (await endOf(at)) > at.offset));
      if (ends.every(Boolean)) kept.push(commit);
    }
    this.#commits = kept;
  }
}
