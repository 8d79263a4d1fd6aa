// A shelf of items whose click rates are known, so that what a policy loses against always showing the best can be told exactly.
import { drawByThompson, winnerOf, type Arm } from '../thompson.ts';

export type Policy = (items: readonly Arm[], round: number, random: () => number) => number;

const EPSILON = 0.1;

export const policies: Readonly<Record<string, Policy>> = {
  /** As lists do it, which have to know how probable each choice was. */
  thompson_with_shares: (items, _, random) => drawByThompson(items, random).chosen,
  thompson: (items, _, random) => winnerOf(items, random),
  /** Always what has been best so far; each once at first. */
  greedy: (items) => bestBy(items, rateOf),
  epsilon_greedy: (items, _, random) =>
    random() < EPSILON ? Math.floor(random() * items.length) : bestBy(items, rateOf),
  /** UCB1 of Auer, Cesa-Bianchi and Fischer (Machine Learning 2002). */
  ucb1: (items, round) =>
    bestBy(items, (item) => rateOf(item) + Math.sqrt((2 * Math.log(round + 1)) / Math.max(1, item.trials))),
  uniform: (items, _, random) => Math.floor(random() * items.length),
};

/** Clicks lost, in expectation, over so many rounds. */
export function regretOf(policy: Policy, rates: readonly number[], rounds: number, random: () => number): number {
  const items = rates.map(() => ({ trials: 0, successes: 0 }));
  const best = Math.max(...rates);
  let regret = 0;
  for (let round = 0; round < rounds; round += 1) {
    const chosen = policy(items, round, random);
    const item = items[chosen] as { trials: number; successes: number };
    const rate = rates[chosen] as number;
    item.trials += 1;
    if (random() < rate) item.successes += 1;
    regret += best - rate;
  }
  return regret;
}

/** What no policy that is good everywhere can go below, for many rounds: Lai and Robbins (1985). */
export function leastRegret(rates: readonly number[], rounds: number): number {
  const best = Math.max(...rates);
  return rates
    .filter((rate) => rate < best)
    .reduce((sum, rate) => sum + ((best - rate) * Math.log(rounds)) / divergence(rate, best), 0);
}

/** Of two Bernoulli distributions (Kullback and Leibler). */
function divergence(p: number, q: number): number {
  return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
}

function rateOf({ trials, successes }: Arm): number {
  return trials === 0 ? Infinity : successes / trials;
}

function bestBy(items: readonly Arm[], value: (item: Arm) => number): number {
  let best = 0;
  for (let at = 1; at < items.length; at += 1) if (value(items[at] as Arm) > value(items[best] as Arm)) best = at;
  return best;
}
