// A visitor turned out to be a customer, or did not after all: handled where the visitor's own history is.
import { isDeepStrictEqual } from 'node:util';
import type { Identity, Profile } from '../../schemas/types.ts';
import type { Event } from '../../streams/index.ts';
import { idProblem, keyProblem, type Problem } from '../profile/check.ts';
import { emptyProfile } from '../profile/empty-profile.ts';
import { isErased } from '../profile/erasure.ts';
import type { ProfileContext } from '../profile/shape.ts';
import { keepCustomer, knownCustomer } from './known-customer.ts';
import { withLink, withoutCustomer } from './links.ts';
import { joined, left } from './visitor-events.ts';

export function identify(event: Event<Identity>, context: ProfileContext): void {
  const { tables } = context;
  const identity = event.value ?? context.reject('no_value', 'an identity without a value');
  const problem = identityProblem(event.key, identity);
  if (problem !== undefined) context.reject(problem.reason, problem.message);
  if (isErased(tables.erasures.get(event.key), identity, event.timeMs)) return context.count('erased');

  const known = knownCustomer(tables, event.key);
  const own = known.own ?? emptyProfile(event.key);
  if (!own.consent) return context.count('no_consent');
  const next = identity.withdrawn ? unlinked(own, identity, context) : linked(own, identity, event.timeMs, context);
  if (next !== own) keepCustomer(tables, event.key, { ...known, own: isNobody(next) ? undefined : next });
}

function linked(own: Profile, identity: Identity, atMs: number, context: ProfileContext): Profile {
  const { customer_id } = identity;
  const links = withLink(own.links, customer_id, atMs);
  if (links === undefined) {
    context.count('repeated');
    return own;
  }
  if (!own.links.some((link) => link.customer_id === customer_id)) {
    const history = own.links.length === 0 ? own : emptyProfile(own.customer_id);
    context.out.visitorEvents.send(customer_id, joined(identity, atMs, history));
  }
  return { ...own, links };
}

/** The customer is told in any case: an old link may be forgotten here and known there. */
function unlinked(own: Profile, identity: Identity, { out }: ProfileContext): Profile {
  const links = withoutCustomer(own.links, identity.customer_id);
  out.visitorEvents.send(identity.customer_id, left(identity));
  const [first] = links;
  if (first?.takes_history === true && links.length < own.links.length) {
    out.visitorEvents.send(
      first.customer_id,
      joined({ ...identity, customer_id: first.customer_id }, first.linked_at, own),
    );
  }
  return { ...own, links };
}

/** Known by a link alone, which was taken back. */
function isNobody(profile: Profile): boolean {
  return profile.seen_ids.length === 0 && isDeepStrictEqual(profile, emptyProfile(profile.customer_id));
}

function identityProblem(key: string, { anonymous_id, customer_id }: Identity): Problem | undefined {
  return (
    idProblem('anonymous_id', anonymous_id) ??
    idProblem('customer_id', customer_id) ??
    keyProblem(key, 'anonymous_id', anonymous_id) ??
    (anonymous_id === customer_id
      ? { reason: 'same_ids', message: `${customer_id} can't turn out to be itself` }
      : undefined)
  );
}
