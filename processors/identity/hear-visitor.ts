// What comes from the other side of a link. To a customer: what a visitor did. To a visitor: what the customer wants forgotten.
import type { JoinedHistories, JoinedVisitor, Profile, VisitorEvent } from '../../schemas/types.ts';
import type { Event } from '../../streams/index.ts';
import { applyInteraction } from '../profile/apply-interaction.ts';
import { emptyProfile } from '../profile/empty-profile.ts';
import { isErased } from '../profile/erasure.ts';
import { limits } from '../profile/limits.ts';
import type { ProfileContext } from '../profile/shape.ts';
import { keepCustomer, knownCustomer } from './known-customer.ts';
import { afterForgetting } from './links.ts';
import { startAfresh } from './start-afresh.ts';
import { forget as forgetting } from './visitor-events.ts';

export function hearVisitor(event: Event<VisitorEvent>, context: ProfileContext): void {
  const told = event.value ?? context.reject('no_value', 'a visitor event without a value');
  switch (told.kind) {
    case 'joined':
      return join(told, context);
    case 'did':
      return follow(told, event.timeMs, context);
    case 'left':
      return leave(told, context);
    case 'forget':
      return forget(told, context);
  }
}

function join(told: VisitorEvent, context: ProfileContext): void {
  const { tables, out } = context;
  const { anonymous_id, customer_id, linked_at } = told;
  const history = told.history ?? emptyProfile(anonymous_id);
  const erasedAt = tables.erasures.get(customer_id)?.erased_at;
  if (erasedAt !== undefined && Math.min(linked_at ?? 0, beginningOf(history)) <= erasedAt) {
    context.count('erased');
    return out.visitorEvents.send(anonymous_id, forgetting(told, { erasedAt, isRefused: false }));
  }
  const known = knownCustomer(tables, customer_id);
  if (known.own?.consent === false) {
    context.count('no_consent');
    return out.visitorEvents.send(anonymous_id, forgetting(told, { erasedAt: null, isRefused: true }));
  }
  const former = known.joined ?? { customer_id, own: null, visitors: [] };
  const visitors = withVisitor(former, { anonymous_id, history });
  if (visitors.length > limits.visitorsMax) {
    context.reject('too_many_visitors', `${customer_id} has ${limits.visitorsMax} visitors; no more can be joined`);
  }
  keepCustomer(tables, customer_id, { own: known.own, joined: { ...former, visitors } });
}

function follow({ anonymous_id, customer_id, interaction }: VisitorEvent, atMs: number, context: ProfileContext): void {
  const { tables, lookups } = context;
  const known = knownCustomer(tables, customer_id);
  const visitor = known.joined?.visitors.find((each) => each.anonymous_id === anonymous_id);
  if (visitor === undefined || interaction === null) return context.count('not_joined');
  if (isErased(tables.erasures.get(customer_id), interaction, atMs)) return context.count('erased');
  const item = interaction.item_id === null ? undefined : lookups.catalogue.attributesOf(interaction.item_id);
  // A repeat has not come so far, and the items have heard of it from the visitor.
  applyInteraction(visitor.history, interaction, atMs, item);
  keepCustomer(tables, customer_id, known);
}

function leave({ anonymous_id, customer_id }: VisitorEvent, context: ProfileContext): void {
  const { tables } = context;
  const { own, joined } = knownCustomer(tables, customer_id);
  const visitors = joined?.visitors.filter((each) => each.anonymous_id !== anonymous_id);
  if (joined === undefined || visitors?.length === joined.visitors.length) return context.count('not_joined');
  keepCustomer(tables, customer_id, { own, joined: { ...joined, visitors: visitors ?? [] } });
}

/** A refusal holds for the visitor, too; a deletion for what it did up to then. */
function forget(told: VisitorEvent, context: ProfileContext): void {
  const { anonymous_id, customer_id, erased_at: erasedAt, refused: isRefused } = told;
  const { erasures } = context.tables;
  const isNews = erasedAt !== null && erasedAt > (erasures.get(anonymous_id)?.erased_at ?? -Infinity);
  if (!isNews && !isRefused) return context.count('repeated');
  if (isNews) erasures.set(anonymous_id, { customer_id: anonymous_id, erased_at: erasedAt });

  const known = knownCustomer(context.tables, anonymous_id);
  const links = afterForgetting(known.own?.links ?? [], customer_id, isRefused ? Infinity : (erasedAt ?? Infinity));
  const consent = !isRefused && known.own?.consent !== false;
  const isGone = consent && links.length === 0;
  const next: Profile | undefined = isGone ? undefined : { ...emptyProfile(anonymous_id), consent, links };
  const isLinkedAnew = links.some((link) => link.customer_id === customer_id);
  startAfresh(context, anonymous_id, known, next, isLinkedAnew ? [customer_id] : [], { erasedAt, isRefused });
}

function withVisitor({ visitors }: JoinedHistories, visitor: JoinedVisitor): JoinedVisitor[] {
  const others = visitors.filter(({ anonymous_id }) => anonymous_id !== visitor.anonymous_id);
  return [...others, visitor].toSorted((a, b) => (a.anonymous_id < b.anonymous_id ? -1 : 1));
}

function beginningOf({ first_seen, recent }: Profile): number {
  return Math.min(first_seen ?? Infinity, recent[0]?.timestamp ?? Infinity);
}
