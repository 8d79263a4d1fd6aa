// An interaction for the example and its test: a view of an item at a given time, with everything else left empty.
import { randomUUID } from 'node:crypto';
import { plainInteraction } from '../../schemas/plain-interaction.ts';
import type { Interaction } from '../../schemas/types.ts';

export function interactionAt(customerId: string, time: string | number): Interaction {
  return plainInteraction({
    interaction_id: randomUUID(),
    customer_id: customerId,
    timestamp: new Date(time).getTime(),
    event_type: 'view',
    item_id: 'lamp',
  });
}
