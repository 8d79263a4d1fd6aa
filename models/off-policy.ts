// What another policy would have earned, from the log of the one that ran: inverse propensity scoring (Horvitz and Thompson 1952),
// self-normalised (Swaminathan and Joachims, NIPS 2015, section 4) and doubly robust (Dudík, Langford and Li, ICML 2011, section 3).

export interface LoggedChoice {
  readonly reward: number;
  /** The probability with which the policy that ran chose this. */
  readonly propensity: number;
  /** That with which the other one would have. */
  readonly targetPropensity: number;
  /** What a model expects of the choice, and of the other policy at this moment; 0 and 0 without a model. */
  readonly expected: number;
  readonly expectedOfTarget: number;
}

export interface OffPolicyEstimate {
  readonly choices: number;
  /** What the policy that ran earned per choice. */
  readonly logged: number;
  readonly ips: number;
  readonly snips: number;
  readonly dr: number;
  readonly standardErrors: {
    readonly logged: number;
    readonly ips: number;
    readonly snips: number;
    readonly dr: number;
  };
  /** (Σw)² ÷ Σw²: how many choices of the other policy the log is worth (Kish 1965). */
  readonly effectiveSampleSize: number;
  /** The share of weights that were larger than the limit and cut there: what this costs is bias. */
  readonly clippedShare: number;
  /** Σw ÷ choices: 1 when propensities are right, but for chance. */
  readonly meanWeight: number;
}

/** @param weightMax larger weights are cut. @throws RangeError for a propensity that is not in (0, 1]. */
export function estimateOffPolicy(choices: readonly LoggedChoice[], weightMax: number): OffPolicyEstimate {
  const weights = Float64Array.from(choices, ({ propensity, targetPropensity }) => {
    if (!(propensity > 0 && propensity <= 1)) throw new RangeError(`a propensity is in (0, 1], not ${propensity}`);
    return Math.min(weightMax, targetPropensity / propensity);
  });
  const clipped = choices.filter(
    ({ propensity, targetPropensity }) => targetPropensity / propensity > weightMax,
  ).length;
  const logged = choices.map(({ reward }) => reward);
  const weighed = choices.map(({ reward }, at) => (weights[at] as number) * reward);
  const robust = choices.map(
    ({ reward, expected, expectedOfTarget }, at) => expectedOfTarget + (weights[at] as number) * (reward - expected),
  );
  const meanWeight = mean(weights);
  const snips = meanWeight === 0 ? 0 : mean(weighed) / meanWeight;
  const snipsErrors = choices.map(({ reward }, at) => ((weights[at] as number) * (reward - snips)) / (meanWeight || 1));
  const sumOfSquares = weights.reduce((sum, weight) => sum + weight * weight, 0);
  return {
    choices: choices.length,
    logged: mean(logged),
    ips: mean(weighed),
    snips,
    dr: mean(robust),
    standardErrors: {
      logged: standardError(logged),
      ips: standardError(weighed),
      snips: standardError(snipsErrors),
      dr: standardError(robust),
    },
    effectiveSampleSize: sumOfSquares === 0 ? 0 : (meanWeight * choices.length) ** 2 / sumOfSquares,
    clippedShare: choices.length === 0 ? 0 : clipped / choices.length,
    meanWeight,
  };
}

function mean(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < numbers.length; at += 1) sum += numbers[at] as number;
  return numbers.length === 0 ? 0 : sum / numbers.length;
}

/** Of the mean, with n − 1. */
function standardError(numbers: readonly number[]): number {
  if (numbers.length < 2) return 0;
  const centre = mean(numbers);
  const squares = numbers.reduce((sum, number) => sum + (number - centre) ** 2, 0);
  return Math.sqrt(squares / (numbers.length - 1) / numbers.length);
}
