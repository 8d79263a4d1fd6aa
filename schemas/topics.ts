// The topic catalogue: the only place with topic names. The key of each is given in its comment.
import { table, topic } from '../streams/index.ts';
import { avroCodec, avroPart } from './avro.ts';
import type * as types from './types.ts';

const DAY_MS = 86_400_000;
/**
 * Of each partition: what waits for the next stage goes by what came after it. By its age it would go before it is handled, when its events
 * were imported and are of long ago.
 */
const HANDED_OVER_BYTES = 1024 ** 3;

/** By customer_id. The history: kept for ever unless a retention is set on the log. */
export const interactions = topic<types.Interaction>({
  name: 'interactions',
  codec: avroCodec('interactions'),
  cleanup: 'delete',
  eventTimeMs: (value) => value.timestamp,
  receivedAtMs: (value) => value.received_at,
  isBackfill: (value) => value.backfill,
  lateLimitMs: 30 * DAY_MS,
});

/** By customer_id. */
export const customers = topic<types.CustomerUpdate>({
  name: 'customers',
  codec: avroCodec('customers'),
  cleanup: 'compact',
});

/** By customer_id: which lists were put in front of whom. Nothing is computed from them yet. */
export const impressions = topic<types.Impression>({
  name: 'impressions',
  codec: avroCodec('impressions'),
  cleanup: 'delete',
  retentionMs: 180 * DAY_MS,
  eventTimeMs: (value) => value.timestamp,
  receivedAtMs: (value) => value.received_at,
});

/** By anonymous_id, as are the events of a visitor: which customer it turned out to be. The history, kept for ever. */
export const identities = topic<types.Identity>({
  name: 'identities',
  codec: avroCodec('identities'),
  cleanup: 'delete',
  eventTimeMs: (value) => value.timestamp,
  receivedAtMs: (value) => value.received_at,
});

/** By the customer_id or the anonymous_id that it is for: what passes between visitors and who they turned out to be. */
export const visitorEvents = topic<types.VisitorEvent>({
  name: 'visitor-events',
  codec: avroCodec('visitor-events'),
  cleanup: 'delete',
  retentionBytes: HANDED_OVER_BYTES,
});

/** By item_id. */
export const items = topic<types.Item>({ name: 'items', codec: avroCodec('items'), cleanup: 'compact' });

/** By rule_id. */
export const rules = topic<types.Rule>({ name: 'rules', codec: avroCodec('rules'), cleanup: 'compact' });

/** By customer_id. */
export const profiles = table<types.Profile>({ name: 'profiles', codec: avroCodec('profiles') });

/** By customer_id: of customers whom visitors turned out to be, the histories that their profile is joined from. */
export const joinedHistories = table<types.JoinedHistories>({
  name: 'joined-histories',
  codec: avroCodec('joined-histories'),
});

/** What a profile says of consent alone: asked for each event that is posted. */
export const profileConsent = avroPart<Pick<types.Profile, 'consent'>>('profiles', ['consent']);

/** By customer_id: who was deleted, and when. */
export const erasures = table<types.Erasure>({ name: 'erasures', codec: avroCodec('erasures') });

/** By customer_id. */
export const segments = table<types.Segment>({ name: 'segments', codec: avroCodec('segments') });

/** By customer_id. */
export const recommendations = topic<types.Recommendations>({
  name: 'recommendations',
  codec: avroCodec('recommendations'),
  cleanup: 'compact',
});

/** By session key: the latest sessions of all customers, for the session index. */
export const sessions = topic<types.Session>({
  name: 'sessions',
  codec: avroCodec('sessions'),
  cleanup: 'compact,delete',
  retentionMs: 90 * DAY_MS,
});

/** By item_id: what happened to items, from the customers stage to the items stage. */
export const itemEvents = topic<types.ItemEvent>({
  name: 'item-events',
  codec: avroCodec('item-events'),
  cleanup: 'delete',
  retentionBytes: HANDED_OVER_BYTES,
});

/** By item_id: internal to the items stage, the source of the features. */
export const itemActivity = table<types.ItemActivity>({ name: 'item-activity', codec: avroCodec('item-activity') });

/** By item_id. */
export const itemFeatures = table<types.ItemFeatures>({ name: 'item-features', codec: avroCodec('item-features') });

/** By number of the partition: how many baskets its items have opened. */
export const basketTotals = table<types.BasketTotal>({ name: 'basket-totals', codec: avroCodec('basket-totals') });

/** By list name: the hottest items of this partition. Internal to the items stage, the source of the ranking parts. */
export const listHeads = table<types.ListHead>({ name: 'list-heads', codec: avroCodec('list-heads') });

/** By list name: each item partition's best, from the items stage to the rankings stage. */
export const rankingParts = topic<types.RankingPart>({
  name: 'ranking-parts',
  codec: avroCodec('ranking-parts'),
  cleanup: 'compact',
});

/** By list name and part: internal to the rankings stage, what its lists are merged from. */
export const listParts = table<types.RankingPart>({ name: 'list-parts', codec: avroCodec('ranking-parts') });

/** By list name. */
export const rankings = table<types.Ranking>({ name: 'rankings', codec: avroCodec('rankings') });

/** By name and version, as in recommend/20260301T120000Z-als: what was trained, and where its artefact lies. */
export const models = topic<types.Model>({ name: 'models', codec: avroCodec('models'), cleanup: 'compact' });

/** By import id. */
export const imports = topic<types.ImportProgress>({
  name: 'imports',
  codec: avroCodec('imports'),
  cleanup: 'compact',
});

export const catalogue = {
  interactions,
  customers,
  impressions,
  identities,
  visitorEvents,
  items,
  rules,
  profiles,
  joinedHistories,
  erasures,
  segments,
  recommendations,
  sessions,
  itemEvents,
  itemActivity,
  itemFeatures,
  basketTotals,
  listHeads,
  rankingParts,
  listParts,
  rankings,
  models,
  imports,
} as const;
