// A list that was shown to ann.
import type { Impression } from '../../schemas/types.ts';

/** Two items, by one source. */
export const shown = (placement: string | null, timestamp: number, rest: Partial<Impression> = {}): Impression => ({
  impression_id: `${placement}-${timestamp}`,
  customer_id: 'ann',
  timestamp,
  received_at: timestamp,
  kind: 'served',
  recommendation_id: 'list-1',
  placement,
  channel: null,
  session_id: null,
  anonymous_id: null,
  campaign_id: null,
  experiment: null,
  variant: null,
  items: ['pan', 'pot'].map((item_id, place) => ({ item_id, rank: place + 1, algorithm: 'tastes', propensity: 1 })),
  ...rest,
});
