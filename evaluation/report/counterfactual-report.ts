// Counterfactual estimates as JSON and as a table.
import type { CounterfactualEvaluation, PolicyResult } from '../counterfactual/evaluate-counterfactual.ts';

/** Half the width of a 95 % interval, in standard errors. */
const NORMAL_95 = 1.96;
const DIGITS = 9;

export function counterfactualJson(evaluation: CounterfactualEvaluation): Record<string, unknown> {
  const { impressions, items, hasPropensities, weightMax, results } = evaluation;
  return {
    protocol: 'counterfactual',
    impressions,
    items,
    has_propensities: hasPropensities,
    weight_max: weightMax,
    results: results.map(jsonOf),
  };
}

export function counterfactualTable({ impressions, items, weightMax, results }: CounterfactualEvaluation): string {
  const lines = results.map(({ policy, estimate, agreement }) => {
    if (estimate === null) return `${policy}: agreement ${(100 * agreement).toFixed(2)} %`;
    const { ips, snips, dr, standardErrors, effectiveSampleSize, clippedShare } = estimate;
    return [
      `${policy}: IPS ${withError(ips, standardErrors.ips)}, SNIPS ${withError(snips, standardErrors.snips)}, DR ${withError(dr, standardErrors.dr)}`,
      `  effective sample size ${effectiveSampleSize.toFixed(0)}, ${(100 * clippedShare).toFixed(2)} % of weights cut at ${weightMax}`,
    ].join('\n');
  });
  const first = results[0]?.estimate;
  const logged =
    first === null || first === undefined
      ? 'There are no propensities, so nothing can be said of what a policy would have earned; agreement is how often it would have shown the same.'
      : `The policy that ran: ${withError(first.logged, first.standardErrors.logged)}`;
  return `Protocol counterfactual: ${impressions} impressions of ${items} items\n${logged}\n\n${lines.join('\n')}\n`;
}

function jsonOf({ policy, estimate, agreement }: PolicyResult): Record<string, unknown> {
  if (estimate === null) return { policy, agreement: rounded(agreement) };
  const { logged, ips, snips, dr, standardErrors, effectiveSampleSize, clippedShare, meanWeight } = estimate;
  return {
    policy,
    logged: rounded(logged),
    ips: rounded(ips),
    snips: rounded(snips),
    dr: rounded(dr),
    intervals_95: {
      logged: interval(logged, standardErrors.logged),
      ips: interval(ips, standardErrors.ips),
      snips: interval(snips, standardErrors.snips),
      dr: interval(dr, standardErrors.dr),
    },
    effective_sample_size: rounded(effectiveSampleSize),
    clipped_share: rounded(clippedShare),
    mean_weight: rounded(meanWeight),
    agreement: rounded(agreement),
  };
}

function withError(value: number, error: number): string {
  return `${value.toFixed(5)} ± ${(NORMAL_95 * error).toFixed(5)}`;
}

function interval(value: number, error: number): [number, number] {
  return [rounded(value - NORMAL_95 * error), rounded(value + NORMAL_95 * error)];
}

function rounded(figure: number): number {
  return Number(figure.toFixed(DIGITS));
}
