// Forgets what somebody did: a deletion, or a refusal of consent. Whoever else holds a part of it is told.
import type { Profile } from '../../schemas/types.ts';
import { emptyProfile } from '../profile/empty-profile.ts';
import { sessionKeysOf } from '../profile/session.ts';
import type { ProfileContext } from '../profile/shape.ts';
import type { KnownCustomer } from './known-customer.ts';
import { forget, joined, left, type Forgetting } from './visitor-events.ts';

/**
 * @param next what remains; undefined: nothing.
 * @param owners those of the visitor's customers that are to forget, too.
 */
export function startAfresh(
  { tables, out }: ProfileContext,
  id: string,
  known: KnownCustomer,
  next: Profile | undefined,
  owners: Iterable<string>,
  forgetting: Forgetting,
): void {
  if (known.own !== undefined) for (const key of sessionKeysOf(known.own)) out.sessions.send(key, null);
  for (const { anonymous_id } of known.joined?.visitors ?? []) {
    out.visitorEvents.send(anonymous_id, forget({ anonymous_id, customer_id: id }, forgetting));
  }
  for (const owner of new Set(owners)) {
    const pair = { anonymous_id: id, customer_id: owner };
    const link = next?.links.find(({ customer_id }) => customer_id === owner);
    const event = link === undefined ? left(pair) : joined(pair, link.linked_at, emptyProfile(id));
    out.visitorEvents.send(owner, event);
  }
  if (known.joined !== undefined) tables.joinedHistories.delete(id);
  if (next === undefined) tables.profiles.delete(id);
  else tables.profiles.set(id, next);
}
