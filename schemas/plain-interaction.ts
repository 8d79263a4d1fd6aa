// An interaction of which only the necessary is told: everything else is as when nobody says anything of it.
import type { Interaction } from './types.ts';

type Necessary = 'interaction_id' | 'customer_id' | 'timestamp' | 'event_type';

/** Received when it happened, unless `told` says otherwise. */
export function plainInteraction(told: Pick<Interaction, Necessary> & Partial<Interaction>): Interaction {
  return {
    received_at: told.timestamp,
    item_id: null,
    channel: null,
    context: {},
    session_id: null,
    value: null,
    quantity: 1,
    currency: null,
    recommendation_id: null,
    position: null,
    campaign_id: null,
    anonymous_id: null,
    backfill: false,
    ...told,
  };
}
