// What it takes to be in a segment: the defaults, and the rules of kind `segment-thresholds` that replace them.
import type { Rule } from '../../schemas/types.ts';
import type { Rules } from '../lookups/rules.ts';

/** The kind of rule, and within it the names of `rule.numbers`. */
export const THRESHOLDS_KIND = 'segment-thresholds';

/** Named as in a rule. A rule may leave names out: then the default counts. */
export interface Thresholds {
  /** A customer is New for so many days since the first activity … */
  readonly new_days: number;
  /** … unless that many orders came sooner. */
  readonly new_orders: number;
  readonly premium_orders: number;
  /** Lifetime value, in the shop's currency. */
  readonly premium_value: number;
  /** Days since the last purchase, at most. */
  readonly premium_recency_days: number;
  readonly vip_orders: number;
  readonly vip_value: number;
  readonly vip_recency_days: number;
}

export interface VersionedThresholds extends Thresholds {
  /** The rule's version; 0 for the defaults. */
  readonly version: number;
}

export const DEFAULT_THRESHOLDS: VersionedThresholds = Object.freeze({
  version: 0,
  new_days: 30,
  new_orders: 2,
  premium_orders: 3,
  premium_value: 300,
  premium_recency_days: 180,
  vip_orders: 10,
  vip_value: 1_000,
  vip_recency_days: 90,
});

const NAMES = Object.keys(DEFAULT_THRESHOLDS).filter((name) => name !== 'version') as (keyof Thresholds)[];

/**
 * The thresholds in force: those of the rule with the highest version, the defaults when there is none. Of two versions alike, the
 * rule with the smaller id wins. A rule with problems is passed over.
 */
export function thresholdsAt(rules: Rules, timeMs: number): VersionedThresholds {
  const active = rules.activeOf(THRESHOLDS_KIND, timeMs);
  const known = inForce.get(active);
  if (known !== undefined) return known;
  const thresholds = highestVersion(active);
  inForce.set(active, thresholds);
  return thresholds;
}

/** By the rules they come from: `Rules` answers the same array until one changes. */
const inForce = new WeakMap<readonly Rule[], VersionedThresholds>();

function highestVersion(rules: readonly Rule[]): VersionedThresholds {
  return rules
    .map(thresholdsOf)
    .filter(({ problems }) => problems.length === 0)
    .reduce((best, { thresholds }) => (thresholds.version > best.version ? thresholds : best), DEFAULT_THRESHOLDS);
}

/** The thresholds that a rule sets. `problems` says in sentences what is wrong with it; then it must not be used. */
export function thresholdsOf(rule: Rule): { thresholds: VersionedThresholds; problems: string[] } {
  const thresholds = { ...DEFAULT_THRESHOLDS, ...ownNumbers(rule), version: rule.version };
  const unknown = Object.keys(rule.numbers).filter((name) => !NAMES.includes(name as keyof Thresholds));
  const problems = [
    ...unknown.map((name) => `${name} is no threshold; there are ${NAMES.join(', ')}`),
    ...NAMES.filter((name) => !(thresholds[name] >= 0 && thresholds[name] < Infinity)).map(
      (name) => `${name} must be a number from 0 on, not ${thresholds[name]}`,
    ),
    ...(thresholds.vip_orders < thresholds.premium_orders ? ['vip_orders must not be below premium_orders'] : []),
    ...(thresholds.vip_value < thresholds.premium_value ? ['vip_value must not be below premium_value'] : []),
    ...(rule.version < 1 ? ['version must be at least 1: 0 stands for the defaults'] : []),
  ];
  return { thresholds, problems };
}

function ownNumbers(rule: Rule): Partial<Thresholds> {
  return Object.fromEntries(
    NAMES.filter((name) => Object.hasOwn(rule.numbers, name)).map((name) => [name, rule.numbers[name]]),
  );
}
