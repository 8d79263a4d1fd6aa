// Topics as they should be against those that are there: what is missing is created, what differs is named and never changed here.
import { Misconfigured } from '../../errors.ts';
import type { TopicSpec } from '../log.ts';
import type { KafkaClient } from './client.ts';
import { reaching } from './errors.ts';
import type { KafkaLimits } from './settings.ts';
import { topicConfigsFor } from './topic-configs.ts';

export interface TopicDifferences {
  readonly missing: readonly TopicSpec[];
  /** Never changed: keys would move to other partitions, away from their state. */
  readonly partitions: readonly { readonly topic: string; readonly wanted: number; readonly found: number }[];
  readonly configs: readonly {
    readonly topic: string;
    readonly config: string;
    readonly wanted: string;
    /** Undefined when the broker does not name it. */
    readonly found: string | undefined;
  }[];
}

export class TopicTools {
  readonly #client: KafkaClient;
  readonly #limits: KafkaLimits;
  readonly #replicationFactor: number | undefined;

  constructor(client: KafkaClient, limits: KafkaLimits, replicationFactor: number | undefined) {
    this.#client = client;
    this.#limits = limits;
    this.#replicationFactor = replicationFactor;
  }

  async diff(specs: readonly TopicSpec[]): Promise<TopicDifferences> {
    const names = specs.map(({ name }) => name);
    const found = await reaching(() => this.#client.describeTopics(names));
    const present = specs.filter(({ name }) => found.has(name));
    const configs = await reaching(() => this.#client.topicConfigs(present.map(({ name }) => name)));
    return {
      missing: specs.filter(({ name }) => !found.has(name)),
      partitions: present
        .map(({ name, partitions }) => ({
          topic: name,
          wanted: partitions,
          found: found.get(name)?.partitions ?? 0,
        }))
        .filter((count) => count.wanted !== count.found),
      configs: present.flatMap((spec) => this.#configDifferences(spec, configs.get(spec.name))),
    };
  }

  /** Creates what is missing; answers what differed before. */
  async apply(specs: readonly TopicSpec[]): Promise<TopicDifferences> {
    const differences = await this.diff(specs);
    await this.#create(differences.missing);
    return differences;
  }

  /** @throws Misconfigured when a partition count differs; then nothing is created. */
  async ensure(specs: readonly TopicSpec[]): Promise<void> {
    const found = await reaching(() => this.#client.describeTopics(specs.map(({ name }) => name)));
    for (const { name, partitions } of specs) {
      const there = found.get(name)?.partitions ?? partitions;
      if (there !== partitions) {
        throw new Misconfigured(
          `Topic ${name} has ${there} partitions, not ${partitions}. Partition counts are never changed: keys would move away from their state.`,
        );
      }
    }
    await this.#create(specs.filter(({ name }) => !found.has(name)));
  }

  async #create(specs: readonly TopicSpec[]): Promise<void> {
    if (specs.length === 0) return;
    const replicationFactor = this.#replicationFactor ?? (await this.#usualReplication());
    const topics = specs.map((spec) => ({
      name: spec.name,
      partitions: spec.partitions,
      replicationFactor,
      configs: {
        ...topicConfigsFor(spec, this.#limits),
        // What was acknowledged must be on two brokers where there are that many.
        'min.insync.replicas': String(Math.max(1, replicationFactor - 1)),
      },
    }));
    await reaching(() => this.#client.createTopics(topics));
  }

  async #usualReplication(): Promise<number> {
    const { brokers } = await reaching(() => this.#client.describeCluster());
    return Math.min(usualReplicas, brokers);
  }

  #configDifferences(spec: TopicSpec, found: ReadonlyMap<string, string> | undefined): TopicDifferences['configs'] {
    return Object.entries(topicConfigsFor(spec, this.#limits))
      .map(([config, wanted]) => ({ topic: spec.name, config, wanted, found: found?.get(config) }))
      .filter((entry) => normalized(entry.found) !== normalized(entry.wanted));
  }
}

const usualReplicas = 3;

/** Brokers answer lists in any order. */
function normalized(value: string | undefined): string | undefined {
  return value?.split(',').toSorted().join();
}
