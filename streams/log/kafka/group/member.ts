// One member of a group: joins, hears from the leader what it has, lets go in order, and notices when it is out.
//
// Joining again does not interrupt the work: a member goes on with what it owns until it is told otherwise, as nobody else gets a
// partition before its owner has let go (`plan.ts`).
import { setTimeout as sleep } from 'node:timers/promises';
import { Misconfigured } from '../../../errors.ts';
import type { GroupMember, GroupOptions, Partition, TopicOffset, TopicPartition } from '../../log.ts';
import { Backoff } from '../backoff.ts';
import {
  KafkaFailure,
  type GroupConnection,
  type GroupMembership,
  type JoinAnswer,
  type JoinRequest,
  type KafkaClient,
} from '../client.ts';
import { isFenced } from '../errors.ts';
import type { KafkaContext } from '../settings.ts';
import { Delivery } from './delivery.ts';
import { Feeds } from './feeds.ts';
import { Heartbeat, rebalanceCode } from './heartbeat.ts';
import { planAssignments } from './plan.ts';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  nothing,
  type Assignment,
} from './protocol.ts';

/** A static member's name was taken by a later one. */
const replacedCode = 'FENCED_INSTANCE_ID';

export class KafkaMember implements GroupMember {
  readonly group: string;
  readonly memberId: string;
  readonly #options: GroupOptions;
  readonly #partitions: number;
  readonly #client: KafkaClient;
  readonly #context: KafkaContext;
  readonly #feeds: Feeds;
  readonly #delivery: Delivery;
  readonly #backoff = new Backoff();
  readonly #openedAtMs = Date.now();
  readonly #onLeft: () => void;
  readonly #living: Promise<void>;
  #owned: ReadonlySet<Partition> = new Set();
  #brokerMemberId = '';
  #generation = -1;
  #losses = 0;
  #joins = 0;
  #connection: GroupConnection | undefined;
  /** The listener does not know what it has: it joined, or lost all. */
  #isUntold = true;
  /** While the listener is giving partitions up, nothing else is told to it. */
  #revoking: Promise<void> = Promise.resolve();
  #left: Promise<void> | undefined;
  #wake: () => void = () => {};

  constructor(
    options: GroupOptions,
    partitions: number,
    client: KafkaClient,
    context: KafkaContext,
    onLeft: () => void,
  ) {
    this.group = options.group;
    this.memberId = options.memberId;
    this.#options = options;
    this.#partitions = partitions;
    this.#client = client;
    this.#context = context;
    this.#onLeft = onLeft;
    this.#feeds = new Feeds(options.topics);
    this.#delivery = new Delivery({
      client,
      context,
      feeds: this.#feeds,
      gatherMs: options.gatherMs ?? 0,
      records: (batch) => options.listener.records(batch),
      turn: () => this.#revoking,
    });
    this.#living = this.#live();
  }

  owns(partition: Partition): boolean {
    return this.#owned.has(partition);
  }

  get membership(): GroupMembership {
    return { memberId: this.#brokerMemberId, generation: this.#generation, instanceId: this.memberId };
  }

  seek(position: TopicOffset): void {
    this.#check(position);
    this.#feeds.seek(position);
  }

  pause(partition: TopicPartition): void {
    this.#check(partition);
    this.#feeds.pause(partition);
  }

  resume(partition: TopicPartition): void {
    this.#check(partition);
    this.#feeds.resume(partition);
  }

  async rejoin(): Promise<void> {
    this.#own([]);
    this.#isUntold = true;
    this.#wake();
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  async #live(): Promise<void> {
    await Promise.resolve(); // whoever joins must have its member in hand before it is told anything
    let contactAtMs = performance.now();
    const onContact = () => (contactAtMs = performance.now());
    while (!this.#hasLeft()) {
      try {
        await this.#round(onContact);
        onContact();
      } catch (error) {
        if (this.#hasLeft() || isCode(error, rebalanceCode)) continue;
        if (isCode(error, replacedCode)) return void this.#giveWay();
        this.#context.onLog('debug', 'membership failed', { group: this.group, reason: String(error) });
        const silentMs = performance.now() - contactAtMs;
        if (isFenced(error) || silentMs > this.#context.limits.sessionTimeoutMs) this.#lose();
        await this.#closeConnection();
        await this.#revoking; // one that may be stuck comes back only when it has finished after all
        await this.#backoff.pause();
      }
    }
  }

  /** From one joining to the next. */
  async #round(onContact: () => void): Promise<void> {
    const connection = (this.#connection ??= await this.#client.openGroupConnection(this.group));
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    const answer = await connection.join(this.#joinRequest());
    this.#brokerMemberId = answer.memberId;
    this.#generation = answer.generation;
    const mine = decodeAssignment(await connection.sync(this.membership, this.#assignments(answer)));
    onContact();
    this.#backoff.succeeded();
    if (this.#hasLeft()) return;
    if (mine.isSuperseded) return this.#giveWay();
    const heartbeat = new Heartbeat(connection, this.membership, this.#context.limits);
    try {
      const over = heartbeat.due.then(() => new Promise<never>(() => {}));
      const isSettled = await Promise.race([this.#adopt(mine, connection), over]);
      if (isSettled) await Promise.race([heartbeat.due, woken]);
    } finally {
      heartbeat.stop();
    }
  }

  #joinRequest(): JoinRequest {
    this.#joins += 1;
    const { sessionTimeoutMs, rebalanceTimeoutMs } = this.#context.limits;
    return {
      memberId: this.#brokerMemberId,
      instanceId: this.memberId,
      metadata: encodeSubscription({
        topics: this.#options.topics,
        name: this.memberId,
        owned: [...this.#owned],
        openedAtMs: this.#openedAtMs,
        joins: this.#joins,
      }),
      sessionTimeoutMs,
      rebalanceTimeoutMs,
    };
  }

  /** The leader's answer to everybody; empty for those who do not lead. */
  #assignments({ members }: JoinAnswer): ReadonlyMap<string, Buffer> {
    if (members === undefined) return new Map();
    const subscriptions = new Map(members.map(({ memberId, metadata }) => [memberId, decodeSubscription(metadata)]));
    const plan = planAssignments(this.#partitions, subscriptions);
    return new Map(
      [...subscriptions].map(([memberId, { topics, name }]) => {
        if (topics.toSorted().join() !== this.#options.topics.toSorted().join())
          this.#context.onLog('warn', 'members of one group read different topics', {
            group: this.group,
            name,
            topics,
          });
        const assignment = plan.get(memberId) ?? nothing;
        return [memberId, encodeAssignment(topics, assignment)];
      }),
    );
  }

  /** Answers false when the others wait for us to join again, now that we, or our former self, have let go of something. */
  async #adopt({ partitions, hasMoreToCome, mustLetGo }: Assignment, connection: GroupConnection): Promise<boolean> {
    const leaving = [...this.#owned].filter((partition) => !partitions.includes(partition));
    const losses = this.#losses;
    if (leaving.length > 0) await this.#letGo(leaving, connection);
    // Who lost all while letting go of some owns nothing of what this round gave.
    if (this.#hasLeft() || this.#losses !== losses) return true;
    const hasMore = partitions.some((partition) => !this.#owned.has(partition));
    this.#own(partitions);
    if ((this.#isUntold && !hasMoreToCome) || hasMore || leaving.length > 0) {
      this.#isUntold = false;
      this.#options.listener.assigned(partitions);
    }
    return leaving.length === 0 && mustLetGo !== true;
  }

  async #letGo(leaving: readonly Partition[], connection: GroupConnection): Promise<void> {
    const { revokeWaitMs } = this.#context.limits;
    this.#revoking = this.#finish(leaving);
    const patience = new AbortController();
    const tooLate = sleep(revokeWaitMs, true, { signal: patience.signal }).catch(() => false);
    const isTooLate = await Promise.race([this.#revoking.then(() => false), tooLate]);
    patience.abort();
    if (!isTooLate) return;
    await connection.leave(this.membership);
    throw new KafkaFailure('UNKNOWN_MEMBER_ID', `Left the group: letting go took more than ${revokeWaitMs} ms.`);
  }

  /** Listeners must not throw; should one do so, it has let go all the same. */
  async #finish(leaving: readonly Partition[]): Promise<void> {
    try {
      await this.#options.listener.revoking(leaving);
    } catch (error) {
      this.#context.onLog('warn', 'a listener failed to let go', { group: this.group, reason: String(error) });
    }
  }

  #own(partitions: readonly Partition[]): void {
    for (const partition of this.#owned) if (!partitions.includes(partition)) this.#feeds.close(partition);
    for (const partition of partitions) if (!this.#owned.has(partition)) this.#feeds.open(partition);
    this.#owned = new Set(partitions);
  }

  #lose(): void {
    this.#losses += 1;
    this.#brokerMemberId = '';
    this.#own([]);
    if (!this.#isUntold) this.#options.listener.lost();
    this.#isUntold = true;
  }

  /** A later member has our name: it is not for us to come back. */
  async #giveWay(): Promise<void> {
    this.#context.onLog('warn', 'another member has taken the name', { group: this.group, name: this.memberId });
    this.#lose();
    void this.leave();
  }

  async #leave(): Promise<void> {
    const membership = this.membership;
    this.#own([]);
    this.#wake();
    try {
      // Over a connection of its own: the usual one may be waiting for a round of joining to end.
      const connection = await this.#client.openGroupConnection(this.group);
      if (membership.memberId !== '') await connection.leave(membership);
      await connection.close();
    } catch (error) {
      // The broker gives us up by itself after the session time-out.
      this.#context.onLog('debug', 'could not leave the group', { group: this.group, reason: String(error) });
    }
    await this.#delivery.stop();
    await this.#closeConnection();
    await this.#living;
    this.#onLeft();
  }

  async #closeConnection(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  #hasLeft(): boolean {
    return this.#left !== undefined;
  }

  #check({ topic }: TopicPartition): void {
    if (this.#options.topics.includes(topic)) return;
    throw new Misconfigured(`Member ${this.memberId} of group ${this.group} does not read topic ${topic}.`);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof KafkaFailure && error.code === code;
}
