// Values with every field filled, of which a test names only what it is about.
import type { Item, ItemFeatures, Profile, Ranking, Recommendations, Segment } from '../../schemas/types.ts';
import type { Topology, TopologyProcessor } from '../dependencies.ts';

export const nowMs = Date.UTC(2026, 10, 22, 20, 15);
/** Records that were handled before a test began. */
export const runningSince = 100;

export function anItem(fields: Partial<Item> = {}): Item {
  return {
    item_id: 'kettle',
    updated_at: nowMs,
    title: 'Kettle',
    description: null,
    categories: ['Kitchen'],
    brand: 'Acme',
    tags: [],
    price: 39.9,
    cost: 12,
    url: null,
    image_url: null,
    in_stock: true,
    hidden: false,
    published_at: null,
    expires_at: null,
    attributes: {},
    ...fields,
  };
}

export function aProfile(fields: Partial<Profile> = {}): Profile {
  return {
    customer_id: 'ada',
    consent: true,
    age: 36,
    gender: 'female',
    location: 'London',
    language: 'en',
    preferences: { newsletter: 'weekly' },
    manual_segment: null,
    first_seen: nowMs - 86_400_000,
    last_activity: nowMs,
    last_purchase: nowMs - 3_600_000,
    lifetime_value: 120.5,
    orders: 2,
    items_bought: 3,
    sessions: 4,
    counts: { view: 10, purchase: 2 },
    channels: { web: 12 },
    recent: [{ interaction_id: 'i-1', item_id: 'teapot', event_type: 'view', timestamp: nowMs - 5000, value: null }],
    bought: [],
    categories: [
      { name: 'Kitchen', heat: Math.log(1) },
      { name: 'Garden', heat: Math.log(3) },
    ],
    brands: [],
    price_taste: null,
    session: null,
    basket: null,
    seen_ids: Buffer.alloc(0),
    seen_baskets: Buffer.alloc(0),
    anonymous_ids: [],
    links: [],
    quarantined_until: null,
    ...fields,
  };
}

export function aSegment(fields: Partial<Segment> = {}): Segment {
  return {
    customer_id: 'ada',
    segment: 'Premium',
    previous: 'Standard',
    since: nowMs - 3_600_000,
    manual: false,
    recency_days: 0,
    frequency: 2,
    monetary: 120.5,
    thresholds_version: 1,
    updated_at: nowMs,
    ...fields,
  };
}

export function aList(fields: Partial<Recommendations> = {}): Recommendations {
  return {
    recommendation_id: 'r-1',
    customer_id: 'ada',
    timestamp: nowMs - 1000,
    segment: 'Premium',
    model: 'blend-2',
    partition: 1,
    position: 42,
    lookups: {},
    because: [{ interaction_id: 'i-1', item_id: 'teapot', event_type: 'view', timestamp: nowMs - 5000 }],
    items: [
      { item_id: 'kettle', score: 0.9, algorithm: 'session_knn', because: [0], propensity: 1 },
      { item_id: 'mug', score: 0.5, algorithm: 'popular', because: [], propensity: 1 },
    ],
    ...fields,
  };
}

export function aRanking(list: string, ...itemIds: string[]): Ranking {
  const items = itemIds.map((item_id, index) => ({ item_id, score: itemIds.length - index }));
  return { list, updated_at: nowMs, parts: [], items };
}

export function features(fields: Partial<ItemFeatures> = {}): ItemFeatures {
  return {
    item_id: 'kettle',
    updated_at: nowMs,
    views: 100,
    carts: 10,
    purchases: 5,
    revenue: 199.5,
    conversion: 0.05,
    hour_heat: 1,
    day_heat: 2,
    sessions: 80,
    session_heat: 2,
    newcomer_share: 0.5,
    baskets: 5,
    baskets_opened: 1,
    neighbours: [
      { item_id: 'teapot', score: 0.8 },
      { item_id: 'mug', score: 0.4 },
    ],
    bought_together: [{ item_id: 'mug', count: 2 }],
    ...fields,
  };
}

/** Two stages, of which the first hands something over within. */
export const aTopology: Topology = {
  stages: [
    {
      name: 'customers',
      processors: [
        aProcessor('profile', {
          reads: ['interactions'],
          looksUp: ['catalogue'],
          keeps: ['profiles'],
          writes: ['item-events'],
        }),
        aProcessor('segment', { reads: ['profiles'], keeps: ['segments'] }),
      ],
    },
    { name: 'items', processors: [aProcessor('feature', { reads: ['item-events'], keeps: ['item-features'] })] },
  ],
  lookups: [{ name: 'catalogue', reads: ['items'] }],
  sinks: [{ name: 'serve', reads: ['profiles', 'segments', 'item-features'] }],
};

function aProcessor(name: string, declared: Partial<TopologyProcessor>): TopologyProcessor {
  return { name, reads: [], keeps: [], joins: [], looksUp: [], writes: [], ...declared };
}
