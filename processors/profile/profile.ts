// The processor `profile`: folds everything a customer does into one bounded profile, and tells the session index and the items.
import { processor, type Event } from '../../streams/index.ts';
import type { CustomerUpdate, Interaction } from '../../schemas/types.ts';
import * as topics from '../../schemas/topics.ts';
import { catalogue } from '../lookups/catalogue.ts';
import { rulesLookup } from '../lookups/rules.ts';
import { classify } from '../segment/classify.ts';
import { thresholdsAt } from '../segment/thresholds.ts';
import { applyInteraction, isRepeat } from './apply-interaction.ts';
import { profileAfter } from './apply-update.ts';
import { interactionProblem, updateProblem } from './check.ts';
import { emptyProfile } from './empty-profile.ts';
import { erasureBy, isErased } from './erasure.ts';
import { itemEventsOf } from './item-events.ts';
import { publicSession, sessionKeysOf } from './session.ts';

export const profile = processor({
  name: 'profile',
  reads: { interactions: topics.interactions, customers: topics.customers },
  keeps: { profiles: topics.profiles, erasures: topics.erasures },
  looksUp: { catalogue, rules: rulesLookup },
  writes: { sessions: topics.sessions, itemEvents: topics.itemEvents },
  on: {
    interactions(event: Event<Interaction>, context) {
      const { tables, lookups, out } = context;
      const interaction = event.value ?? context.reject('no_value', 'an interaction without a value');
      const problem = interactionProblem(event.key, interaction);
      if (problem !== undefined) context.reject(problem.reason, problem.message);

      if (isErased(tables.erasures.get(event.key), interaction, event.timeMs)) return context.count('erased');
      const customer = tables.profiles.get(event.key) ?? emptyProfile(event.key);
      if (!customer.consent) return context.count('no_consent');
      if (isRepeat(customer, interaction)) return context.count('repeated');

      const item = interaction.item_id === null ? undefined : lookups.catalogue.attributesOf(interaction.item_id);
      const step = applyInteraction(customer, interaction, event.timeMs, item);
      tables.profiles.set(event.key, customer);

      if (step.visit.isNew && customer.session !== null) {
        out.sessions.send(customer.session.session_key, publicSession(event.key, customer.session));
      }
      // The segment is a pure function of the profile: the processor `segment`, which comes later, finds the same.
      const { segment } = classify(customer, thresholdsAt(lookups.rules, event.timeMs), event.timeMs);
      for (const itemEvent of itemEventsOf(interaction, event.timeMs, step, segment)) {
        out.itemEvents.send(itemEvent.item_id, itemEvent);
      }
    },

    customers(event: Event<CustomerUpdate>, context) {
      const { profiles, erasures } = context.tables;
      const update = event.value;
      const problem = update === null ? undefined : updateProblem(event.key, update);
      if (problem !== undefined) context.reject(problem.reason, problem.message);

      const known = profiles.get(event.key);
      const erasure = erasureBy(event, erasures.get(event.key));
      if (erasure !== undefined) erasures.set(event.key, erasure);
      const next = profileAfter(event.key, known, update, erasure !== undefined);
      if (known !== undefined && (erasure !== undefined || next?.consent !== true)) {
        for (const key of sessionKeysOf(known)) context.out.sessions.send(key, null);
      }
      if (next === undefined) profiles.delete(event.key);
      else profiles.set(event.key, next);
    },
  },
});
