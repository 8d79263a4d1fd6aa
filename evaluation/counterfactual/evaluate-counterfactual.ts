// The protocol `counterfactual`: what a policy would have earned on the impressions of another one. The policies are simple ones, made of
// click rates by item in the training file; the point is the estimate.
import { estimateOffPolicy, type LoggedChoice, type OffPolicyEstimate } from '../../models/off-policy.ts';
import { EvaluationRefused } from '../errors.ts';
import type { Impression } from './read-impressions.ts';

export interface CounterfactualOptions {
  /** Names of policies; empty: all. */
  readonly policies: readonly string[];
  /** Importance weights are cut here. */
  readonly weightMax: number;
}

export interface PolicyResult {
  readonly policy: string;
  /** Null when there are no propensities. */
  readonly estimate: OffPolicyEstimate | null;
  /** How often the policy would have shown what was shown: all that can be said without propensities. It is no lift. */
  readonly agreement: number;
}

export interface CounterfactualEvaluation {
  readonly impressions: number;
  readonly items: number;
  readonly hasPropensities: boolean;
  readonly weightMax: number;
  readonly results: readonly PolicyResult[];
}

/** Click rates begin as if so many impressions had had the mean rate. */
const PRIOR_IMPRESSIONS = 100;
const EXPLORATION = 0.1;

type Policy = (rates: ReadonlyMap<string, number>) => ReadonlyMap<string, number>;

const policies: Readonly<Record<string, Policy>> = { uniform, proportional, greedy };

export const policyNames = Object.keys(policies);

/** @param train where click rates come from, of the same items; the rates also are the model of the doubly robust estimate. */
export function evaluateCounterfactual(
  train: readonly Impression[],
  test: readonly Impression[],
  { policies: wanted, weightMax }: CounterfactualOptions,
): CounterfactualEvaluation {
  const unknown = wanted.find((name) => !policyNames.includes(name));
  if (unknown !== undefined)
    throw new EvaluationRefused(`There is no policy ${unknown}. There are: ${policyNames.join(', ')}.`);
  if (train.length === 0) throw new EvaluationRefused('nothing to learn from: the training has no impression');
  if (test.length === 0) throw new EvaluationRefused('no impression in the test: nothing to evaluate');
  const rates = clickRates(train, new Set([...train, ...test].map(({ item }) => item)));
  const hasPropensities = test.every(({ propensity }) => propensity !== undefined);
  const results = (wanted.length === 0 ? policyNames : wanted).map((policy): PolicyResult => {
    const chances = (policies[policy] as Policy)(rates);
    const expectedOfTarget = [...chances].reduce((sum, [item, chance]) => sum + chance * (rates.get(item) ?? 0), 0);
    const choices = test.map(({ item, reward, propensity = 1 }) => ({
      reward,
      propensity,
      targetPropensity: chances.get(item) ?? 0,
      expected: rates.get(item) ?? 0,
      expectedOfTarget,
    }));
    return resultOf(policy, choices, hasPropensities, weightMax);
  });
  return { impressions: test.length, items: rates.size, hasPropensities, weightMax, results };
}

/** @param choices not none. */
export function resultOf(
  policy: string,
  choices: readonly LoggedChoice[],
  hasPropensities: boolean,
  weightMax: number,
): PolicyResult {
  const agreement = choices.reduce((sum, { targetPropensity }) => sum + targetPropensity, 0) / choices.length;
  return { policy, estimate: hasPropensities ? estimateOffPolicy(choices, weightMax) : null, agreement };
}

/** Of each of the items: smoothed, as few of them were shown often. */
export function clickRates(
  train: readonly Pick<Impression, 'item' | 'reward'>[],
  items: ReadonlySet<string>,
): Map<string, number> {
  const counts = new Map([...items].sort().map((item) => [item, { shown: 0, clicked: 0 }]));
  let clicks = 0;
  for (const { item, reward } of train) {
    const count = counts.get(item) as { shown: number; clicked: number };
    count.shown += 1;
    count.clicked += reward;
    clicks += reward;
  }
  const mean = clicks / train.length;
  return new Map(
    [...counts].map(([item, { shown, clicked }]) => [
      item,
      (clicked + PRIOR_IMPRESSIONS * mean) / (shown + PRIOR_IMPRESSIONS),
    ]),
  );
}

/** Everything alike. */
function uniform(rates: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...rates.keys()].map((item) => [item, 1 / rates.size]));
}

/** As likely as it was clicked. */
function proportional(rates: ReadonlyMap<string, number>): Map<string, number> {
  const sum = [...rates.values()].reduce((total, rate) => total + rate, 0);
  return sum === 0 ? uniform(rates) : new Map([...rates].map(([item, rate]) => [item, rate / sum]));
}

/** The one clicked most often, and now and then any. */
function greedy(rates: ReadonlyMap<string, number>): Map<string, number> {
  const [best] = [...rates].reduce((most, one) => (one[1] > most[1] ? one : most));
  return new Map(
    [...rates.keys()].map((item) => [item, EXPLORATION / rates.size + (item === best ? 1 - EXPLORATION : 0)]),
  );
}
