// The log as one process sees it: every call can fail, take long, be the last one of the process, or lie about a commit.
import { Bug, CommitUnclear, DependencyUnavailable, TransactionAborted } from '../../errors.ts';
import type {
  GroupMember,
  GroupOptions,
  Log,
  NewRecord,
  Reader,
  TopicDescription,
  TopicOffset,
  TopicPartition,
  TopicSpec,
  Transaction,
  Transactor,
} from '../../log/log.ts';
import { FaultyMember } from './faulty-member.ts';
import type { Host } from './host.ts';

export type CommitFault = 'aborted' | 'unclear-done' | 'unclear-not' | 'unclear-late';

/** What decides over the calls. */
export interface Fate {
  /** Something may happen to the process here. Throws DependencyUnavailable when the call is to fail. */
  call(host: Host, place: string, canFail: boolean): Promise<void>;
  commitFault(host: Host): CommitFault | null;
  committed(transactionalId: string, transaction: Transaction, written: readonly TopicOffset[]): void;
  /** Something that the log's process does later on its own, or never when it dies first. */
  background(act: () => Promise<void>): void;
}

export interface FaultyLogOptions {
  readonly host: Host;
  readonly log: Log;
  readonly fate: Fate;
  /** False: commits are not checked against the group, as with brokers whose client can't send the membership. */
  readonly isMemberChecked: boolean;
}

export class FaultyLog implements Log {
  readonly clusterId: string;
  readonly members: FaultyMember[] = [];
  readonly #options: FaultyLogOptions;
  readonly #readers = new Set<Reader>();

  constructor(options: FaultyLogOptions) {
    this.#options = options;
    this.clusterId = options.log.clusterId;
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.#call('ensureTopics', () => this.#options.log.ensureTopics(specs), false);
  }

  describeTopic(topic: string): Promise<TopicDescription> {
    return this.#call('describeTopic', () => this.#options.log.describeTopic(topic));
  }

  offsets(partition: TopicPartition): Promise<{ start: number; end: number }> {
    return this.#call('offsets', () => this.#options.log.offsets(partition));
  }

  writtenEnds(partitions: readonly TopicPartition[]): Promise<number[]> {
    return this.#call('writtenEnds', () => this.#options.log.writtenEnds(partitions));
  }

  committedOffsets(group: string): Promise<TopicOffset[]> {
    return this.#call('committedOffsets', () => this.#options.log.committedOffsets(group));
  }

  append(records: readonly NewRecord[], options?: { durability?: 'disk' | 'memory' }): Promise<TopicOffset[]> {
    return this.#call('append', () => this.#options.log.append(records, options));
  }

  async openTransactor(transactionalId: string): Promise<Transactor> {
    const { log, host, fate, isMemberChecked } = this.#options;
    const transactor = await this.#call('openTransactor', () => log.openTransactor(transactionalId));
    return new FaultyTransactor({ transactionalId, transactor, host, fate, isMemberChecked });
  }

  openReader(from: readonly TopicOffset[]): Reader {
    const { host, fate, log } = this.#options;
    const reader = log.openReader(from);
    this.#readers.add(reader);
    return {
      read: (waitMs) =>
        host.through(async () => {
          await fate.call(host, 'read', true);
          return reader.read(waitMs);
        }),
      close: () => {
        this.#readers.delete(reader);
        return host.through(() => reader.close());
      },
    };
  }

  async joinGroup(options: GroupOptions): Promise<GroupMember> {
    const { host, log } = this.#options;
    const member = new FaultyMember(host, log, options);
    this.members.push(member);
    await this.#call('joinGroup', () => member.join(), false);
    return member;
  }

  close(): Promise<void> {
    throw new Bug('the log is not a process of the stages to close');
  }

  /** What a broker does when the connection of a dead process breaks. */
  async disconnect(): Promise<void> {
    await Promise.all([
      ...this.members.map((member) => member.giveUp()),
      ...[...this.#readers].map((reader) => reader.close()),
    ]);
  }

  #call<T>(place: string, act: () => Promise<T>, canFail = true): Promise<T> {
    const { host, fate } = this.#options;
    return host.through(async () => {
      await fate.call(host, place, canFail);
      return act();
    });
  }
}

interface FaultyTransactorOptions {
  readonly transactionalId: string;
  readonly transactor: Transactor;
  readonly host: Host;
  readonly fate: Fate;
  readonly isMemberChecked: boolean;
}

class FaultyTransactor implements Transactor {
  readonly #options: FaultyTransactorOptions;
  /** After an error but the two harmless ones the port forbids its use: a runtime that goes on with it is wrong. */
  #isUseless = false;

  constructor(options: FaultyTransactorOptions) {
    this.#options = options;
  }

  async commit(transaction: Transaction): Promise<TopicOffset[]> {
    const { host, fate } = this.#options;
    if (this.#isUseless) throw new Bug('a transactor was used after an error that made it useless');
    try {
      return await host.through(async () => {
        await fate.call(host, 'commit', true);
        const fault = fate.commitFault(host);
        return fault === null ? this.#commit(transaction) : this.#fail(fault, transaction);
      });
    } catch (error) {
      this.#isUseless = !(error instanceof TransactionAborted || error instanceof DependencyUnavailable);
      throw error;
    }
  }

  close(): Promise<void> {
    const { host, transactor } = this.#options;
    return host.through(() => transactor.close());
  }

  async #fail(fault: CommitFault, transaction: Transaction): Promise<never> {
    if (fault === 'aborted') throw new TransactionAborted('aborted by the simulator');
    if (fault === 'unclear-done') await this.#commit(transaction);
    if (fault === 'unclear-late') {
      this.#options.fate.background(async () => {
        await this.#commit(transaction).catch(() => undefined); // fenced or closed meanwhile: then it never happens
      });
    }
    throw new CommitUnclear(`the answer was lost (${fault})`);
  }

  async #commit(transaction: Transaction): Promise<TopicOffset[]> {
    const { transactor, transactionalId, fate } = this.#options;
    const written = await transactor.commit(this.#asTheLogKnowsIt(transaction));
    fate.committed(transactionalId, transaction, written);
    return written;
  }

  #asTheLogKnowsIt({ records, consumed, member }: Transaction): Transaction {
    const known = member instanceof FaultyMember ? member.known : undefined;
    if (!this.#options.isMemberChecked || known === undefined || consumed === undefined) return { records };
    return { records, consumed, member: known };
  }
}
