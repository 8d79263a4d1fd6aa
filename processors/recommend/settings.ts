// What marketing may set of the recommendations, with what holds until they do.
import type { EventKind } from '../profile/event-types.ts';
import type { Rule } from '../../schemas/types.ts';

/** Where a candidate comes from; the order is that of the numbers the blend knows them by. */
export const ALGORITHMS = [
  'session_knn',
  'co_visitation',
  'bought_together',
  'affinity',
  'popular',
  'tastes',
  'content',
  'repeat',
] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

/** What an item counts that the customer has had to do with. */
export interface SeenRule {
  /** 1 as if it were new, 0 not offered. */
  readonly factor: number;
  /** For so many days after the event. */
  readonly days: number;
}

export interface RecommendSettings {
  /** Names the rules it was made from. */
  readonly version: string;
  readonly weights: Readonly<Record<Algorithm, number>>;
  readonly seen: Readonly<Record<EventKind, SeenRule>>;
  /** Items bought so often count as consumed regularly: having bought them doesn't speak against them. */
  readonly repeatTimesMin: number;
  /** What each further item of a category counts of its score, in [0, 1]. */
  readonly categoryKeep: number;
  readonly listItems: number;
  /** Of the places from the fourth on, so many go to items of which too little is known; in [0, 1]. */
  readonly explorationShare: number;
  readonly itemsOut: ReadonlySet<string>;
  readonly categoriesOut: readonly string[];
  readonly brandsOut: readonly string[];
}

export const LIST_ITEMS_MAX = 100;

export const DEFAULT_SETTINGS: RecommendSettings = Object.freeze({
  version: 'blend-2',
  weights: {
    session_knn: 1,
    co_visitation: 0.5,
    bought_together: 0.4,
    affinity: 0.2,
    popular: 0.1,
    tastes: 0.4,
    content: 0.15,
    repeat: 0.3,
  },
  seen: {
    view: { factor: 0.7, days: 30 },
    cart: { factor: 0.3, days: 7 },
    uncart: { factor: 0.3, days: 7 },
    purchase: { factor: 0, days: 90 },
    refund: { factor: 0, days: 365 },
    consumed: { factor: 0, days: 365 },
    shown: { factor: 1, days: 0 },
    other: { factor: 0.9, days: 30 },
  },
  repeatTimesMin: 2,
  categoryKeep: 0.9,
  listItems: 30,
  explorationShare: 0.05,
  itemsOut: new Set<string>(),
  categoriesOut: [],
  brandsOut: [],
});

/** Rules of these kinds change the settings; of two that say the same number, the one later in the order of ids wins. */
export const WEIGHTS_KIND = 'recommend-weights';
export const FILTERS_KIND = 'recommend-filters';

/**
 * The settings under these rules. Numbers of `recommend-weights`: one per algorithm, `category_keep`, `list_items`, `exploration_share`; of
 * `recommend-filters`: `view_factor`, `view_days`, `cart_factor`, … per kind of event, `repeat_times_min`, and the words `items_out`,
 * `categories_out`, `brands_out`. A number out of its range is as good as not said.
 */
export function settingsUnder(
  weightRules: readonly Rule[],
  filterRules: readonly Rule[],
  defaults: RecommendSettings = DEFAULT_SETTINGS,
): RecommendSettings {
  if (weightRules.length === 0 && filterRules.length === 0) return defaults;
  const weighted = Object.assign({}, ...weightRules.map((rule) => rule.numbers)) as Record<string, number>;
  const filtered = Object.assign({}, ...filterRules.map((rule) => rule.numbers)) as Record<string, number>;
  const words = (name: string) => filterRules.flatMap((rule) => rule.words[name] ?? []);
  return {
    version: [defaults.version, ...[...weightRules, ...filterRules].map(nameOf)].join('+'),
    weights: mapped(defaults.weights, (weight, algorithm) => within(weighted[algorithm], 0, 1e6, weight)),
    seen: mapped(defaults.seen, ({ factor, days }, kind) => ({
      factor: within(filtered[`${kind}_factor`], 0, 1, factor),
      days: within(filtered[`${kind}_days`], 0, 36_500, days),
    })),
    repeatTimesMin: within(filtered.repeat_times_min, 1, Infinity, defaults.repeatTimesMin),
    categoryKeep: within(weighted.category_keep, 0, 1, defaults.categoryKeep),
    listItems: Math.floor(within(weighted.list_items, 1, LIST_ITEMS_MAX, defaults.listItems)),
    explorationShare: within(weighted.exploration_share, 0, 1, defaults.explorationShare),
    itemsOut: new Set(words('items_out')),
    categoriesOut: words('categories_out'),
    brandsOut: words('brands_out'),
  };
}

/** The defaults with weights that were learnt, of which only known ones within their range count. The model that has them is named elsewhere. */
export function defaultsWith(learnt: Readonly<Record<string, number>> | null): RecommendSettings {
  if (learnt === null) return DEFAULT_SETTINGS;
  const weights = mapped(DEFAULT_SETTINGS.weights, (weight, algorithm) => within(learnt[algorithm], 0, 1e6, weight));
  return { ...DEFAULT_SETTINGS, weights };
}

function nameOf(rule: Rule): string {
  return `${rule.rule_id}@${rule.version}`;
}

function within(value: number | undefined, min: number, max: number, otherwise: number): number {
  return value !== undefined && value >= min && value <= max ? value : otherwise;
}

function mapped<K extends string, V>(record: Readonly<Record<K, V>>, change: (value: V, key: K) => V): Record<K, V> {
  const entries = Object.entries(record) as [K, V][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value, key)])) as Record<K, V>;
}
