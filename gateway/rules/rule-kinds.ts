// The kinds of rules, and what each may say: whatever the processors would pass over is refused before it is written.
// `system/rule-kinds.test.ts` holds this against the processors.
import type { Rule } from '../../schemas/types.ts';

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

export interface RuleKind {
  readonly numbers: ReadonlyMap<string, NumberRange>;
  /** Names of lists of words. */
  readonly words: ReadonlySet<string>;
  /** Pairs of numbers of which the first must not be below the second; what a rule leaves out counts as it is by default. */
  readonly atLeast?: readonly (readonly [NumberDefault, NumberDefault])[];
}

export interface NumberDefault {
  readonly name: string;
  readonly byDefault: number;
}

const share = { min: 0, max: 1 };
const days = { min: 0, max: 36_500 };
const amount = { min: 0, max: 1e12 };
const weight = { min: 0, max: 1e6 };

const algorithms = [
  'session_knn',
  'co_visitation',
  'bought_together',
  'affinity',
  'popular',
  'tastes',
  'content',
  'repeat',
];
const deeds = ['view', 'cart', 'uncart', 'purchase', 'refund', 'consumed', 'shown', 'other'];

export const FILTERS_KIND = 'recommend-filters';
export const ORDER_KIND = 'recommend-order';

export const ruleKinds: ReadonlyMap<string, RuleKind> = new Map([
  [
    'segment-thresholds',
    {
      numbers: new Map([
        ['new_days', days],
        ['new_orders', amount],
        ['premium_orders', amount],
        ['premium_value', amount],
        ['premium_recency_days', days],
        ['vip_orders', amount],
        ['vip_value', amount],
        ['vip_recency_days', days],
      ]),
      words: new Set<string>(),
      atLeast: [
        [
          { name: 'vip_orders', byDefault: 10 },
          { name: 'premium_orders', byDefault: 3 },
        ],
        [
          { name: 'vip_value', byDefault: 1_000 },
          { name: 'premium_value', byDefault: 300 },
        ],
      ],
    },
  ],
  [
    'recommend-weights',
    {
      numbers: new Map<string, NumberRange>([
        ...algorithms.map((name) => [name, weight] as const),
        ['category_keep', share],
        ['exploration_share', share],
        ['list_items', { min: 1, max: 100, whole: true }],
      ]),
      words: new Set<string>(),
    },
  ],
  [
    FILTERS_KIND,
    {
      numbers: new Map<string, NumberRange>([
        ...deeds.map((name) => [`${name}_factor`, share] as const),
        ...deeds.map((name) => [`${name}_days`, days] as const),
        ['repeat_times_min', { min: 1, max: 1e6, whole: true }],
      ]),
      words: new Set(['items_out', 'categories_out', 'brands_out']),
    },
  ],
  [
    ORDER_KIND,
    {
      numbers: new Map<string, NumberRange>([
        ...algorithms.map((name) => [`${name}_factor`, { min: 0, max: 1_000 }] as const),
        ['boost_factor', { min: 1, max: 1_000 }],
        ['bury_factor', share],
        ['category_max', { min: 1, max: 100, whole: true }],
        ['brand_max', { min: 1, max: 100, whole: true }],
      ]),
      words: new Set([
        'pin',
        ...['boost', 'bury'].flatMap((deed) => ['items', 'categories', 'brands'].map((what) => `${deed}_${what}`)),
        'segments',
        'placements',
      ]),
    },
  ],
]);

/** Whether a rule holds at a time. */
export function isInForce({ active, starts_at, ends_at }: Rule, timeMs: number): boolean {
  return active && (starts_at ?? -Infinity) <= timeMs && timeMs < (ends_at ?? Infinity);
}
