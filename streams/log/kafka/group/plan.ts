// What the leader of a group hands out. Nothing moves before its owner has let go: a partition that is to move is first taken from
// its owner, who finishes and joins again without it; then it is given to the next one. Pure.
import { assign } from '../../assigner.ts';
import type { Partition } from '../../log.ts';
import type { Assignment, Subscription } from './protocol.ts';

/** By the broker's member id. */
export function planAssignments(
  partitions: number,
  members: ReadonlyMap<string, Subscription>,
): ReadonlyMap<string, Assignment> {
  const current = latestOfEachName(members);
  const claimants = [...current.values()].map(({ name, owned }) => ({ memberId: name, owned }));
  const wanted = assign(partitions, claimants);
  const assignments = new Map<string, Assignment>();
  for (const [memberId, { name, owned }] of members) {
    const isFree = (partition: Partition) =>
      claimants.every((other) => other.memberId === name || !other.owned.includes(partition));
    const isSuperseded = !current.has(memberId);
    const share = isSuperseded ? [] : (wanted.get(name) ?? []);
    const free = share.filter(isFree);
    assignments.set(memberId, {
      partitions: free,
      hasMoreToCome: free.length < share.length,
      ...(!isSuperseded && owned.some((partition) => !free.includes(partition)) ? { mustLetGo: true } : {}),
      isSuperseded,
    });
  }
  return assignments;
}

function latestOfEachName(members: ReadonlyMap<string, Subscription>): Map<string, Subscription> {
  const latest = new Map<string, [string, Subscription]>();
  for (const [memberId, subscription] of members) {
    const known = latest.get(subscription.name);
    if (known === undefined || isLater([memberId, subscription], known))
      latest.set(subscription.name, [memberId, subscription]);
  }
  return new Map(latest.values());
}

/** Who has lost its id, by a cut connection for example, joins as another, and its former self stays until the session is over. */
function isLater([id, one]: [string, Subscription], [otherId, other]: [string, Subscription]): boolean {
  if (one.openedAtMs !== other.openedAtMs) return one.openedAtMs > other.openedAtMs;
  return one.joins === other.joins ? id > otherId : one.joins > other.joins;
}
