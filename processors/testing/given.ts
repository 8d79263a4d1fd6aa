// Words for tests: customers, items and interactions with all that a test does not care about filled in.
import { plainInteraction } from '../../schemas/plain-interaction.ts';
import type { CustomerUpdate, Identity, Interaction, Item, ItemEvent } from '../../schemas/types.ts';

const MINUTE_MS = 60_000;
/** When the stories of the tests begin. */
export const START_MS = Date.UTC(2026, 0, 5, 9);

/** So many minutes after the beginning. */
export function at(minutes: number): number {
  return START_MS + minutes * MINUTE_MS;
}

let interactionsMade = 0;

/** `interaction('view', 'mug', at(3))`; each call makes another id. */
export function interaction(
  event_type: string,
  item_id: string | null,
  timestamp: number,
  rest: Partial<Interaction> = {},
): Interaction {
  interactionsMade += 1;
  const told = { interaction_id: `i${interactionsMade}`, customer_id: 'ann', timestamp, event_type, item_id };
  return plainInteraction({ ...told, channel: 'web', ...rest });
}

/** The visitor turned out to be the customer. */
export function identity(
  anonymous_id: string,
  customer_id: string,
  timestamp: number,
  rest: Partial<Identity> = {},
): Identity {
  return { anonymous_id, customer_id, timestamp, received_at: timestamp, withdrawn: false, ...rest };
}

export function customer(customer_id: string, rest: Partial<CustomerUpdate> = {}): CustomerUpdate {
  const unknown = { age: null, gender: null, location: null, language: null, segment: null, erased_at: null };
  return { customer_id, updated_at: START_MS, ...unknown, preferences: {}, consent: true, ...rest };
}

export function item(item_id: string, rest: Partial<Item> = {}): Item {
  return {
    item_id,
    updated_at: START_MS,
    title: item_id,
    description: null,
    categories: [],
    brand: null,
    tags: [],
    price: null,
    cost: null,
    url: null,
    image_url: null,
    in_stock: true,
    hidden: false,
    published_at: null,
    expires_at: null,
    attributes: {},
    ...rest,
  };
}

export function itemEvent(item_id: string, timestamp: number, rest: Partial<ItemEvent> = {}): ItemEvent {
  return {
    item_id,
    kind: 'interaction',
    event_type: 'view',
    timestamp,
    new_in_session: false,
    new_in_basket: false,
    opens_basket: false,
    covisited: [],
    cobought: [],
    channel: null,
    segment: null,
    campaign_id: null,
    location: null,
    value: null,
    quantity: 1,
    ...rest,
  };
}
