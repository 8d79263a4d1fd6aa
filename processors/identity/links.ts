// Whom a visitor turned out to be, and whose the things are that it does. Links are ordered by time; lists are never changed in place.
import type { Link } from '../../schemas/types.ts';
import { limits } from '../profile/limits.ts';

/**
 * Whose it is when the visitor does something at `atMs`: that of the last link until then. What comes before all links belongs to
 * who takes the history. By time and not by arrival, so that late events go where they belong. undefined: to nobody but the visitor.
 */
export function ownerAt(links: readonly Link[], atMs: number): string | undefined {
  const link = links.findLast(({ linked_at }) => linked_at <= atMs) ?? links.find((each) => each.takes_history);
  return link?.customer_id;
}

/** The first link takes what the visitor did so far, a later one only what follows. undefined: the visitor is that customer already. */
export function withLink(links: readonly Link[], customerId: string, atMs: number): Link[] | undefined {
  if (ownerAt(links, atMs) === customerId) return undefined;
  const link = { customer_id: customerId, linked_at: atMs, takes_history: links.length === 0 };
  const place = links.findLastIndex(({ linked_at }) => linked_at <= atMs) + 1;
  return links.toSpliced(place, 0, link).slice(-limits.linksMax);
}

/**
 * As if it had never been told that the visitor is this customer. Who alone remains takes the whole history, if it was anybody's; of
 * several, nobody gets what the customer had meanwhile: it was counted as one and can't be told apart.
 */
export function withoutCustomer(links: readonly Link[], customerId: string): Link[] {
  const others = links.filter(({ customer_id }) => customer_id !== customerId);
  const [first] = others;
  const isWhole = links.some(({ takes_history }) => takes_history);
  const isAlone = others.every(({ customer_id }) => customer_id === first?.customer_id);
  return first !== undefined && isWhole && isAlone ? [{ ...first, takes_history: true }] : others;
}

/** What remains of the links when the customer is to be forgotten, with the history: nobody can have that any more. */
export function afterForgetting(links: readonly Link[], customerId: string, erasedAt: number): Link[] {
  return links
    .filter(({ customer_id, linked_at }) => customer_id !== customerId || linked_at > erasedAt)
    .map((link) => ({ ...link, takes_history: link.takes_history && link.customer_id === customerId }));
}
