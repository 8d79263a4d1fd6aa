// How an update of a customer's own data changes the profile.
import type { CustomerUpdate, Profile } from '../../schemas/types.ts';
import { emptyProfile } from './empty-profile.ts';
import { isDeletion } from './erasure.ts';

/**
 * The profile after an update or a deletion; undefined: there is none. `erases`: what was known before is forgotten. A refusal of
 * consent outlives a deletion: forgetting somebody must not turn a no into a yes.
 */
export function profileAfter(
  customerId: string,
  known: Profile | undefined,
  update: CustomerUpdate | null,
  erases: boolean,
): Profile | undefined {
  if (update !== null && !isDeletion(update)) return applyUpdate(erases ? undefined : known, update);
  const isRefused = known?.consent === false || update?.consent === false;
  return isRefused ? { ...emptyProfile(customerId), consent: false } : undefined;
}

/** The profile after the update. Without consent nothing is left in it but the refusal; with consent anew it starts afresh. */
export function applyUpdate(profile: Profile | undefined, update: CustomerUpdate): Profile {
  if (!update.consent) return { ...emptyProfile(update.customer_id), consent: false };
  const known = profile?.consent === true ? profile : emptyProfile(update.customer_id);
  return {
    ...known,
    age: update.age,
    gender: update.gender,
    location: update.location,
    // What the interactions said stays when the update says nothing.
    language: update.language ?? known.language,
    preferences: update.preferences,
    manual_segment: update.segment === '' ? null : update.segment,
  };
}
