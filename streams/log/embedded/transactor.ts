// Commits of one transactional id. Whoever opened the id last may commit; everybody before is fenced.
import { DependencyUnavailable, Misconfigured, TaskFenced } from '../../errors.ts';
import type { TopicOffset, Transaction, Transactor } from '../log.ts';
import type { GroupPosition } from './frame-format.ts';
import type { Journal } from './journal.ts';
import type { LogLimits } from './limits.ts';
import { Member } from './member.ts';
import { planWrite, type Plan, type PlannedPart } from './plan.ts';
import type { Topics } from './topic.ts';

/** The latest epoch of each transactional id. In memory is enough: one process owns the folder, and no commit stays half done. */
export class Epochs {
  readonly #latest = new Map<string, number>();

  next(transactionalId: string): number {
    const epoch = (this.#latest.get(transactionalId) ?? 0) + 1;
    this.#latest.set(transactionalId, epoch);
    return epoch;
  }

  isLatest(transactionalId: string, epoch: number): boolean {
    return this.#latest.get(transactionalId) === epoch;
  }
}

export interface TransactorContext {
  readonly journal: Journal;
  readonly topics: Topics;
  readonly limits: LogLimits;
  readonly epochs: Epochs;
  readonly closing: AbortSignal;
}

export class EmbeddedTransactor implements Transactor {
  readonly #id: string;
  readonly #context: TransactorContext;
  readonly #epoch: number;
  #closed = false;

  constructor(id: string, context: TransactorContext) {
    this.#id = id;
    this.#context = context;
    this.#epoch = context.epochs.next(id);
  }

  async commit(transaction: Transaction): Promise<TopicOffset[]> {
    const { journal, topics, limits } = this.#context;
    const plan = planWrite(transaction.records, topics, limits);
    const positions = groupPositions(transaction, topics);
    return journal.submit(plan.bytes, () => this.#write(plan, positions, transaction));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** Ownership is looked at in the moment of writing: a commit that had to wait may have lost it meanwhile. */
  #write(plan: Plan, positions: readonly GroupPosition[], transaction: Transaction): TopicOffset[] {
    if (this.#context.closing.aborted) throw new DependencyUnavailable('log', 'The log was closed.');
    if (this.#closed || !this.#context.epochs.isLatest(this.#id, this.#epoch)) {
      throw new TaskFenced(
        `The transactor ${this.#id} was ${this.#closed ? 'closed' : 'opened again by a later owner'}.`,
      );
    }
    checkOwned(transaction);
    if (plan.parts.length === 0 && positions.length === 0) return [];
    const firsts = this.#context.journal.commit(plan, positions, { marker: true });
    this.#context.journal.groupCommit.durableSoon();
    return plan.parts.map((part) => lastWritten(part, firsts.get(part) ?? 0));
  }
}

function checkOwned({ member, consumed = [] }: Transaction): void {
  for (const { topic, partition } of consumed) {
    if (member instanceof Member && member.owned.has(partition)) continue;
    const who = member === undefined ? 'A transaction without member' : `Member ${member.memberId} of ${member.group}`;
    throw new TaskFenced(`${who} does not own partition ${partition} of ${topic}.`);
  }
}

function groupPositions({ member, consumed = [] }: Transaction, topics: Topics): GroupPosition[] {
  if (member === undefined) {
    if (consumed.length === 0) return [];
    throw new Misconfigured('A transaction with `consumed` needs its `member`.');
  }
  return consumed.map(({ topic, partition, offset }) => {
    const { topicNumber } = topics.partition({ topic, partition });
    return { group: member.group, topicNumber, partition, offset };
  });
}

function lastWritten({ log, records }: PlannedPart, first: number): TopicOffset {
  return { topic: log.topicName, partition: log.partition, offset: first + records.length - 1 };
}
