// A group member as a process sees it: it hears nothing while the process stands still or after it was given up, and joins again
// by itself when the group has lost it, as the port promises.
import type {
  FetchedBatch,
  GroupListener,
  GroupMember,
  GroupOptions,
  Log,
  Partition,
  TopicOffset,
  TopicPartition,
} from '../../log/log.ts';
import { placeKey } from '../../log/place-key.ts';
import type { Host } from './host.ts';

/** One membership of the log's group, from joining to leaving. */
interface Session {
  member: GroupMember | null;
  isOver: boolean;
}

export class FaultyMember implements GroupMember {
  readonly group: string;
  readonly memberId: string;
  readonly #host: Host;
  readonly #log: Log;
  readonly #options: GroupOptions;
  #session: Session = { member: null, isOver: true };
  /** What the group says reaches the process in order, also after a sleep. */
  #deliveries: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** By topic and partition: what was fetched before the latest seek is not delivered after it, as the port promises. */
  readonly #seeks = new Map<string, number>();
  #hasJoined = false;
  #isLeft = false;

  constructor(host: Host, log: Log, options: GroupOptions) {
    this.group = options.group;
    this.memberId = options.memberId;
    this.#host = host;
    this.#log = log;
    this.#options = options;
  }

  /** What the log knows this member as. */
  get known(): GroupMember | undefined {
    return this.#session.member ?? undefined;
  }

  async join(): Promise<void> {
    const session: Session = { member: null, isOver: false };
    this.#session = session;
    this.#hasJoined = true;
    session.member = await this.#log.joinGroup({ ...this.#options, listener: this.#listenerOf(session) });
    if (session.isOver) await session.member.leave();
  }

  /** The group gives its partitions away. What it says of that is lost, as the connection is. */
  async giveUp(): Promise<void> {
    const session = this.#session;
    session.isOver = true;
    await session.member?.leave();
  }

  /** What the process hears when it learns that it was given up. */
  async rejoinAfterLoss(): Promise<void> {
    if (this.#host.isDead || this.#isLeft || !this.#hasJoined) return;
    this.#options.listener.lost();
    await this.join();
  }

  seek(position: TopicOffset): void {
    this.#seeks.set(placeKey(position), this.#seeksOf(position) + 1);
    if (!this.#session.isOver) this.#session.member?.seek(position);
  }

  pause(partition: TopicPartition): void {
    if (!this.#session.isOver) this.#session.member?.pause(partition);
  }

  resume(partition: TopicPartition): void {
    if (!this.#session.isOver) this.#session.member?.resume(partition);
  }

  rejoin(): Promise<void> {
    return this.#host.through(async () => {
      if (this.#session.isOver) return;
      await this.#session.member?.rejoin();
    });
  }

  leave(): Promise<void> {
    this.#isLeft = true;
    return this.#host.through(async () => {
      if (!this.#session.isOver) await this.#session.member?.leave();
      this.#session.isOver = true;
    });
  }

  #listenerOf(session: Session): GroupListener {
    const { listener } = this.#options;
    const deliver = (call: () => void) => {
      if (!this.#host.isFrozen && !this.#host.isDead && !session.isOver && this.#waiting === 0) return call();
      void this.#later(session, call);
    };
    return {
      assigned: (partitions: readonly Partition[]) => deliver(() => listener.assigned(partitions)),
      revoking: async (partitions: readonly Partition[]) => {
        if (this.#host.isDead || session.isOver) return;
        await new Promise<void>((resolve) => deliver(() => resolve(listener.revoking(partitions))));
      },
      lost: () => deliver(() => listener.lost()),
      records: (batch: FetchedBatch) => {
        const seeks = this.#seeksOf(batch);
        deliver(() => {
          if (seeks === this.#seeksOf(batch)) listener.records(batch); // else it was fetched before a seek
        });
      },
    };
  }

  #later(session: Session, call: () => void): Promise<void> {
    this.#waiting += 1;
    this.#deliveries = this.#deliveries.then(async () => {
      await this.#host.gate();
      this.#waiting -= 1;
      if (!session.isOver) call();
    });
    return this.#deliveries;
  }

  #seeksOf(partition: TopicPartition): number {
    return this.#seeks.get(placeKey(partition)) ?? 0;
  }
}
