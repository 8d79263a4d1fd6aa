// Which of a few little-known items to try next: each as often as it may well be the best. Thompson sampling with beta posteriors
// (Chapelle and Li, "An Empirical Evaluation of Thompson Sampling", NIPS 2011, algorithm 2).
//
// How probable a choice was must be known exactly, or nothing can be learnt from it later. So it is drawn in two steps: a number of rounds
// of sampling gives each item a share, of the rounds that it won and one more; and by these shares one is drawn. Given the rounds, which
// depend on nothing that happens after, the share is the probability, and no item's is 0.
import { normal } from './normal.ts';

export interface Arm {
  readonly successes: number;
  readonly trials: number;
}

export interface Draw {
  /** Place of the arm. */
  readonly chosen: number;
  readonly probability: number;
}

const ROUNDS = 24;
/** What is expected of an item that nobody has seen: one success in ten trials. */
const PRIOR = { successes: 1, failures: 9 };

/** @param random uniform in [0, 1). @throws RangeError without arms. */
export function drawByThompson(arms: readonly Arm[], random: () => number): Draw {
  if (arms.length === 0) throw new RangeError('there is nothing to choose from');
  const wins = new Int32Array(arms.length).fill(1);
  for (let round = 0; round < ROUNDS; round += 1) {
    const winner = winnerOf(arms, random);
    wins[winner] = (wins[winner] as number) + 1;
  }
  const total = ROUNDS + arms.length;
  let rest = random() * total;
  let chosen = 0;
  while (chosen < arms.length - 1 && rest >= (wins[chosen] as number)) {
    rest -= wins[chosen] as number;
    chosen += 1;
  }
  return { chosen, probability: (wins[chosen] as number) / total };
}

/** One round: place of the arm. How probable it was, nobody knows. */
export function winnerOf(arms: readonly Arm[], random: () => number): number {
  let winner = 0;
  let most = -1;
  for (const [place, { successes, trials }] of arms.entries()) {
    const failures = Math.max(0, trials - successes);
    const sampled = beta(PRIOR.successes + successes, PRIOR.failures + failures, random);
    if (sampled > most) [winner, most] = [place, sampled];
  }
  return winner;
}

function beta(a: number, b: number, random: () => number): number {
  const x = gamma(a, random);
  return x / (x + gamma(b, random));
}

/** For shapes from 1 on: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables" (ACM TOMS 26, 2000). */
function gamma(shape: number, random: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
