// The processor `profile`: folds everything a customer does into one bounded profile, and tells the session index and the items.
import { processor, type Event } from '../../streams/index.ts';
import type { CustomerUpdate, Interaction, Profile } from '../../schemas/types.ts';
import { hearVisitor } from '../identity/hear-visitor.ts';
import { identify } from '../identity/identify.ts';
import { keepCustomer, knownCustomer } from '../identity/known-customer.ts';
import { ownerAt } from '../identity/links.ts';
import { startAfresh } from '../identity/start-afresh.ts';
import { did } from '../identity/visitor-events.ts';
import { classify, NEWCOMERS } from '../segment/classify.ts';
import { thresholdsAt } from '../segment/thresholds.ts';
import { applyInteraction, isRepeat, type Step } from './apply-interaction.ts';
import { profileAfter } from './apply-update.ts';
import { interactionProblem, updateProblem } from './check.ts';
import { doubtedOf, NO_ITEMS } from './doubt.ts';
import { emptyProfile } from './empty-profile.ts';
import { erasureBy, isErased } from './erasure.ts';
import { itemEventsOf } from './item-events.ts';
import { isQuarantined, noteBurst } from './quarantine.ts';
import { publicSession, sessionKeysOf } from './session.ts';
import { shape, type ProfileContext } from './shape.ts';

export const profile = processor({
  name: 'profile',
  ...shape,
  rekeys: ['visitorEvents'],
  on: { interactions: learn, customers: update, identities: identify, visitorEvents: hearVisitor },
});

function learn(event: Event<Interaction>, context: ProfileContext): void {
  const { tables, lookups, out } = context;
  const interaction = event.value ?? context.reject('no_value', 'an interaction without a value');
  const problem = interactionProblem(event.key, interaction);
  if (problem !== undefined) context.reject(problem.reason, problem.message);

  if (isErased(tables.erasures.get(event.key), interaction, event.timeMs)) return context.count('erased');
  const { own = emptyProfile(event.key), joined } = knownCustomer(tables, event.key);
  if (!own.consent) return context.count('no_consent');
  if (isRepeat(own, interaction)) return context.count('repeated');

  const item = interaction.item_id === null ? undefined : lookups.catalogue.attributesOf(interaction.item_id);
  const step = applyInteraction(own, interaction, event.timeMs, item);
  const isCaught = noteBurst(own, interaction, event.timeMs);
  const customer = keepCustomer(tables, event.key, { own, joined }) ?? own;

  if (isCaught) for (const key of sessionKeysOf(own)) out.sessions.send(key, null);
  if (isQuarantined(own, event.timeMs)) context.count('quarantined');
  else teachOthers(own, customer, interaction, { step, atMs: event.timeMs }, context);
  if (own.links.length > 0) tellOwner(own, interaction, event.timeMs, context);
}

/** What the session index and the items learn from an interaction. */
function teachOthers(
  own: Profile,
  customer: Profile,
  interaction: Interaction,
  { step, atMs }: { readonly step: Step; readonly atMs: number },
  context: ProfileContext,
): void {
  const { lookups, out } = context;
  // The segment is a pure function of the profile: the processor `segment`, which comes later, finds the same.
  const { segment } = classify(customer, thresholdsAt(lookups.rules, atMs), atMs);
  const doubted = segment === NEWCOMERS ? doubtedIn(own, interaction, { step, atMs }, context) : NO_ITEMS;
  if (step.visit.isNew && own.session !== null) {
    const { items, ...session } = publicSession(own.customer_id, own.session);
    out.sessions.send(session.session_key, { ...session, items: items.filter((itemId) => !doubted.has(itemId)) });
  }
  const place = customer.location ?? interaction.context['location'] ?? null;
  for (const itemEvent of itemEventsOf(interaction, atMs, step, { segment, location: place }, doubted)) {
    out.itemEvents.send(itemEvent.item_id, itemEvent);
  }
}

/** Looked for only where something is learnt of items together. */
function doubtedIn(
  { session }: Profile,
  { item_id }: Interaction,
  { step, atMs }: { readonly step: Step; readonly atMs: number },
  context: ProfileContext,
): ReadonlySet<string> {
  if (item_id === null || !(step.visit.isNew || step.basket.isNewItem)) return NO_ITEMS;
  const together = [item_id, ...(session?.items ?? []), ...step.basket.others];
  return doubtedOf(together, context.lookups.catalogue, atMs, () => context.random());
}

function tellOwner({ customer_id, links }: Profile, interaction: Interaction, atMs: number, { out }: ProfileContext) {
  const owner = ownerAt(links, atMs);
  if (owner === undefined) return;
  out.visitorEvents.send(owner, did({ anonymous_id: customer_id, customer_id: owner }, interaction));
}

function update(event: Event<CustomerUpdate>, context: ProfileContext): void {
  const { tables } = context;
  const told = event.value;
  const problem = told === null ? undefined : updateProblem(event.key, told);
  if (problem !== undefined) context.reject(problem.reason, problem.message);

  const known = knownCustomer(tables, event.key);
  const erasure = erasureBy(event, tables.erasures.get(event.key));
  if (erasure !== undefined) tables.erasures.set(event.key, erasure);
  const next = profileAfter(event.key, known.own, told, erasure !== undefined);
  if (erasure === undefined && next?.consent === true) {
    keepCustomer(tables, event.key, { own: next, joined: known.joined });
    return;
  }
  const links = known.own?.links ?? [];
  const kept = links.filter(({ linked_at }) => erasure !== undefined && linked_at > erasure.erased_at);
  const rest = kept.length === 0 ? next : { ...(next ?? emptyProfile(event.key)), links: kept };
  const owners = links.map(({ customer_id }) => customer_id);
  startAfresh(context, event.key, known, rest, owners, {
    erasedAt: tables.erasures.get(event.key)?.erased_at ?? null,
    isRefused: next?.consent === false,
  });
}
