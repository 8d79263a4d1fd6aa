// What lists would have earned had nothing been tried out in them: of the places in which something was up for trial, with the probability of
// what was put there. Lists are those of one's own log.
import { EvaluationRefused } from '../errors.ts';
import { clickRates, resultOf, type CounterfactualEvaluation } from './evaluate-counterfactual.ts';

/** What stood in one place of a list that was shown. */
export interface ShownPlace {
  readonly itemId: string;
  /** From 1. */
  readonly rank: number;
  readonly isTriedOut: boolean;
  readonly isTaken: boolean;
  readonly propensity: number | null;
}

export const WITHOUT_TRIALS = 'without_trials';

/** @param shown oldest first: the first half tells what places earn, for the doubly robust estimate; the other one is what is estimated on. */
export function evaluateTrials(shown: readonly ShownPlace[], weightMax: number): CounterfactualEvaluation {
  const open = shown.filter(({ propensity }) => propensity === null || (propensity > 0 && propensity < 1));
  if (open.length < 2)
    throw new EvaluationRefused(
      'nothing was tried out: no impression with recommendation_id, placement and algorithms has a propensity below 1',
    );
  const [learnt, judged] = [open.slice(0, open.length / 2), open.slice(open.length / 2)];
  const arms = new Set(open.flatMap(({ rank }) => [armOf(rank, false), armOf(rank, true)]));
  const rates = clickRates(learnt.map((place) => ({ item: armOf(place.rank, place.isTriedOut), reward: Number(place.isTaken) })), arms); // prettier-ignore
  const rateOf = (arm: string) => rates.get(arm) ?? 0;
  const choices = judged.map(({ rank, isTriedOut, isTaken, propensity }) => ({
    reward: Number(isTaken),
    propensity: propensity ?? 1,
    targetPropensity: isTriedOut ? 0 : 1,
    expected: rateOf(armOf(rank, isTriedOut)),
    expectedOfTarget: rateOf(armOf(rank, false)),
  }));
  const hasPropensities = judged.every(({ propensity }) => propensity !== null);
  return {
    impressions: judged.length,
    items: new Set(judged.map(({ itemId }) => itemId)).size,
    hasPropensities,
    weightMax,
    results: [resultOf(WITHOUT_TRIALS, choices, hasPropensities, weightMax)],
  };
}

function armOf(rank: number, isTriedOut: boolean): string {
  return `${rank} ${isTriedOut ? 'tried out' : 'as usual'}`;
}
