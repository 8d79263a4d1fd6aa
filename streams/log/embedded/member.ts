// One member of a group: tells its listener what is assigned and what is revoked, and delivers records to it, one call at a time.
import type { Clock } from '../../clock.ts';
import { Misconfigured } from '../../errors.ts';
import type { GroupMember, GroupOptions, Partition, TopicOffset, TopicPartition } from '../log.ts';
import { placeKey } from '../place-key.ts';
import { Feed } from './feed.ts';
import type { LogLimits } from './limits.ts';
import type { Topic } from './topic.ts';

/** What a member needs of its group. */
export interface Membership {
  /** Gives up all that `member` has and lets it begin anew. */
  rejoin(member: Member): void;
  leave(member: Member): void;
}

export interface MemberContext {
  readonly clock: Clock;
  readonly limits: LogLimits;
  /** Calls back once everything else that is due has run. */
  readonly soon: (callback: () => void) => void;
  readonly onProblem: (problem: Error) => void;
  readonly closing: AbortSignal;
}

export class Member implements GroupMember {
  readonly group: string;
  readonly memberId: string;
  /** What it may commit. */
  readonly owned = new Set<Partition>();
  readonly #options: GroupOptions;
  readonly #topics: readonly Topic[];
  readonly #membership: Membership;
  readonly #context: MemberContext;
  /** By topic and partition, for what is owned and has been told to the listener. */
  readonly #feeds = new Map<string, Feed>();
  #pumping = false;
  /** While the listener is giving partitions up, nothing else is told to it. */
  #revoking = false;
  #finishing: Promise<void> = Promise.resolve();
  #hasLeft = false;

  constructor(options: GroupOptions, topics: readonly Topic[], membership: Membership, context: MemberContext) {
    this.group = options.group;
    this.memberId = options.memberId;
    this.#options = options;
    this.#topics = topics;
    this.#membership = membership;
    this.#context = context;
  }

  get topics(): readonly string[] {
    return this.#options.topics;
  }

  /** The same for all topics. */
  get partitionCount(): number {
    return this.#topics[0]?.partitions.length ?? 0;
  }

  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  seek({ topic, partition, offset }: TopicOffset): void {
    this.#feed({ topic, partition })?.seek(offset);
  }

  pause(partition: TopicPartition): void {
    this.#feed(partition)?.pause();
  }

  resume(partition: TopicPartition): void {
    this.#feed(partition)?.resume();
  }

  async rejoin(): Promise<void> {
    this.#membership.rejoin(this);
  }

  async leave(): Promise<void> {
    this.#hasLeft = true;
    this.#membership.leave(this);
  }

  /** From now on it has these, all of them. */
  assign(partitions: readonly Partition[]): void {
    for (const partition of partitions) {
      if (this.owned.has(partition)) continue;
      this.owned.add(partition);
      this.#open(partition);
    }
    this.#options.listener.assigned(partitions);
  }

  /** Lets the listener finish with partitions; true when it did so in time. They are its own until then. */
  async revoke(partitions: readonly Partition[]): Promise<boolean> {
    this.#revoking = true;
    this.#finishing = this.#finish(partitions);
    const inTime = await this.#within(this.#finishing);
    if (inTime) this.giveUp(partitions);
    return inTime;
  }

  /** Resolves once the listener is done with what it was told to give up, however late. */
  whenDone(): Promise<void> {
    return this.#finishing;
  }

  /** It lost all without warning. */
  lose(): void {
    this.giveUp([...this.owned]);
    this.#options.listener.lost();
  }

  /** Ends delivery of these without a word. */
  giveUp(partitions: readonly Partition[]): void {
    for (const partition of partitions) {
      this.owned.delete(partition);
      for (const { spec } of this.#topics) {
        const key = placeKey({ topic: spec.name, partition });
        this.#feeds.get(key)?.close();
        this.#feeds.delete(key);
      }
    }
  }

  async #finish(partitions: readonly Partition[]): Promise<void> {
    try {
      await this.#options.listener.revoking(partitions);
    } catch (error) {
      this.#report(error);
    }
    this.#revoking = false;
    this.#pumpSoon();
  }

  async #within(finished: Promise<void>): Promise<boolean> {
    const { clock, limits } = this.#context;
    const done = new AbortController();
    const timeOut = clock.sleep(limits.revokeWaitMs, done.signal).then(() => false);
    try {
      return await Promise.race([finished.then(() => true), timeOut]);
    } finally {
      done.abort();
    }
  }

  #open(partition: Partition): void {
    for (const { spec, partitions } of this.#topics) {
      const log = partitions[partition];
      if (log === undefined) continue;
      const feed = new Feed(log, {
        batchBytes: this.#context.limits.batchBytes,
        ready: () => this.#pumpSoon(),
        failed: (error) => void this.#retryReading(feed, error),
        passedOver: (from, to) =>
          this.#report(`${spec.name}/${partition}: what stood from ${from} to ${to} was deleted before it was read`),
      });
      this.#feeds.set(placeKey({ topic: spec.name, partition }), feed);
    }
  }

  /** Undefined for a partition that moved away meanwhile. */
  #feed(partition: TopicPartition): Feed | undefined {
    if (!this.#options.topics.includes(partition.topic)) {
      throw new Misconfigured(`Member ${this.memberId} of group ${this.group} does not read topic ${partition.topic}.`);
    }
    return this.#feeds.get(placeKey(partition));
  }

  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    this.#context.soon(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  /** One batch of every partition that has some, up to a number of records, then the others' turn: queues that fill can pause. */
  #pump(): void {
    if (this.#revoking || this.#context.closing.aborted) return;
    let records = 0;
    const served: [string, Feed][] = [];
    for (const [key, feed] of this.#feeds) {
      if (records >= this.#context.limits.deliveryRecords) break;
      const batch = feed.next();
      if (batch === 'none' || batch === 'reading') continue;
      records += batch.records.length;
      served.push([key, feed]);
      this.#options.listener.records(batch);
    }
    for (const [key, feed] of served) this.#toTheEnd(key, feed);
    if (served.length > 0) this.#pumpSoon();
  }

  /** Who was served comes after the others next time. */
  #toTheEnd(key: string, feed: Feed): void {
    if (this.#feeds.get(key) !== feed) return;
    this.#feeds.delete(key);
    this.#feeds.set(key, feed);
  }

  /** Records are never skipped: what can't be read is tried again. */
  async #retryReading(feed: Feed, error: unknown): Promise<void> {
    if (this.#context.closing.aborted) return;
    this.#report(error);
    await this.#context.clock.sleep(this.#context.limits.retryMs, this.#context.closing);
    if (this.#feeds.get(placeKey({ topic: feed.log.topicName, partition: feed.log.partition })) === feed)
      this.#pumpSoon();
  }

  #report(error: unknown): void {
    this.#context.onProblem(error instanceof Error ? error : new Error(String(error)));
  }
}
