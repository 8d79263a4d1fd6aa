// Commits of one transactional id. The broker fences whoever had it before.
import { DependencyUnavailable, Misconfigured, TaskFenced, TransactionAborted } from '../../errors.ts';
import type { TopicOffset, Transaction, Transactor } from '../log.ts';
import type { ConsumedOffsets, TransactionalProducer } from './client.ts';
import { committing } from './errors.ts';
import { KafkaMember } from './group/member.ts';
import type { TopicCatalog } from './topic-catalog.ts';

export class KafkaTransactor implements Transactor {
  readonly #id: string;
  readonly #producer: TransactionalProducer;
  readonly #catalog: TopicCatalog;
  readonly #onClose: () => void;
  /** Why no further commit is possible. */
  #failure: Error | undefined;
  #closed: Promise<void> | undefined;

  constructor(id: string, producer: TransactionalProducer, catalog: TopicCatalog, onClose: () => void) {
    this.#id = id;
    this.#producer = producer;
    this.#catalog = catalog;
    this.#onClose = onClose;
  }

  async commit(transaction: Transaction): Promise<TopicOffset[]> {
    if (this.#failure !== undefined) throw this.#failure;
    const records = await this.#catalog.place(transaction.records);
    const consumed = consumedBy(transaction);
    if (records.length === 0 && consumed === undefined) return [];
    try {
      return await committing(() => this.#producer.commit(records, consumed));
    } catch (error) {
      const mayGoOn = error instanceof TransactionAborted || error instanceof DependencyUnavailable;
      if (!mayGoOn) this.#failure = error as Error;
      throw error;
    }
  }

  close(): Promise<void> {
    this.#onClose();
    this.#failure ??= new TaskFenced(`The transactor ${this.#id} was closed.`);
    this.#closed ??= this.#producer.close();
    return this.#closed;
  }
}

/** Ownership is looked at here for those whom the broker can't tell from others; it is the transactional id that keeps zombies out. */
function consumedBy({ member, consumed = [] }: Transaction): ConsumedOffsets | undefined {
  if (consumed.length === 0) return undefined;
  if (member === undefined) throw new Misconfigured('A transaction with `consumed` needs its `member`.');
  for (const { topic, partition } of consumed) {
    if (member instanceof KafkaMember && member.owns(partition)) continue;
    throw new TaskFenced(
      `Member ${member.memberId} of ${member.group} does not own partition ${partition} of ${topic}.`,
    );
  }
  return { group: member.group, offsets: consumed, membership: () => (member as KafkaMember).membership };
}
