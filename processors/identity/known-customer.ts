// A customer's own history, and those of the visitors who turned out to be this customer. Of most customers there are no visitors:
// then the profile is their own history, and nothing else is read or written.
import type { JoinedHistories, Profile } from '../../schemas/types.ts';
import type { ProfileContext } from '../profile/shape.ts';
import { joinHistories } from './join-histories.ts';

type Tables = ProfileContext['tables'];

export interface KnownCustomer {
  /** undefined: nothing is known but what visitors did, if anything. */
  readonly own: Profile | undefined;
  /** undefined: no visitors. */
  readonly joined: JoinedHistories | undefined;
}

export function knownCustomer({ profiles, joinedHistories }: Tables, customerId: string): KnownCustomer {
  const profile = profiles.get(customerId);
  if (profile === undefined || profile.anonymous_ids.length === 0) return { own: profile, joined: undefined };
  const joined = joinedHistories.get(customerId);
  return { own: joined?.own ?? undefined, joined };
}

/** Answers the profile that is shown from now on: all histories joined. */
export function keepCustomer(
  { profiles, joinedHistories }: Tables,
  customerId: string,
  { own, joined }: KnownCustomer,
): Profile | undefined {
  if (joined !== undefined && joined.visitors.length > 0) {
    const histories = { ...joined, own: own ?? null };
    const profile = joinHistories(histories);
    joinedHistories.set(customerId, histories);
    profiles.set(customerId, profile);
    return profile;
  }
  if (joined !== undefined) joinedHistories.delete(customerId);
  if (own === undefined) profiles.delete(customerId);
  else profiles.set(customerId, own);
  return own;
}
