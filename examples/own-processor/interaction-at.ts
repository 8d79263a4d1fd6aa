// An interaction for the example and its test: a view of an item at a given time, with everything else left empty.
import { randomUUID } from 'node:crypto';
import type { Interaction } from '../../schemas/types.ts';

export function interactionAt(customerId: string, time: string | number): Interaction {
  const timestamp = new Date(time).getTime();
  return {
    interaction_id: randomUUID(),
    customer_id: customerId,
    timestamp,
    received_at: timestamp,
    event_type: 'view',
    item_id: 'lamp',
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
  };
}
