// One consumer group: who is in it, and how partitions move between its members without two of them ever having the same one.
//
// A round computes the wanted assignment, lets members give up what is to move and waits for that, then hands it out. Members that
// keep their partitions go on meanwhile. Whatever changes during a round starts another one.
import { Misconfigured } from '../../errors.ts';
import { assign } from '../assigner.ts';
import type { GroupOptions, Partition } from '../log.ts';
import { Member, type MemberContext } from './member.ts';
import type { Topic } from './topic.ts';

export class Group {
  readonly #context: MemberContext;
  readonly #members = new Map<string, Member>();
  /** Members that are to be told their assignment though they get nothing new: they have just joined, or given something up. */
  readonly #untold = new Set<Member>();
  #changed = false;
  #running = false;

  constructor(context: MemberContext) {
    this.#context = context;
  }

  /** `assigned` comes after this has returned. A former member of the same name is out. */
  join(options: GroupOptions, topics: readonly Topic[]): Member {
    this.#checkTopics(options);
    const former = this.#members.get(options.memberId);
    const member = new Member(options, topics, this, this.#context);
    if (former !== undefined) this.#expel(former);
    this.#enter(member);
    return member;
  }

  rejoin(member: Member): void {
    if (this.#members.get(member.memberId) !== member) return;
    member.giveUp([...member.owned]);
    this.#untold.add(member);
    this.#rebalanceSoon();
  }

  leave(member: Member): void {
    member.giveUp([...member.owned]);
    if (this.#members.get(member.memberId) !== member) return;
    this.#members.delete(member.memberId);
    this.#rebalanceSoon();
  }

  /** Ends all memberships without a word. */
  close(): void {
    for (const member of this.#members.values()) member.giveUp([...member.owned]);
    this.#members.clear();
  }

  #enter(member: Member): void {
    this.#members.set(member.memberId, member);
    this.#untold.add(member);
    this.#rebalanceSoon();
  }

  #expel(member: Member): void {
    this.#members.delete(member.memberId);
    member.lose();
  }

  /** Not at once: whoever joined must have its member in hand, and several who join together cause one round. */
  #rebalanceSoon(): void {
    this.#changed = true;
    if (this.#running) return;
    this.#running = true;
    this.#context.soon(() => void this.#rebalance());
  }

  async #rebalance(): Promise<void> {
    while (this.#changed && !this.#context.closing.aborted) {
      this.#changed = false;
      const wanted = this.#wanted();
      await this.#giveUp(wanted);
      if (!this.#changed) this.#handOut(wanted);
    }
    this.#running = false;
  }

  #wanted(): Map<string, Partition[]> {
    const members = [...this.#members.values()];
    const partitions = members[0]?.partitionCount ?? 0;
    return assign(
      partitions,
      members.map(({ memberId, owned }) => ({ memberId, owned: [...owned] })),
    );
  }

  async #giveUp(wanted: ReadonlyMap<string, readonly Partition[]>): Promise<void> {
    const revoking = [...this.#members.values()].map(async (member) => {
      const leaving = [...member.owned].filter((partition) => !wanted.get(member.memberId)?.includes(partition));
      if (leaving.length === 0) return;
      if (await member.revoke(leaving)) this.#untold.add(member);
      else this.#expelUntilDone(member);
    });
    await Promise.all(revoking);
  }

  /** It did not finish in time. It may be stuck, so it comes back only when it has finished after all. */
  #expelUntilDone(member: Member): void {
    if (this.#members.get(member.memberId) !== member) return;
    this.#expel(member);
    this.#changed = true;
    void member.whenDone().then(() => {
      const isWanted = !this.#context.closing.aborted && !member.hasLeft && !this.#members.has(member.memberId);
      if (isWanted) this.#enter(member);
    });
  }

  #handOut(wanted: ReadonlyMap<string, readonly Partition[]>): void {
    for (const [memberId, partitions] of wanted) {
      const member = this.#members.get(memberId);
      if (member === undefined) continue;
      const hasMore = partitions.some((partition) => !member.owned.has(partition));
      if (this.#untold.delete(member) || hasMore) member.assign(partitions);
    }
  }

  #checkTopics({ group, topics }: GroupOptions): void {
    const present = [...this.#members.values()][0];
    if (present === undefined || present.topics.toSorted().join() === topics.toSorted().join()) return;
    throw new Misconfigured(
      `The members of group ${group} must read the same topics: ${present.topics.join(', ')}, not ${topics.join(', ')}.`,
    );
  }
}
