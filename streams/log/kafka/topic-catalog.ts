// What is known of the cluster's topics, asked for once: partition counts do not change under us.
import { Misconfigured } from '../../errors.ts';
import type { NewRecord, Partition, TopicDescription } from '../log.ts';
import { partitionOf } from '../murmur2.ts';
import type { KafkaClient, PlacedRecord } from './client.ts';
import { reaching } from './errors.ts';
import { recordBytes } from './pieces.ts';
import { topicsOf } from './places.ts';
import type { KafkaLimits } from './settings.ts';

export class TopicCatalog {
  readonly #client: KafkaClient;
  readonly #recordBytesMax: number;
  readonly #partitions = new Map<string, number>();
  #nextForKeyless = 0;

  constructor(client: KafkaClient, { recordBytesMax }: KafkaLimits) {
    this.#client = client;
    this.#recordBytesMax = recordBytesMax;
  }

  /** Asks the cluster, every time: a topic may have been made anew. */
  async describe(topic: string): Promise<TopicDescription> {
    const found = (await reaching(() => this.#client.describeTopics([topic]))).get(topic);
    if (found === undefined) throw new Misconfigured(`There is no topic ${topic}.`);
    this.#partitions.set(topic, found.partitions);
    return found;
  }

  async partitions(topic: string): Promise<number> {
    return this.#partitions.get(topic) ?? (await this.describe(topic)).partitions;
  }

  /** @throws Misconfigured when a record has no place, or is too large for any. */
  async place(records: readonly NewRecord[]): Promise<PlacedRecord[]> {
    for (const topic of topicsOf(records)) await this.partitions(topic);
    return records.map((record) => {
      const partition = this.#partitionFor(record);
      return isPlaced(record) ? record : { ...record, partition };
    });
  }

  #partitionFor(record: NewRecord): Partition {
    const { topic, partition, key } = record;
    if (recordBytes(record) > this.#recordBytesMax)
      throw new Misconfigured(`A record of more than ${this.#recordBytesMax} bytes has no place in ${topic}.`);
    const count = this.#partitions.get(topic) ?? 0;
    if (partition === undefined) return key === null ? this.#nextForKeyless++ % count : partitionOf(key, count);
    if (partition >= 0 && partition < count) return partition;
    throw new Misconfigured(`Topic ${topic} has ${count} partitions, there is no partition ${partition}.`);
  }
}

function isPlaced(record: NewRecord): record is PlacedRecord {
  return record.partition !== undefined;
}
