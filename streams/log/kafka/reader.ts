// Reads given partitions without a group: for restoring, lookups and tools.
import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchedBatch, Offset, Reader, TopicOffset, TopicPartition } from '../log.ts';
import type { FetchedPartition, Fetcher, FetchLimits, KafkaClient } from './client.ts';
import { reaching } from './errors.ts';
import { placeKey } from '../place-key.ts';
import type { KafkaLimits } from './settings.ts';

/** Of one fetch. Longer than a member's: nothing but its own reading moves a reader. */
const WAIT_MS_MAX = 1_000;

export class KafkaReader implements Reader {
  readonly #client: KafkaClient;
  readonly #limits: KafkaLimits;
  readonly #onClose: () => void;
  readonly #positions: Map<string, TopicOffset>;
  readonly #closing = Promise.withResolvers<undefined>();
  #fetcher: Promise<Fetcher> | undefined;
  #closed: Promise<void> | undefined;

  constructor(client: KafkaClient, limits: KafkaLimits, from: readonly TopicOffset[], onClose: () => void) {
    this.#client = client;
    this.#limits = limits;
    this.#onClose = onClose;
    this.#positions = new Map(from.map((place) => [placeKey(place), place]));
  }

  async read(waitMs: number): Promise<FetchedBatch[]> {
    const untilMs = performance.now() + waitMs;
    while (this.#closed === undefined) {
      const leftMs = Math.max(0, untilMs - performance.now());
      const batches = await Promise.race([this.#fetch(leftMs), this.#closing.promise]);
      if (batches === undefined || batches.length > 0) return batches ?? [];
      if (performance.now() >= untilMs) break;
    }
    return [];
  }

  close(): Promise<void> {
    this.#onClose();
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.resolve(undefined);
    const fetcher = await this.#fetcher?.catch(() => undefined);
    await fetcher?.close();
  }

  async #fetch(leftMs: number): Promise<FetchedBatch[]> {
    const { batchBytes, fetchBytes } = this.#limits;
    const limits = { waitMs: Math.min(leftMs, WAIT_MS_MAX), partitionBytes: batchBytes, totalBytes: fetchBytes };
    const batches: FetchedBatch[] = [];
    for (const result of await this.#fetchOnce(limits)) {
      if ('outOfRange' in result) await this.#skipToStart(result);
      else {
        this.#moveTo(result, result.nextOffset);
        batches.push(result);
      }
    }
    return batches;
  }

  async #fetchOnce(limits: FetchLimits): Promise<FetchedPartition[]> {
    this.#fetcher ??= this.#client.openFetcher();
    const opening = this.#fetcher;
    return reaching(async () => {
      try {
        return await (await opening).fetch([...this.#positions.values()], limits);
      } catch (error) {
        // The next read tries again over new connections.
        if (this.#fetcher === opening) this.#fetcher = undefined;
        await opening.then((fetcher) => fetcher.close()).catch(() => undefined);
        throw error;
      }
    });
  }

  /** What retention let go is passed over. A position behind the end stays: there is nothing yet. */
  async #skipToStart(place: TopicPartition): Promise<void> {
    const { start } = await reaching(() => this.#client.offsets(place));
    if ((this.#positions.get(placeKey(place))?.offset ?? 0) < start) this.#moveTo(place, start);
    else await sleep(this.#limits.fetchWaitMs);
  }

  #moveTo({ topic, partition }: TopicPartition, offset: Offset): void {
    this.#positions.set(placeKey({ topic, partition }), { topic, partition, offset });
  }
}
