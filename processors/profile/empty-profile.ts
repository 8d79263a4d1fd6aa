// The profile of a customer of whom nothing is known.
import type { Profile } from '../../schemas/types.ts';

export function emptyProfile(customerId: string): Profile {
  return {
    customer_id: customerId,
    consent: true,
    age: null,
    gender: null,
    location: null,
    language: null,
    preferences: {},
    manual_segment: null,
    first_seen: null,
    last_activity: null,
    last_purchase: null,
    lifetime_value: 0,
    orders: 0,
    items_bought: 0,
    sessions: 0,
    counts: {},
    channels: {},
    recent: [],
    bought: [],
    categories: [],
    brands: [],
    price_taste: null,
    session: null,
    basket: null,
    seen_ids: Buffer.alloc(0),
    seen_baskets: Buffer.alloc(0),
    anonymous_ids: [],
    links: [],
    quarantined_until: null,
  };
}
