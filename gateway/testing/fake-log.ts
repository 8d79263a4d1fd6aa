// A log in memory, as much of it as the gateway uses.
import type { GatewayLog, IncomingRecord, OutgoingRecord, Placed } from '../dependencies.ts';

export class FakeLog implements GatewayLog {
  /** What the next appends fail with, until it is null again. */
  failure: Error | null = null;
  /** Appends wait for it, so that a test can hold a request in flight. */
  gate: Promise<void> = Promise.resolve();
  readonly durabilities: string[] = [];
  readonly #records = new Map<string, (OutgoingRecord & IncomingRecord)[]>();

  async append(records: readonly OutgoingRecord[], options?: { durability?: 'disk' | 'memory' }): Promise<Placed[]> {
    await this.gate;
    if (this.failure !== null) throw this.failure;
    this.durabilities.push(options?.durability ?? 'disk');
    return records.map((record) => {
      const stored = this.#partition(record);
      const offset = stored.length;
      stored.push({ headers: {}, ...record, offset });
      return { topic: record.topic, partition: record.partition, offset };
    });
  }

  openReader(from: readonly Placed[]): ReturnType<GatewayLog['openReader']> {
    const next = new Map(from.map((place) => [place, place.offset]));
    return {
      read: async (waitMs) => {
        const batches = [...next].map(([place, offset]) => {
          const records = this.#partition(place).slice(offset);
          next.set(place, offset + records.length);
          return { partition: place.partition, records, nextOffset: offset + records.length };
        });
        if (batches.every(({ records }) => records.length === 0))
          await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, 20)));
        return batches;
      },
      close: async () => {},
    };
  }

  async offsets(partition: { topic: string; partition: number }): Promise<{ start: number; end: number }> {
    return { start: 0, end: this.#partition(partition).length };
  }

  /** All values of a topic, decoded. */
  values<V>(topic: { name: string; codec: { decode(bytes: Buffer): V } }): V[] {
    return [...this.#records]
      .filter(([name]) => name.startsWith(`freshet.${topic.name}.v1/`))
      .flatMap(([, records]) => records)
      .map(({ value }) => topic.codec.decode(value));
  }

  /** The headers of all records of a topic. */
  headers(topic: string): Readonly<Record<string, string>>[] {
    return [...this.#records]
      .filter(([name]) => name.startsWith(`freshet.${topic}.v1/`))
      .flatMap(([, records]) => records)
      .map(({ headers }) => headers);
  }

  #partition({ topic, partition }: { topic: string; partition: number }): (OutgoingRecord & IncomingRecord)[] {
    const name = `${topic}/${partition}`;
    const records = this.#records.get(name) ?? [];
    this.#records.set(name, records);
    return records;
  }
}
