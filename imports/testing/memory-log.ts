// A log in memory with as much of the port as imports need, whose commits fail on demand.
import { CommitUnclear, DependencyUnavailable, partitionOf, TaskFenced } from '../../streams/index.ts';
import type { LogRecord, NewRecord, Reader, TopicOffset, Transaction, Transactor } from '../../streams/log/log.ts';
import type { LedgerLog } from '../ledger.ts';

export type Fault = 'unavailable' | 'lost before' | 'lost after';

export class MemoryLog implements LedgerLog {
  /** What happens to the next commits, one each; nothing once it is empty. */
  readonly faults: Fault[] = [];
  private readonly topics = new Map<string, LogRecord[]>();
  private readonly owners = new Map<string, symbol>();
  private readonly partitions: number;

  constructor(partitions = 4) {
    this.partitions = partitions;
  }

  describeTopic(): Promise<{ partitions: number; topicId: string }> {
    return Promise.resolve({ partitions: this.partitions, topicId: 'one' });
  }

  offsets({ topic, partition }: { topic: string; partition: number }): Promise<{ start: number; end: number }> {
    return Promise.resolve({ start: 0, end: this.of(topic, partition).length });
  }

  /** Of a topic, in the order of appending within each partition. */
  all(topic: string): LogRecord[] {
    return Array.from({ length: this.partitions }, (_, partition) => this.of(topic, partition)).flat();
  }

  openTransactor(transactionalId: string): Promise<Transactor> {
    const owner = Symbol(transactionalId);
    this.owners.set(transactionalId, owner);
    const commit = async ({ records }: Transaction): Promise<TopicOffset[]> => {
      if (this.owners.get(transactionalId) !== owner) throw new TaskFenced('a later owner opened the same id');
      const fault = this.faults.shift();
      if (fault === 'unavailable') throw new DependencyUnavailable('log', 'the disk is full');
      if (fault === 'lost before') throw new CommitUnclear('the answer was lost');
      for (const record of records) this.append(record);
      if (fault === 'lost after') throw new CommitUnclear('the answer was lost');
      return [];
    };
    return Promise.resolve({ commit, close: () => Promise.resolve() });
  }

  openReader(from: readonly TopicOffset[]): Reader {
    const next = from.map((position) => ({ ...position }));
    return {
      close: () => Promise.resolve(),
      read: () =>
        Promise.resolve(
          next.map((position) => {
            const records = this.of(position.topic, position.partition).slice(position.offset);
            position.offset += records.length;
            return { topic: position.topic, partition: position.partition, records, nextOffset: position.offset };
          }),
        ),
    };
  }

  private append(record: NewRecord): void {
    const partition = record.key === null ? 0 : partitionOf(record.key, this.partitions);
    const records = this.of(record.topic, partition);
    records.push({ ...record, partition, offset: records.length, headers: record.headers ?? {} });
  }

  private of(topic: string, partition: number): LogRecord[] {
    const name = `${topic}/${partition}`;
    const records = this.topics.get(name) ?? [];
    this.topics.set(name, records);
    return records;
  }
}
