// The test bench's log and local store: plain arrays and maps, synchronous.
import type { LogRecord, NewRecord } from '../log/log.ts';
import { partitionOf } from '../log/murmur2.ts';
import { compareKeys } from '../store/key-order.ts';
import type { StoreWrite, TaskStore } from '../store/store.ts';

/** A record with its place in the order in which everything was appended. */
export interface BenchRecord extends LogRecord {
  readonly sequence: number;
}

export class BenchLog {
  readonly partitions: number;
  readonly #topics = new Map<string, BenchRecord[][]>();
  /** By topic: records whose content is gone. */
  readonly #forgotten = new Map<string, number>();
  #sequence = 0;

  constructor(partitions: number) {
    this.partitions = partitions;
  }

  append(record: NewRecord): BenchRecord {
    const partition = record.partition ?? (record.key === null ? 0 : partitionOf(record.key, this.partitions));
    const records = this.records(record.topic, partition);
    const last = records.at(-1);
    // An offset is left out now and then, as transaction markers do on a broker.
    const offset = last === undefined ? 0 : last.offset + (this.#sequence % 5 === 0 ? 2 : 1);
    this.#sequence += 1;
    const stored = { ...record, partition, offset, headers: record.headers ?? {}, sequence: this.#sequence };
    records.push(stored);
    return stored;
  }

  records(topic: string, partition: number): BenchRecord[] {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known[partition] as BenchRecord[];
    const fresh = Array.from({ length: this.partitions }, () => [] as BenchRecord[]);
    this.#topics.set(topic, fresh);
    return fresh[partition] as BenchRecord[];
  }

  /** Forgets what records hold, but not where they stand: for long replays, once everything has read them. */
  forgetContent(): void {
    for (const [topic, partitions] of this.#topics) {
      let forgotten = this.#forgotten.get(topic) ?? 0;
      const [records = []] = partitions;
      if (partitions.length > 1) throw new RangeError('only a log of one partition forgets');
      for (; forgotten < records.length; forgotten += 1)
        records[forgotten] = { ...(records[forgotten] as BenchRecord), key: null, value: null, headers: {} };
      this.#forgotten.set(topic, forgotten);
    }
  }

  /** All partitions of a topic, in the order of appending. */
  all(topic: string): BenchRecord[] {
    return Array.from({ length: this.partitions }, (_, partition) => this.records(topic, partition))
      .flat()
      .toSorted((one, other) => one.sequence - other.sequence);
  }
}

/** A task's store whose `apply` is done when it returns. */
export class BenchStore implements TaskStore {
  meta: Buffer | null = null;
  readonly #tables = new Map<string, Map<string, Buffer>>();

  get(table: string, key: string): Buffer | undefined {
    return this.#tables.get(table)?.get(key);
  }

  range(
    table: string,
    bounds: { from?: string; to?: string; limit?: number } = {},
  ): Iterable<{ key: string; value: Buffer }> {
    const { from = '', to, limit } = bounds;
    return Array.from(this.#tables.get(table) ?? [], ([key, value]) => ({ key, value }))
      .filter(({ key }) => compareKeys(key, from) >= 0 && (to === undefined || compareKeys(key, to) < 0))
      .sort((one, other) => compareKeys(one.key, other.key))
      .slice(0, limit);
  }

  apply(writes: readonly StoreWrite[], meta: Buffer): Promise<void> {
    for (const { table, key, value } of writes) {
      const entries = this.#tables.get(table) ?? new Map<string, Buffer>();
      this.#tables.set(table, entries);
      if (value === null) entries.delete(key);
      else entries.set(key, value);
    }
    this.meta = meta;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
