// Fetches what a member may get and hands it over, round by round, independent of rebalances and heartbeats.
import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchedBatch } from '../../log.ts';
import { Backoff } from '../backoff.ts';
import type { Fetcher, KafkaClient } from '../client.ts';
import type { KafkaContext } from '../settings.ts';
import type { Feed, Feeds } from './feeds.ts';

export interface DeliveryOptions {
  readonly client: KafkaClient;
  readonly context: KafkaContext;
  readonly feeds: Feeds;
  /** How long records may wait at the brokers for others. */
  readonly gatherMs: number;
  readonly records: (batch: FetchedBatch) => void;
  /** Nothing is handed over before this resolves. */
  readonly turn: () => Promise<void>;
}

/** So many in one round are behind: there is no use in waiting for more. */
const BACKLOG_RECORDS = 1_000;

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #backoff = new Backoff();
  readonly #running: Promise<void>;
  #fetcher: Fetcher | undefined;
  readonly #stopping = new AbortController();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#options.feeds.wake();
    await this.#running;
    await this.#closeFetcher();
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const active = this.#options.feeds.active();
      if (active.length === 0) await this.#options.feeds.changed();
      else if (isLittle(await this.#round(active))) await this.#gather();
    }
  }

  async #gather(): Promise<void> {
    const { gatherMs } = this.#options;
    if (gatherMs === 0) return;
    await sleep(gatherMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  /** Answers how many records it has handed over. */
  async #round(active: readonly (Feed & { position: number })[]): Promise<number> {
    let handedOver = 0;
    const { client, context, turn } = this.#options;
    const { fetchWaitMs: waitMs, batchBytes: partitionBytes, fetchBytes: totalBytes } = context.limits;
    try {
      this.#fetcher ??= await client.openFetcher();
      const places = active.map(({ topic, partition, position }) => ({ topic, partition, offset: position }));
      const fetched = await this.#fetcher.fetch(places, { waitMs, partitionBytes, totalBytes });
      this.#backoff.succeeded();
      await turn();
      for (const result of fetched) {
        const feed = active.find(({ topic, partition }) => topic === result.topic && partition === result.partition);
        if (this.#isStopped || feed === undefined || !this.#options.feeds.isCurrent(feed)) continue;
        if ('outOfRange' in result) await this.#goOnFromStart(feed);
        else handedOver += this.#hand(result, feed);
      }
    } catch (error) {
      // Records are never skipped: the same positions are asked for again, over new connections.
      context.onLog('debug', 'fetching failed', { reason: String(error) });
      await this.#closeFetcher();
      if (!this.#isStopped) await this.#backoff.pause();
    }
    return handedOver;
  }

  #hand(batch: FetchedBatch, feed: Feed): number {
    feed.position = batch.nextOffset;
    this.#options.records(batch);
    return batch.records.length;
  }

  /** What retention let go before it was read can't be read any more. A position behind the end waits for the end to come. */
  async #goOnFromStart(feed: Feed & { position: number }): Promise<void> {
    const { client, context } = this.#options;
    const { start } = await client.offsets(feed);
    if (feed.position >= start) {
      await sleep(context.limits.fetchWaitMs);
      return;
    }
    const { topic, partition, position: from } = feed;
    context.onLog('warn', 'records were deleted before they were read', { topic, partition, from, to: start });
    feed.position = start;
  }

  async #closeFetcher(): Promise<void> {
    const fetcher = this.#fetcher;
    this.#fetcher = undefined;
    await fetcher?.close();
  }
}

/** Neither nothing, which has waited already, nor a backlog. */
function isLittle(records: number): boolean {
  return records > 0 && records < BACKLOG_RECORDS;
}
