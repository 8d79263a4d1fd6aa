// How many customers are in each segment: follows the topic of segments while somebody asks, and counts.
//
// Memory is bounded: above a number of customers only a share of them is counted, chosen by a hash of their id, and the
// counts are scaled up. Every time there are too many again the share is halved.
import { segments as topic } from '../../schemas/topics.ts';
import type { GatewayDependencies, IncomingRecord, Placed } from '../dependencies.ts';

type Dependencies = Pick<GatewayDependencies, 'log' | 'physicalName' | 'settings' | 'clock' | 'logger'>;

export interface Census {
  /** Most customers first. */
  readonly segments: readonly { readonly segment: string; readonly customers: number }[];
  readonly customers: number;
  /** False while the topic is still being read for the first time. */
  readonly complete: boolean;
  /** True when only a share of the customers is counted. */
  readonly estimated: boolean;
}

export interface CensusLimits {
  /** Customers kept in memory. */
  readonly countedMax: number;
  /** With nobody asking for so long, it stops following. */
  readonly idleMs: number;
  /** After so long without following, deletions may be gone from the log: it counts anew. */
  readonly forgottenMs: number;
  /** How long an answer waits for the first count to be complete. */
  readonly firstWaitMs: number;
}

const limitsByDefault: CensusLimits = {
  countedMax: 100_000,
  idleMs: 30_000,
  forgottenMs: 3_600_000,
  firstWaitMs: 1000,
};
const readWaitMs = 500;
const pauseAfterErrorMs = 2000;

export class SegmentCensus {
  readonly #dependencies: Dependencies;
  readonly #limits: CensusLimits;
  readonly #segmentOf = new Map<string, string>();
  readonly #sizes = new Map<string, number>();
  /** One in so many customers is counted: a power of two. */
  #oneIn = 1;
  #next: Placed[] = [];
  /** By partition: what must be read before the count is complete. */
  #unread = new Map<number, number>();
  #askedMs = 0;
  #followedMs = 0;
  #following: AbortController | null = null;
  #closed = false;

  constructor(dependencies: Dependencies, limits: Partial<CensusLimits> = {}) {
    this.#dependencies = dependencies;
    this.#limits = { ...limitsByDefault, ...limits };
  }

  async count(): Promise<Census> {
    this.#askedMs = this.#dependencies.clock.nowMs();
    this.#follow();
    await this.#firstCount();
    const segments = [...this.#sizes]
      .filter(([, size]) => size > 0)
      .map(([segment, size]) => ({ segment, customers: size * this.#oneIn }))
      .sort((one, other) => other.customers - one.customers);
    return {
      segments,
      customers: segments.reduce((sum, { customers }) => sum + customers, 0),
      complete: this.#isComplete(),
      estimated: this.#oneIn > 1,
    };
  }

  close(): void {
    this.#closed = true;
    this.#following?.abort();
  }

  #isComplete(): boolean {
    return this.#next.length > 0 && this.#unread.size === 0;
  }

  async #firstCount(): Promise<void> {
    const { clock } = this.#dependencies;
    const stepMs = 20;
    for (let waitedMs = 0; !this.#isComplete() && waitedMs < this.#limits.firstWaitMs; waitedMs += stepMs)
      await clock.sleep(stepMs);
  }

  #follow(): void {
    if (this.#following !== null || this.#closed) return;
    const following = new AbortController();
    this.#following = following;
    void this.#run(following.signal).finally(() => (this.#following = null));
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#dependencies;
    while (this.#isWanted(signal)) {
      try {
        await this.#read(signal);
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ err: error }, 'the count of segments was interrupted, it begins anew');
        this.#next = [];
        await clock.sleep(pauseAfterErrorMs, signal);
      }
    }
  }

  #isWanted(signal: AbortSignal): boolean {
    return !signal.aborted && this.#dependencies.clock.nowMs() - this.#askedMs < this.#limits.idleMs;
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { log, clock } = this.#dependencies;
    if (this.#next.length === 0 || clock.nowMs() - this.#followedMs > this.#limits.forgottenMs) await this.#startAnew();
    const reader = log.openReader(this.#next);
    try {
      while (this.#isWanted(signal)) {
        for (const { partition, records, nextOffset } of await reader.read(readWaitMs)) {
          for (const record of records) this.#take(record);
          this.#moveOn(partition, nextOffset);
        }
        this.#followedMs = clock.nowMs();
      }
    } finally {
      await reader.close();
    }
  }

  async #startAnew(): Promise<void> {
    const { log, physicalName, settings } = this.#dependencies;
    const name = physicalName(topic.name);
    const partitions = await Promise.all(
      Array.from({ length: settings.partitions }, async (_, partition) => ({
        partition,
        ...(await log.offsets({ topic: name, partition })),
      })),
    );
    this.#segmentOf.clear();
    this.#sizes.clear();
    this.#oneIn = 1;
    this.#next = partitions.map(({ partition, start }) => ({ topic: name, partition, offset: start }));
    this.#unread = new Map(
      partitions.filter(({ start, end }) => end > start).map(({ partition, end }) => [partition, end]),
    );
  }

  #moveOn(partition: number, offset: number): void {
    this.#next = this.#next.map((place) => (place.partition === partition ? { ...place, offset } : place));
    if (offset >= (this.#unread.get(partition) ?? 0)) this.#unread.delete(partition);
  }

  #take({ key, value }: IncomingRecord): void {
    if (key === null || !this.#isCounted(key)) return;
    const customerId = key.toString('utf8');
    const former = this.#segmentOf.get(customerId);
    const segment = value === null ? undefined : topic.codec.decode(value).segment;
    if (segment === former) return;
    if (former !== undefined) this.#resize(former, -1);
    if (segment === undefined) this.#segmentOf.delete(customerId);
    else {
      this.#resize(segment, 1);
      this.#segmentOf.set(customerId, segment);
      if (this.#segmentOf.size > this.#limits.countedMax) this.#halve();
    }
  }

  #resize(segment: string, by: number): void {
    this.#sizes.set(segment, (this.#sizes.get(segment) ?? 0) + by);
  }

  #halve(): void {
    this.#oneIn *= 2;
    for (const [customerId, segment] of this.#segmentOf) {
      if (this.#isCounted(Buffer.from(customerId))) continue;
      this.#segmentOf.delete(customerId);
      this.#resize(segment, -1);
    }
  }

  #isCounted(key: Buffer): boolean {
    return this.#oneIn === 1 || (mixed(key) & (this.#oneIn - 1)) === 0;
  }
}

/** FNV-1a with its bits mixed once more: of ids that differ in a digit only, the low bits must not agree. */
function mixed(key: Buffer): number {
  let hash = 0x811c9dc5;
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
