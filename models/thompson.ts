// Which of a few little-known items to try next: each as often as it may well be the best. Thompson sampling with beta posteriors
// (Chapelle and Li, "An Empirical Evaluation of Thompson Sampling", NIPS 2011, algorithm 2).
//
// How probable a choice was must be known exactly, or nothing can be learnt from it later. So it is drawn in two steps: a number of rounds
// of sampling gives each item a share, of the rounds that it won and one more; and by these shares one is drawn. Given the rounds, which
// depend on nothing that happens after, the share is the probability, and no item's is 0.
import { normals } from './normal.ts';

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
  const winner = winners(arms, random);
  for (let round = 0; round < ROUNDS; round += 1) {
    const place = winner();
    wins[place] = (wins[place] as number) + 1;
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
  return winners(arms, random)();
}

/** Each call is a round of its own. */
function winners(arms: readonly Arm[], random: () => number): () => number {
  const normal = normals(random);
  const posteriors = arms.map(({ successes, trials }) => ({
    good: shaped(PRIOR.successes + successes),
    bad: shaped(PRIOR.failures + Math.max(0, trials - successes)),
  }));
  return () => {
    let winner = 0;
    let most = -1;
    for (let place = 0; place < posteriors.length; place += 1) {
      const { good, bad } = posteriors[place] as (typeof posteriors)[number];
      const x = gamma(good, normal, random);
      const sampled = x / (x + gamma(bad, normal, random)); // beta-distributed
      if (sampled > most) {
        winner = place;
        most = sampled;
      }
    }
    return winner;
  };
}

/** What of a gamma distribution's shape its numbers are made with. */
interface Shaped {
  readonly d: number;
  readonly c: number;
}

function shaped(shape: number): Shaped {
  const d = shape - 1 / 3;
  return { d, c: 1 / Math.sqrt(9 * d) };
}

/** For shapes from 1 on: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables" (ACM TOMS 26, 2000). */
function gamma({ d, c }: Shaped, normal: () => number, random: () => number): number {
  for (;;) {
    const x = normal();
    const t = 1 + c * x;
    if (t <= 0) continue;
    const v = t * t * t;
    const u = 1 - random();
    // What their squeeze lets through needs no logarithm: all but two in a hundred.
    const xx = x * x;
    if (u < 1 - 0.0331 * xx * xx || Math.log(u) < 0.5 * xx + d - d * v + d * Math.log(v)) return d * v;
  }
}
