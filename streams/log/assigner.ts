// Who of a group's members works on which partitions. Pure: the same members and possessions give the same answer anywhere.
import type { Partition } from './log.ts';

export interface Claimant {
  readonly memberId: string;
  /** What it has now. It keeps as much of that as balance allows: moving a task costs a restore. */
  readonly owned: readonly Partition[];
}

/**
 * Shares partitions 0…`partitions`-1 among the members: each goes to exactly one, the counts differ by at most one, and no
 * more of them move than balance needs. Without members nobody gets anything.
 */
export function assign(partitions: number, members: readonly Claimant[]): Map<string, Partition[]> {
  const kept = withoutDisputes(partitions, members);
  const shares = fairShares(partitions, kept);
  const free = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  const assignment = new Map<string, Partition[]>();
  for (const { memberId, owned } of kept) {
    const mine = owned.slice(0, shares.get(memberId));
    for (const partition of mine) free.delete(partition);
    assignment.set(memberId, mine);
  }
  handOut(free, shares, assignment);
  return assignment;
}

/** Members in the order of their names; of a partition that several claim the first keeps it. */
function withoutDisputes(partitions: number, members: readonly Claimant[]): Claimant[] {
  const claimed = new Set<Partition>();
  return members.toSorted(byName).map(({ memberId, owned }) => {
    const valid = [...new Set(owned)].filter((partition) => partition < partitions && !claimed.has(partition));
    for (const partition of valid) claimed.add(partition);
    return { memberId, owned: valid.toSorted((a, b) => a - b) };
  });
}

/** The larger shares go to those who have most, so that nothing moves for the sake of a remainder. */
function fairShares(partitions: number, members: readonly Claimant[]): Map<string, number> {
  const least = Math.floor(partitions / members.length);
  const larger = partitions % members.length;
  const richestFirst = members.toSorted((a, b) => b.owned.length - a.owned.length || byName(a, b));
  return new Map(richestFirst.map(({ memberId }, rank) => [memberId, rank < larger ? least + 1 : least]));
}

function handOut(free: Set<Partition>, shares: Map<string, number>, assignment: Map<string, Partition[]>): void {
  const left = [...free];
  for (const [memberId, mine] of assignment) {
    const wanted = (shares.get(memberId) ?? 0) - mine.length;
    mine.push(...left.splice(0, wanted));
    mine.sort((a, b) => a - b);
  }
}

/** By code units: the same order in every locale. */
function byName(a: Claimant, b: Claimant): number {
  return a.memberId < b.memberId ? -1 : a.memberId > b.memberId ? 1 : 0;
}
