// Generated from the OpenAPI document by scripts/generate-types.ts; do not edit.

/**
 * Where in the log something stands: pass it on as `min_position`.
 */
export type Position = string;
export type ImpressionOutcome =
  | {
      /**
       * duplicate: it was accepted before. not_kept: the customer has refused consent.
       */
      status: 'accepted' | 'duplicate' | 'not_kept';
      impression_id: string;
      /**
       * Pointers to fields that nobody reads, so that a typo is not lost in silence. Left out when there are none.
       */
      ignored?: string[];
    }
  | {
      status: 'rejected';
      errors: Wrong[];
    };
export type InteractionOutcome =
  | {
      /**
       * duplicate: it was accepted before. not_kept: the customer has refused consent.
       */
      status: 'accepted' | 'duplicate' | 'not_kept';
      interaction_id: string;
      /**
       * Pointers to fields that nobody reads, so that a typo is not lost in silence. Left out when there are none.
       */
      ignored?: string[];
    }
  | {
      status: 'rejected';
      errors: Wrong[];
    };
export type ItemOutcome =
  | {
      status: 'accepted';
      item_id: string;
      /**
       * Pointers to fields that nobody reads, so that a typo is not lost in silence. Left out when there are none.
       */
      ignored?: string[];
    }
  | {
      status: 'rejected';
      errors: Wrong[];
    };
export type PostInteractionsBody =
  | Interaction
  | {
      events: Interaction[];
      sent_at?: (string | number) | null;
    };
export type PostInteractionsAnswer = InteractionAccepted | InteractionsAccepted;
export type PostImpressionsBody =
  | Impression
  | {
      impressions: Impression[];
    };
export type PostImpressionsAnswer = ImpressionAccepted | ImpressionsAccepted;
export type PutRuleBody = SegmentThresholdsRule | RecommendWeightsRule | RecommendFiltersRule | RecommendOrderRule;

export interface Customer {
  customer_id: string;
  age: number | null;
  gender: string | null;
  location: string | null;
  /**
   * Set by hand, or computed: New, Standard, Premium or VIP.
   */
  segment: string | null;
  preferences: {
    [k: string]: string;
  };
  /**
   * What all purchases were worth, less refunds.
   */
  lifetime_value: number;
  last_activity: string | null;
  language: string | null;
  consent: boolean;
  first_seen: string | null;
  orders: number;
  items_bought: number;
  sessions: number;
  /**
   * How many of each type.
   */
  events: {
    [k: string]: number;
  };
  /**
   * How many through each.
   */
  channels: {
    [k: string]: number;
  };
  /**
   * The strongest interests first.
   */
  categories: {
    name: string;
    /**
     * Of all interest, from 0 to 1.
     */
    share: number;
  }[];
  /**
   * The strongest interests first.
   */
  brands: {
    name: string;
    /**
     * Of all interest, from 0 to 1.
     */
    share: number;
  }[];
  segment_details: {
    since: string | null;
    previous: string | null;
    set_by_hand: boolean;
    /**
     * Days since the last purchase.
     */
    recency_days: number | null;
    /**
     * Orders.
     */
    frequency: number;
    /**
     * What they were worth.
     */
    monetary: number;
  } | null;
  /**
   * Visitors who turned out to be this customer: what they did is part of this.
   */
  anonymous_ids: string[];
  /**
   * The customer that this visitor turned out to be: what it does counts as that customer’s.
   */
  belongs_to: string | null;
  /**
   * The latest interactions, latest first.
   */
  recent: {
    interaction_id: string | null;
    item_id: string | null;
    title: string | null;
    event_type: string;
    timestamp: string | null;
    value: number | null;
  }[];
  /**
   * Whether the answer reflects `min_position`; null when none of the positions is in this one’s partition. Left out when nothing was asked for.
   */
  position_reached?: boolean | null;
}
export interface CustomerAccepted {
  status: 'accepted';
  customer_id: string;
  position: Position;
  /**
   * Pointers to fields that nobody reads, so that a typo is not lost in silence. Left out when there are none.
   */
  ignored?: string[];
}
export interface DeadLetter {
  /**
   * Where it stands in the topic of dead letters.
   */
  position: string;
  timestamp: string;
  reason: string;
  message: string;
  stage: string;
  processor: string;
  source: {
    topic: string;
    partition: number;
    offset: number;
  };
  key: string | null;
  /**
   * null: a deletion.
   */
  bytes: number | null;
  /**
   * The first bytes, in base64.
   */
  value: string | null;
  /**
   * The value by its topic’s schema; null when it can’t be read with it.
   */
  event: {
    [k: string]: unknown;
  };
}
export interface DeadLetters {
  /**
   * All that can still be read.
   */
  total: number;
  /**
   * Newest first.
   */
  dead_letters: DeadLetter[];
  /**
   * Pass it on as `before` to get older ones; null when there are none.
   */
  next: string | null;
}
export interface Deletion {
  status: 'pending' | 'done';
  customer_id: string;
  /**
   * What is of a time up to then is forgotten. null while it is pending.
   */
  erased_at: string | null;
  /**
   * What is gone when it is done.
   */
  removes: string[];
  /**
   * What is not.
   */
  remains: string;
}
export interface DeletionAccepted {
  status: 'pending';
  customer_id: string;
  position: Position;
  /**
   * The same address as in `Location`.
   */
  deletion: string;
  removes: string[];
  remains: string;
}
export interface IdentityAccepted {
  /**
   * not_kept: the customer or the visitor has refused consent.
   */
  status: 'accepted' | 'not_kept';
  anonymous_id: string;
  customer_id: string;
  /**
   * Pointers to fields that nobody reads, so that a typo is not lost in silence. Left out when there are none.
   */
  ignored?: string[];
}
export interface Impression {
  customer_id: string | number;
  /**
   * What was shown, in its order.
   */
  items: {
    item_id: string | number;
    /**
     * Its place in the list. Left out: its place among these items.
     */
    rank?: number | null;
    /**
     * At most 64 bytes in UTF-8.
     */
    algorithm?: string | null;
    /**
     * Probability with which it was chosen for this place.
     */
    propensity?: number | null;
  }[];
  /**
   * `seen`: it was on the screen. `served`: it was sent to be shown.
   */
  kind?: 'served' | 'seen' | null;
  impression_id?: (string | number) | null;
  timestamp?: (string | number) | null;
  sent_at?: (string | number) | null;
  recommendation_id?: (string | number) | null;
  /**
   * Such as `home`, `cart`, `newsletter`.
   */
  placement?: string | null;
  /**
   * At most 64 bytes in UTF-8.
   */
  channel?: string | null;
  session_id?: (string | number) | null;
  anonymous_id?: (string | number) | null;
  campaign_id?: (string | number) | null;
  /**
   * At most 64 bytes in UTF-8.
   */
  experiment?: string | null;
  /**
   * Of the experiment.
   */
  variant?: string | null;
}
export interface ImpressionAccepted {
  /**
   * duplicate: it was accepted before. not_kept: the customer has refused consent.
   */
  status: 'accepted' | 'duplicate' | 'not_kept';
  impression_id: string;
  /**
   * Pointers to fields that nobody reads, so that a typo is not lost in silence. Left out when there are none.
   */
  ignored?: string[];
}
/**
 * What is wrong at one place: `pointer` leads into the body, `parameter` names one of the address.
 */
export interface Wrong {
  detail: string;
  /**
   * A JSON pointer.
   */
  pointer?: string;
  parameter?: string;
}
export interface ImpressionsAccepted {
  accepted: number;
  duplicate: number;
  rejected: number;
  not_kept: number;
  /**
   * In the order of the request.
   */
  results: ImpressionOutcome[];
}
export interface Interaction {
  customer_id: string | number;
  /**
   * Such as `view`, `click`, `add_to_cart`, `remove_from_cart`, `purchase`, `refund`, or a name of your own.
   */
  event_type: string;
  item_id?: (string | number) | null;
  timestamp?: (string | number) | null;
  sent_at?: (string | number) | null;
  interaction_id?: (string | number) | null;
  /**
   * Such as `web`, `app`, `email`, `store`.
   */
  channel?: string | null;
  session_id?: (string | number) | null;
  /**
   * Texts by name.
   */
  context?: {
    [k: string]: string | number | boolean | null;
  } | null;
  /**
   * Of purchases and refunds: the money of the whole line. Left out: the catalogue’s price × quantity.
   */
  value?: number | null;
  quantity?: number | null;
  /**
   * Three letters.
   */
  currency?: string | null;
  recommendation_id?: (string | number) | null;
  /**
   * The item’s rank in that list.
   */
  position?: number | null;
  campaign_id?: (string | number) | null;
  anonymous_id?: (string | number) | null;
  /**
   * For events from the past, which are never too late. Needs the scope `admin`.
   */
  backfill?: boolean | null;
}
export interface InteractionAccepted {
  /**
   * duplicate: it was accepted before. not_kept: the customer has refused consent.
   */
  status: 'accepted' | 'duplicate' | 'not_kept';
  interaction_id: string;
  position: Position | null;
  /**
   * Pointers to fields that nobody reads, so that a typo is not lost in silence. Left out when there are none.
   */
  ignored?: string[];
}
export interface InteractionsAccepted {
  accepted: number;
  duplicate: number;
  rejected: number;
  not_kept: number;
  position: Position | null;
  /**
   * In the order of the request.
   */
  results: InteractionOutcome[];
}
export interface Item {
  item_id: string;
  updated_at: string;
  title: string | null;
  description: string | null;
  /**
   * The most general one first.
   */
  categories: string[];
  brand: string | null;
  tags: string[];
  price: number | null;
  url: string | null;
  image_url: string | null;
  in_stock: boolean;
  hidden: boolean;
  published_at: string | null;
  expires_at: string | null;
  attributes: {
    [k: string]: string;
  };
  /**
   * Whether it may be shown now.
   */
  available: boolean;
  /**
   * For administrators only.
   */
  cost?: number | null;
  /**
   * Whether the answer reflects `min_position`; null when none of the positions is in this one’s partition. Left out when nothing was asked for.
   */
  position_reached?: boolean | null;
}
export interface ItemAccepted {
  status: 'accepted';
  item_id: string;
  position: Position;
  /**
   * Pointers to fields that nobody reads, so that a typo is not lost in silence. Left out when there are none.
   */
  ignored?: string[];
}
export interface ItemsAccepted {
  accepted: number;
  rejected: number;
  position: Position | null;
  /**
   * In the order of the request.
   */
  results: ItemOutcome[];
}
export interface ItemsBoughtTogether {
  item_id: string;
  items: {
    item_id: string;
    title: string | null;
    /**
     * How many times as often as by chance.
     */
    lift: number;
    /**
     * The share of baskets with the one that have the other.
     */
    confidence: number;
    /**
     * Baskets with both.
     */
    count: number;
  }[];
}
export interface NotReady {
  status: 'not ready';
  not_ready: {
    name: string;
    ready: boolean;
    detail?: string;
  }[];
}
/**
 * An error after RFC 9457. `detail` says what to do.
 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /**
   * Also in the header `X-Request-Id`, and in the log output for answers from 500 on.
   */
  request_id: string;
  errors?: Wrong[];
}
export interface Ranking {
  list: string;
  /**
   * Event time.
   */
  updated_at: string;
  items: {
    item_id: string;
    /**
     * null when the catalogue does not know the item.
     */
    title: string | null;
    /**
     * Compares items of this ranking only.
     */
    score: number;
    /**
     * From 1.
     */
    rank: number;
  }[];
}
export interface Rankings {
  rankings: {
    list: string;
    /**
     * Event time.
     */
    updated_at: string;
    items: number;
  }[];
}
export interface Reason {
  /**
   * In words, to be shown.
   */
  text: string;
  algorithm: string;
  /**
   * What the customer did that led to the item.
   */
  interaction_ids: string[];
  /**
   * With `explain=full`.
   */
  interactions?: {
    interaction_id: string | null;
    item_id: string;
    title: string | null;
    event_type: string | null;
    timestamp: string | null;
  }[];
}
export interface RecommendFiltersRule {
  rule_id?: (string | number) | null;
  kind: 'recommend-filters';
  /**
   * Above the stored one. Left out: the next one.
   */
  version?: number | null;
  active?: boolean | null;
  starts_at?: (string | number) | null;
  ends_at?: (string | number) | null;
  numbers?: {
    view_factor?: number;
    cart_factor?: number;
    uncart_factor?: number;
    purchase_factor?: number;
    refund_factor?: number;
    consumed_factor?: number;
    shown_factor?: number;
    other_factor?: number;
    view_days?: number;
    cart_days?: number;
    uncart_days?: number;
    purchase_days?: number;
    refund_days?: number;
    consumed_days?: number;
    shown_days?: number;
    other_days?: number;
    repeat_times_min?: number;
  } | null;
  words?: {
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    items_out?: string[];
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    categories_out?: string[];
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    brands_out?: string[];
  } | null;
}
export interface RecommendOrderRule {
  rule_id?: (string | number) | null;
  kind: 'recommend-order';
  /**
   * Above the stored one. Left out: the next one.
   */
  version?: number | null;
  active?: boolean | null;
  starts_at?: (string | number) | null;
  ends_at?: (string | number) | null;
  numbers?: {
    session_knn_factor?: number;
    co_visitation_factor?: number;
    bought_together_factor?: number;
    affinity_factor?: number;
    popular_factor?: number;
    tastes_factor?: number;
    content_factor?: number;
    repeat_factor?: number;
    boost_factor?: number;
    bury_factor?: number;
    category_max?: number;
    brand_max?: number;
  } | null;
  words?: {
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    pin?: string[];
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    boost_items?: string[];
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    boost_categories?: string[];
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    boost_brands?: string[];
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    bury_items?: string[];
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    bury_categories?: string[];
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    bury_brands?: string[];
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    segments?: string[];
    /**
     * Items: At most 512 bytes in UTF-8.
     */
    placements?: string[];
  } | null;
}
export interface RecommendWeightsRule {
  rule_id?: (string | number) | null;
  kind: 'recommend-weights';
  /**
   * Above the stored one. Left out: the next one.
   */
  version?: number | null;
  active?: boolean | null;
  starts_at?: (string | number) | null;
  ends_at?: (string | number) | null;
  numbers?: {
    session_knn?: number;
    co_visitation?: number;
    bought_together?: number;
    affinity?: number;
    popular?: number;
    tastes?: number;
    content?: number;
    repeat?: number;
    category_keep?: number;
    exploration_share?: number;
    list_items?: number;
  } | null;
  words?: {} | null;
}
export interface RecommendationList {
  /**
   * Names the list: send it with the interactions that follow from it.
   */
  recommendation_id: string;
  customer_id: string | null;
  segment: string | null;
  /**
   * null: there are no experiments yet.
   */
  experiment: null;
  /**
   * null: there are no experiments yet.
   */
  variant: null;
  /**
   * Of the event that made the list.
   */
  as_of: string;
  position: Position | null;
  model: string;
  fallback: {
    /**
     * Whether it is not what was asked for, but what others like.
     */
    used: boolean;
    why: 'unknown_customer' | 'no_consent' | 'no_list_yet' | 'unknown_items' | 'store_unavailable' | null;
  };
  items: RecommendedItem[];
  /**
   * As asked for.
   */
  placement?: string;
  /**
   * As asked for.
   */
  context?: {
    [k: string]: string;
  };
  /**
   * Whether the answer reflects `min_position`; null when none of the positions is in this one’s partition. Left out when nothing was asked for.
   */
  position_reached?: boolean | null;
}
export interface RecommendedItem {
  item_id: string;
  /**
   * null when the catalogue does not know the item.
   */
  title: string | null;
  /**
   * Compares items of this answer only and never rises. Of items that fill up the list only the order means something.
   */
  score: number;
  /**
   * From 1.
   */
  rank: number;
  /**
   * `session_knn`, `co_visitation`, `bought_together`, `tastes`, `content`, `repeat`, `affinity`, `popular`, `trending`, `exploration`, or `pinned` by a rule.
   */
  algorithm: string;
  /**
   * How probable it was that the list has this item here, given those above it. Below 1 where some places are left to chance, so that new items become known.
   */
  propensity: number;
  /**
   * Left out with `explain=none`.
   */
  reasons?: Reason[];
}
export interface Rule {
  rule_id: string;
  version: number;
  kind: string;
  updated_at: string;
  active: boolean;
  starts_at: string | null;
  ends_at: string | null;
  numbers: {
    [k: string]: number;
  };
  words: {
    [k: string]: string[];
  };
  /**
   * Whether it holds now.
   */
  in_force: boolean;
}
export interface RuleAccepted {
  status: 'accepted';
  rule_id: string;
  version: number;
  /**
   * Pointers to fields that nobody reads, so that a typo is not lost in silence. Left out when there are none.
   */
  ignored?: string[];
}
export interface Rules {
  rules: Rule[];
}
export interface SegmentThresholdsRule {
  rule_id?: (string | number) | null;
  kind: 'segment-thresholds';
  /**
   * Above the stored one. Left out: the next one.
   */
  version?: number | null;
  active?: boolean | null;
  starts_at?: (string | number) | null;
  ends_at?: (string | number) | null;
  numbers?: {
    new_days?: number;
    new_orders?: number;
    premium_orders?: number;
    premium_value?: number;
    premium_recency_days?: number;
    vip_orders?: number;
    vip_value?: number;
    vip_recency_days?: number;
  } | null;
  words?: {} | null;
}
export interface Segments {
  segments: {
    segment: string;
    customers: number;
  }[];
  /**
   * All that have a segment.
   */
  customers: number;
  /**
   * False while they are still being counted.
   */
  complete: boolean;
  /**
   * True when there are too many to be counted one by one.
   */
  estimated: boolean;
}
export interface SimilarItems {
  item_id: string;
  items: {
    item_id: string;
    title: string | null;
    /**
     * Higher is more alike.
     */
    score: number;
  }[];
}
export interface Status {
  at: string;
  uptime_seconds: number;
  ready: boolean;
  /**
   * Parts that must work before customers can be served.
   */
  parts: {
    name: string;
    ready: boolean;
    detail?: string;
  }[];
  /**
   * Since the start, by each stage that reads them.
   */
  records_processed: number;
  /**
   * From accepted to readable, over the latest samples.
   */
  freshness_ms: {
    p50: number;
    p99: number;
  } | null;
  /**
   * Records that wait.
   */
  lag_records: number;
  /**
   * By topic, since the start.
   */
  counts: {
    [k: string]: number;
  };
  tasks: {
    stage: string;
    partition: number;
    /**
     * `running` when all is well.
     */
    state: string;
    lag_records: number;
  }[];
}
export interface Topology {
  at: string;
  stages: {
    name: string;
    tasks: number;
    tasks_running: number;
    /**
     * Records that wait.
     */
    lag_records: number;
    /**
     * Records put aside as dead letters since the start.
     */
    rejected: number;
  }[];
  nodes: {
    id: string;
    kind: 'topic' | 'processor' | 'lookup' | 'sink';
    name: string;
    /**
     * Of processors.
     */
    stage?: string;
    /**
     * Of topics: written since the start.
     */
    records?: number;
  }[];
  edges: {
    from: string;
    to: string;
    /**
     * Such as `reads`, `writes`, `keeps`, `looks up`.
     */
    kind: string;
    /**
     * Passed since the start; null where nobody counts.
     */
    records: number | null;
  }[];
}
export interface UnidentifyAccepted {
  status: 'accepted';
  anonymous_id: string;
  customer_id: string;
  /**
   * Pointers to fields that nobody reads, so that a typo is not lost in silence. Left out when there are none.
   */
  ignored?: string[];
}
export interface GetRecommendationsQuery {
  /**
   * How many items at most.
   */
  limit?: number;
  /**
   * `none`, `summary` (words and ids of interactions) or `full` (also what was done, when, with which item). `false` and `true` mean the first and the last.
   */
  explain?: 'none' | 'summary' | 'full' | 'false' | 'true';
  /**
   * What brought the customer, as `campaign_id` of interactions names it. Its ranking is preferred to those of the location and the channel when the list is filled up.
   */
  campaign_id?: string;
  /**
   * Where the customer is, as `location` of customers names it; theirs unless it is given. Its ranking is preferred to that of the channel when the list is filled up.
   */
  location?: string;
  /**
   * Such as `web` or `app`. Its ranking is preferred when the list is filled up.
   */
  channel?: string;
  /**
   * Where the list is to be shown. It is echoed, for impressions; rules of the kind `recommend-order` may hold for some placements only, also those that training learnt.
   */
  placement?: string;
  /**
   * What is known of the situation, such as `context.page=home` (or `context[page]=home`). It is echoed; it does not influence the list.
   */
  context?: {
    [k: string]: string;
  };
  /**
   * Only items of any of these categories, at whatever level. Separated by commas, or given several times.
   *
   * Items: At most 512 bytes in UTF-8.
   */
  category?: string[];
  /**
   * Only items that fulfil all of these conditions: `price<=50,brand:acme|bosch,in_stock:true`. Fields: `price` (`<` `<=` `>` `>=` `:`), `brand`, `category`, `tag`, `in_stock`, `attributes.<name>` (`:` is one of, `!:` is none of, values separated by `|`). A value with a comma stands in double quotes. What the catalogue does not know of an item fulfils no condition but `!:`.
   */
  filter?: string;
  /**
   * Items that are not wanted, such as those on the page already. Separated by commas.
   *
   * Items: At most 512 bytes in UTF-8.
   */
  exclude?: string[];
  /**
   * From 0 (as ranked) to 1: a further item of the same most specific category counts this much less with each one before it.
   */
  diversity?: number;
  /**
   * The items of a session that is not kept, latest last, for a customer without a list of their own.
   *
   * Items: At most 512 bytes in UTF-8.
   */
  session?: string[];
  /**
   * A position that a write has answered, or several with commas between them: the read waits, at most `MIN_POSITION_WAIT_MS`, until its answer reflects those in its own partition, and says in `position_reached` whether it does. There are partitions 0 to 3; a position in another one is answered 400, as no write here has answered it.
   */
  min_position?: string;
  /**
   * Answer 409 instead of a list that does not reflect `min_position`. Without `min_position` it changes nothing.
   */
  strict?: boolean;
}
export interface GetSessionRecommendationsBody {
  /**
   * What the visitor looked at, latest last.
   *
   * Items: At most 512 bytes in UTF-8.
   */
  items: string[];
  /**
   * How many items at most.
   */
  limit?: number | null;
  /**
   * `none`, `summary` (words and ids of interactions) or `full` (also what was done, when, with which item).
   */
  explain?: 'none' | 'summary' | 'full' | null;
  /**
   * What brought the customer, as `campaign_id` of interactions names it. Its ranking is preferred to those of the location and the channel when the list is filled up.
   */
  campaign_id?: string | null;
  /**
   * Where the customer is, as `location` of customers names it; theirs unless it is given. Its ranking is preferred to that of the channel when the list is filled up.
   */
  location?: string | null;
  /**
   * Such as `web` or `app`. Its ranking is preferred when the list is filled up.
   */
  channel?: string | null;
  /**
   * Where the list is to be shown. It is echoed, for impressions; rules of the kind `recommend-order` may hold for some placements only, also those that training learnt.
   */
  placement?: string | null;
  /**
   * Texts by name. It is echoed; it does not influence the list.
   */
  context?: {
    [k: string]: string | number | boolean | null;
  } | null;
  /**
   * Only items of any of these categories, at whatever level.
   */
  category?: string[] | null;
  /**
   * Only items that fulfil all of these conditions: `price<=50,brand:acme|bosch,in_stock:true`. Fields: `price` (`<` `<=` `>` `>=` `:`), `brand`, `category`, `tag`, `in_stock`, `attributes.<name>` (`:` is one of, `!:` is none of, values separated by `|`). A value with a comma stands in double quotes. What the catalogue does not know of an item fulfils no condition but `!:`.
   */
  filter?: string | null;
  /**
   * Items that are not wanted, such as those on the page already.
   */
  exclude?: string[] | null;
  /**
   * From 0 (as ranked) to 1: a further item of the same most specific category counts this much less with each one before it.
   */
  diversity?: number | null;
}
export interface IdentifyBody {
  /**
   * The visitor, as in the events until now.
   */
  anonymous_id: string | number;
  /**
   * Who it turned out to be.
   */
  customer_id: string | number;
  timestamp?: (string | number) | null;
  sent_at?: (string | number) | null;
}
export interface UnidentifyBody {
  /**
   * The visitor.
   */
  anonymous_id: string | number;
  /**
   * Who it is not.
   */
  customer_id: string | number;
}
export interface GetCustomerQuery {
  /**
   * A position that a write has answered, or several with commas between them: the read waits, at most `MIN_POSITION_WAIT_MS`, until its answer reflects those in its own partition, and says in `position_reached` whether it does. There are partitions 0 to 3; a position in another one is answered 400, as no write here has answered it.
   */
  min_position?: string;
}
export interface PutCustomerBody {
  customer_id?: (string | number) | null;
  age?: number | null;
  /**
   * At most 64 bytes in UTF-8.
   */
  gender?: string | null;
  /**
   * At most 200 bytes in UTF-8.
   */
  location?: string | null;
  /**
   * At most 64 bytes in UTF-8.
   */
  language?: string | null;
  /**
   * Texts by name.
   */
  preferences?: {
    [k: string]: string | number | boolean | null;
  } | null;
  /**
   * Whether anything of the customer may be kept. Left out: as it was.
   */
  consent?: boolean | null;
  /**
   * Set by hand, instead of the computed one.
   */
  segment?: string | null;
}
export interface GetItemQuery {
  /**
   * A position that a write has answered, or several with commas between them: the read waits, at most `MIN_POSITION_WAIT_MS`, until its answer reflects those in its own partition, and says in `position_reached` whether it does. There are partitions 0 to 3; a position in another one is answered 400, as no write here has answered it.
   */
  min_position?: string;
}
export interface PutItemBody {
  item_id?: (string | number) | null;
  /**
   * At most 512 bytes in UTF-8.
   */
  title?: string | null;
  /**
   * At most 8192 bytes in UTF-8.
   */
  description?: string | null;
  /**
   * The most general one first.
   */
  categories?: string[] | null;
  /**
   * At most 512 bytes in UTF-8.
   */
  brand?: string | null;
  tags?: string[] | null;
  price?: number | null;
  /**
   * What it costs the shop. Shown to administrators only.
   */
  cost?: number | null;
  /**
   * At most 2048 bytes in UTF-8.
   */
  url?: string | null;
  /**
   * At most 2048 bytes in UTF-8.
   */
  image_url?: string | null;
  /**
   * False: sold out, and gone from every list at the next read.
   */
  in_stock?: boolean | null;
  /**
   * True: not to be shown, and gone from every list at the next read.
   */
  hidden?: boolean | null;
  published_at?: (string | number) | null;
  expires_at?: (string | number) | null;
  /**
   * Texts by name.
   */
  attributes?: {
    [k: string]: string | number | boolean | null;
  } | null;
}
export interface ChangeItemBody {
  item_id?: (string | number) | null;
  /**
   * False: sold out, and gone from every list at the next read.
   */
  in_stock?: boolean | null;
  /**
   * True: not to be shown, and gone from every list at the next read.
   */
  hidden?: boolean | null;
  price?: number | null;
}
export interface PostItemsBody {
  items: {
    item_id: string | number;
    /**
     * At most 512 bytes in UTF-8.
     */
    title?: string | null;
    /**
     * At most 8192 bytes in UTF-8.
     */
    description?: string | null;
    /**
     * The most general one first.
     */
    categories?: string[] | null;
    /**
     * At most 512 bytes in UTF-8.
     */
    brand?: string | null;
    tags?: string[] | null;
    price?: number | null;
    /**
     * What it costs the shop. Shown to administrators only.
     */
    cost?: number | null;
    /**
     * At most 2048 bytes in UTF-8.
     */
    url?: string | null;
    /**
     * At most 2048 bytes in UTF-8.
     */
    image_url?: string | null;
    /**
     * False: sold out, and gone from every list at the next read.
     */
    in_stock?: boolean | null;
    /**
     * True: not to be shown, and gone from every list at the next read.
     */
    hidden?: boolean | null;
    published_at?: (string | number) | null;
    expires_at?: (string | number) | null;
    /**
     * Texts by name.
     */
    attributes?: {
      [k: string]: string | number | boolean | null;
    } | null;
  }[];
}
export interface GetSimilarItemsQuery {
  /**
   * How many items at most.
   */
  limit?: number;
}
export interface GetItemsBoughtTogetherQuery {
  /**
   * How many items at most.
   */
  limit?: number;
}
export interface GetRankingQuery {
  /**
   * How many items at most.
   */
  limit?: number;
}
export interface ListDeadLettersQuery {
  /**
   * How many at most.
   */
  limit?: number;
  /**
   * `next` of the former answer, for older ones.
   */
  before?: string;
}
