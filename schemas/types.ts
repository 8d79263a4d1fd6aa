// Generated from the .avsc files by generate-types.ts; do not edit.

/** Baskets that were opened by the items of one partition: all partitions' together are those of the shop. */
export interface BasketTotal {
  /** The partition. */
  part: number;
  baskets: number;
}

/** What is known of a customer apart from behaviour. Replaces the former update as a whole. */
export interface CustomerUpdate {
  customer_id: string;
  updated_at: number;
  age: number | null;
  gender: string | null;
  location: string | null;
  language: string | null;
  preferences: Record<string, string>;
  /** false: nothing is kept of this customer, and nothing more is learnt. */
  consent: boolean;
  /** A segment set by hand; it wins over the computed one. */
  segment: string | null;
  /** Whatever is of a time up to here is to be forgotten. Equal to updated_at in the deletion itself; later updates repeat it, since a compacted topic keeps only the last. */
  erased_at: number | null;
}

/** A customer was deleted: what is of a time up to then is not learnt again, whenever it arrives. */
export interface Erasure {
  customer_id: string;
  erased_at: number;
}

/** A visitor turned out to be a customer, or did not after all. */
export interface Identity {
  anonymous_id: string;
  customer_id: string;
  /** When it turned out, by the client. */
  timestamp: number;
  received_at: number;
  /** It was a mistake: as if it had never been told that this visitor is this customer. */
  withdrawn: boolean;
}

/** How far an import has come; written in the same transaction as what it brought. */
export interface ImportProgress {
  import_id: string;
  file: string;
  /** Lines read. */
  lines: number;
  accepted: number;
  rejected: number;
  bytes: number;
  finished: boolean;
  updated_at: number;
}

/** An item of the list. */
export interface ShownItem {
  item_id: string;
  /** Its place in the list, from 1. */
  rank: number;
  algorithm: string | null;
  /** Probability with which it was chosen for this place. */
  propensity: number | null;
}

/** A list of recommendations that was put in front of a customer. */
export interface Impression {
  /** Unique per impression. */
  impression_id: string;
  customer_id: string;
  /** When it happened, by the client. */
  timestamp: number;
  received_at: number;
  /** served: it was sent to be shown. seen: it was on the screen. */
  kind: 'served' | 'seen';
  /** The list that the items come from. */
  recommendation_id: string | null;
  /** Where it was shown: home, cart, newsletter, … */
  placement: string | null;
  /** web, app, email, … */
  channel: string | null;
  session_id: string | null;
  anonymous_id: string | null;
  campaign_id: string | null;
  experiment: string | null;
  /** Of the experiment. */
  variant: string | null;
  /** In the order of their ranks. */
  items: ShownItem[];
}

/** One thing a customer did. */
export interface Interaction {
  /** Unique per interaction; a repeat is counted once. */
  interaction_id: string;
  customer_id: string;
  /** When it happened, by the client. */
  timestamp: number;
  /** When Freshet received it; bounds the timestamp. */
  received_at: number;
  /** view, click, add_to_cart, remove_from_cart, purchase, … */
  event_type: string;
  item_id: string | null;
  /** web, app, email, store, … */
  channel: string | null;
  /** Whatever else the producer knows. */
  context: Record<string, string>;
  session_id: string | null;
  /** Money of this interaction in the shop's currency: of the whole line, not of one piece. */
  value: number | null;
  /** Pieces. */
  quantity: number;
  currency: string | null;
  /** The recommendation that led here. */
  recommendation_id: string | null;
  /** Place of the item in that list, from 1. */
  position: number | null;
  campaign_id: string | null;
  anonymous_id: string | null;
  /** From an import: never too late. */
  backfill: boolean;
}

/** What happened to an item, folded: the source of its features. Bounded: the coldest pairs are forgotten, totals stay. */
export interface ItemActivity {
  item_id: string;
  updated_at: number;
  views: number;
  carts: number;
  purchases: number;
  /** Value of the purchases, less refunds. */
  revenue: number;
  /** All its events, pairs included: says, beside event_heat, when the features are worth publishing. 0 when it was written before they were counted. */
  events: number;
  /** ln Σ exp(λ·t) of all its events, pairs included, half-life of an hour: says when the features are worth publishing. */
  event_heat: number;
  /** ln Σ weight·exp(λ·t) of the interactions, half-life of an hour. */
  hour_heat: number;
  /** The same with a day. */
  day_heat: number;
  /** Sessions it occurred in. */
  sessions: number;
  /** ln Σ exp(λ·t) of these sessions, half-life of 14 days: for the similarity. */
  session_heat: number;
  /** The same of sessions of customers of the segment New; null: there were none. */
  newcomer_session_heat: number | null;
  /** Baskets it occurred in, for the lift. */
  baskets: number;
  /** Baskets of which it was the first item. */
  baskets_opened: number;
  /** As day_heat, by channel. */
  channel_heats: Map<string, number>;
  /** As day_heat, by segment of the customer. */
  segment_heats: Map<string, number>;
  /** As day_heat, by campaign. */
  campaign_heats: Map<string, number>;
  /** As day_heat, by location of the customer. */
  location_heats: Map<string, number>;
  /** As session_heat, of the sessions shared with another item. */
  covisits: Map<string, number>;
  /** Baskets shared with another item. */
  basket_counts: Map<string, number>;
}

/** Something that happened to an item, without saying to whom. */
export interface ItemEvent {
  item_id: string;
  /** interaction: with the item itself. pair: another item met it, in a session or a basket; only the pairs count. */
  kind: 'interaction' | 'pair';
  event_type: string;
  timestamp: number;
  /** The first interaction with the item in its session. */
  new_in_session: boolean;
  /** The first purchase of the item in its basket. */
  new_in_basket: boolean;
  /** The first purchase of a basket: over all items these add up to the baskets. */
  opens_basket: boolean;
  /** Items it meets for the first time in a session, latest first. */
  covisited: string[];
  /** Items it meets for the first time in a basket, latest first. */
  cobought: string[];
  channel: string | null;
  /** Segment of the customer; of interactions only. */
  segment: string | null;
  /** What brought the customer; of interactions only. */
  campaign_id: string | null;
  /** Of the customer; of interactions only. */
  location: string | null;
  /** Money; negative for refunds. */
  value: number | null;
  quantity: number;
}

/** A similar item, best first. */
export interface Neighbour {
  item_id: string;
  score: number;
}

/** An item that may be a complement: whoever reads it measures by the baskets as they are then. Most promising first. */
export interface BoughtTogether {
  item_id: string;
  /** Baskets with both. */
  count: number;
}

/** What is known of an item from behaviour, when it was last worth publishing: a busy item's own counts may be some percent ahead. */
export interface ItemFeatures {
  item_id: string;
  updated_at: number;
  views: number;
  carts: number;
  purchases: number;
  /** Value of the purchases, less refunds. */
  revenue: number;
  /** Purchases by views, smoothed. */
  conversion: number;
  /** ln Σ weight·exp(λ·t) of the interactions, half-life of an hour. */
  hour_heat: number;
  /** The same with a day. */
  day_heat: number;
  /** Sessions it occurred in. */
  sessions: number;
  /** ln Σ exp(λ·t) of these sessions, half-life of 14 days: for the similarity. */
  session_heat: number;
  /** Which part of them, faded alike, customers of the segment New brought: from 0 to 1. */
  newcomer_share: number;
  /** Baskets it occurred in, for the lift. */
  baskets: number;
  /** Baskets of which it was the first item. */
  baskets_opened: number;
  neighbours: Neighbour[];
  bought_together: BoughtTogether[];
}

/** Something that can be recommended. */
export interface Item {
  item_id: string;
  updated_at: number;
  title: string | null;
  description: string | null;
  /** Most general first. */
  categories: string[];
  brand: string | null;
  tags: string[];
  price: number | null;
  cost: number | null;
  url: string | null;
  image_url: string | null;
  in_stock: boolean;
  hidden: boolean;
  published_at: number | null;
  expires_at: number | null;
  attributes: Record<string, string>;
}

/** One of the latest interactions. */
export interface RecentInteraction {
  interaction_id: string;
  item_id: string | null;
  event_type: string;
  timestamp: number;
  value: number | null;
}

/** An item bought. */
export interface BoughtItem {
  item_id: string;
  times: number;
  last_at: number;
  interaction_id: string;
}

/** Decayed interest. heat = ln Σ weight·exp(λ·t): comparable at any time without rewriting. */
export interface Affinity {
  name: string;
  heat: number;
}

/** Decayed mean and variance of ln(price). */
export interface PriceTaste {
  heat: number;
  mean: number;
  variance: number;
}

/** The session the customer is in, or was in last. */
export interface CurrentSession {
  /** customer_id~slot: the slots are used in turn, so all that was kept of a customer can be deleted. */
  session_key: string;
  started_at: number;
  last_at: number;
  /** Distinct items, latest last. */
  items: string[];
  /** When each of the items was touched last. */
  item_times: number[];
  events: number;
  /** Of its latest interaction. */
  channel: string | null;
}

/** The basket the customer bought last. */
export interface CurrentBasket {
  /** order_id or basket_id of its context; without one, the session. */
  basket_key: string;
  /** Distinct items, latest last. */
  items: string[];
}

/** Whom this visitor turned out to be from some time on. */
export interface Link {
  customer_id: string;
  linked_at: number;
  /** What the visitor did before any link is this customer's, too. */
  takes_history: boolean;
}

/** What a customer did, folded. Bounded: old detail is forgotten, totals stay. */
export interface Profile {
  customer_id: string;
  consent: boolean;
  age: number | null;
  gender: string | null;
  location: string | null;
  language: string | null;
  preferences: Record<string, string>;
  manual_segment: string | null;
  first_seen: number | null;
  last_activity: number | null;
  last_purchase: number | null;
  /** Sum of the value of purchases, less refunds. */
  lifetime_value: number;
  /** Baskets bought. */
  orders: number;
  /** Pieces, less those given back. */
  items_bought: number;
  sessions: number;
  /** Interactions by event type. */
  counts: Record<string, number>;
  /** Interactions by channel. */
  channels: Record<string, number>;
  /** Oldest first. */
  recent: RecentInteraction[];
  /** Least recently bought first. */
  bought: BoughtItem[];
  categories: Affinity[];
  brands: Affinity[];
  price_taste: PriceTaste | null;
  session: CurrentSession | null;
  basket: CurrentBasket | null;
  /** 64-bit hashes of the latest interaction ids, against duplicates. */
  seen_ids: Buffer;
  /** 64-bit hashes of the latest basket keys: each counts as one order. */
  seen_baskets: Buffer;
  /** Visitors who turned out to be this customer, in order: what they did is part of this profile. */
  anonymous_ids: string[];
  /** By time; the last one holds now. */
  links: Link[];
  /** Acted as only a program can: nobody else's lists are learnt from it before that. */
  quarantined_until: number | null;
}

/** A visitor who turned out to be the customer. */
export interface JoinedVisitor {
  anonymous_id: string;
  history: Profile;
}

/** What a customer and the visitors who turned out to be this customer did, each folded apart, so that a visitor can be taken out again. */
export interface JoinedHistories {
  customer_id: string;
  /** null: nothing is known but what the visitors did. */
  own: Profile | null;
  /** By anonymous_id. */
  visitors: JoinedVisitor[];
}

/** An item of a list. */
export interface HeadEntry {
  item_id: string;
  /** ln Σ weight·exp(λ·t), rounded down to a step, so that it is written when it matters only. */
  heat: number;
}

/** The hottest items of one list within one partition of the items. */
export interface ListHead {
  list: string;
  updated_at: number;
  /** ln Σ exp(λ·t) of its changes, half-life of an hour: says when the list is worth sending. */
  placing_heat: number;
  /** Hottest first. */
  entries: HeadEntry[];
}

/** A model that was trained from the log: what it is, how good, and where its artefact lies. */
export interface Model {
  /** What it is for: recommend. */
  name: string;
  /** Unique per name; rises with the time of training. */
  version: string;
  /** als, ease, item_knn. */
  algorithm: string;
  created_at: number;
  /** When it became the one to serve; of several the latest is. null: it was not good enough. */
  promoted_at: number | null;
  /** The schema version of the artefact. */
  artefact_format: number;
  /** Name of the artefact in the folder of models. */
  file: string;
  bytes: number;
  /** Of the whole file, in hexadecimal. */
  sha256: string;
  /** Event time of the newest interaction it was trained on. */
  trained_until: number;
  /** Next offset of interactions, by partition: all before were read. */
  positions: Record<string, number>;
  customers: number;
  items: number;
  interactions: number;
  /** Left out: they acted at a machine's rate. */
  quarantined_customers: number;
  /** As chosen on the validation split. */
  parameters: Record<string, number>;
  /** On the validation split, in [0, 1]: hit_rate@20, ndcg@20, and the champion's as champion_ndcg@20; cases counts them. */
  metrics: Record<string, number>;
  /** Version of the model that it was measured against. */
  champion: string | null;
}

/** An item of a list. */
export interface RankingEntry {
  item_id: string;
  /** ln Σ weight·exp(λ·t), rounded down to a step, so that it is written when it matters only. */
  heat: number;
}

/** The best items of one list within one partition of the items. */
export interface RankingPart {
  list: string;
  part: number;
  updated_at: number;
  /** Hottest first. */
  entries: RankingEntry[];
}

/** An item with its score at updated_at. */
export interface ListedItem {
  item_id: string;
  score: number;
}

/** A list of items, best first, for customers of whom nothing is known. */
export interface Ranking {
  /** trending, popular, popular:category:Books, popular:channel:web, popular:segment:VIP, popular:campaign:spring, popular:location:Lyon, … */
  list: string;
  updated_at: number;
  /** Item partitions that contribute, ascending. */
  parts: number[];
  items: ListedItem[];
}

/** An own interaction of the customer that led to an item. */
export interface Because {
  interaction_id: string;
  item_id: string;
  event_type: string;
  timestamp: number;
}

/** One item of the list. */
export interface RecommendedItem {
  item_id: string;
  score: number;
  algorithm: string;
  /** Indices into because. */
  because: number[];
  /** Probability with which it was put in this place, given those above it and what was up for trial. */
  propensity: number;
}

/** What to offer a customer now, best first. */
export interface Recommendations {
  recommendation_id: string;
  customer_id: string;
  /** Event time of the newest event it reflects. */
  timestamp: number;
  segment: string;
  /** Version of the algorithms and their settings. */
  model: string;
  partition: number;
  /** Next offset of interactions: all before are reflected. */
  position: number;
  /** How many records of each lookup were known. */
  lookups: Record<string, number>;
  because: Because[];
  items: RecommendedItem[];
}

/** A versioned setting of the processors, such as the segment thresholds. */
export interface Rule {
  rule_id: string;
  version: number;
  /** segment-thresholds, recommend-weights, … */
  kind: string;
  updated_at: number;
  active: boolean;
  starts_at: number | null;
  ends_at: number | null;
  numbers: Record<string, number>;
  words: Record<string, string[]>;
}

/** The segment of a customer and why. */
export interface Segment {
  customer_id: string;
  /** New, Standard, Premium, VIP, or one set by hand. */
  segment: string;
  previous: string | null;
  since: number;
  manual: boolean;
  recency_days: number;
  /** Orders. */
  frequency: number;
  monetary: number;
  thresholds_version: number;
  updated_at: number;
}

/** A recent session, for the session index. */
export interface Session {
  /** customer_id~slot: a customer has a bounded number of slots, used in turn. */
  session_key: string;
  customer_id: string;
  started_at: number;
  last_at: number;
  /** Distinct items, latest last. */
  items: string[];
}

/** Between a visitor and the customer that it turned out to be, who are in different partitions. */
export interface VisitorEvent {
  /** To the customer: the visitor joined (with its history), did something, left. To the visitor: forget. */
  kind: 'joined' | 'did' | 'left' | 'forget';
  anonymous_id: string;
  customer_id: string;
  /** joined: since when the visitor is known to be the customer. */
  linked_at: number | null;
  /** joined: what the visitor did so far; takes the place of what was known of it. */
  history: Profile | null;
  /** did. */
  interaction: Interaction | null;
  /** forget: when the customer was deleted. */
  erased_at: number | null;
  /** forget: the customer refuses consent. */
  refused: boolean;
}
