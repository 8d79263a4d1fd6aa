// Which of some items to try in a place kept for it: Thompson sampling with Beta posteriors (Chapelle and Li, "An Empirical Evaluation of Thompson
// Sampling", NIPS 2011, algorithm 2). What is not known yet is shown often enough to become known, and what is bad soon no more.

/** An item in the place: how often it was shown there, and clicked. */
export interface Tried {
  readonly shown: number;
  readonly clicked: number;
}

export interface Draw {
  /** Place among those that could be chosen. */
  readonly chosen: number;
  /** The probability with which it was, exactly, and never 0: for estimates of what other policies would have earned. */
  readonly propensity: number;
}

/** What every item counts before anybody saw it: one click in some twenty views. */
const PRIOR_CLICKS = 1;
const PRIOR_PASSES = 19;
/** Rounds whose winners share the place. */
const ROUNDS = 24;

/**
 * In two steps, as the probability of a choice could only be estimated otherwise: of some rounds each item gets those that it wins and one more as its
 * share, and by these shares one is drawn. Given the rounds, which depend on nothing that happens later, the share is the probability.
 *
 * @param random uniform numbers in [0, 1). @throws RangeError when there is nothing to choose from.
 */
export function drawThompson(items: readonly Tried[], random: () => number): Draw {
  if (items.length === 0) throw new RangeError('there is no item to choose from');
  const shares = new Int32Array(items.length).fill(1);
  for (let round = 0; round < ROUNDS; round += 1) {
    const winner = bestDraw(items, random);
    shares[winner] = (shares[winner] as number) + 1;
  }
  const all = ROUNDS + items.length;
  let rest = random() * all;
  let chosen = 0;
  while (chosen < items.length - 1 && rest >= (shares[chosen] as number)) {
    rest -= shares[chosen] as number;
    chosen += 1;
  }
  return { chosen, propensity: (shares[chosen] as number) / all };
}

/** One choice, without its propensity. */
export function bestDraw(items: readonly Tried[], random: () => number): number {
  let best = 0;
  let most = -1;
  for (const [at, { shown, clicked }] of items.entries()) {
    const draw = betaDraw(PRIOR_CLICKS + clicked, PRIOR_PASSES + Math.max(0, shown - clicked), random);
    if (draw > most) [best, most] = [at, draw];
  }
  return best;
}

/** x ÷ (x + y) of two gamma draws. */
function betaDraw(a: number, b: number, random: () => number): number {
  const x = gammaDraw(a, random);
  return x / (x + gammaDraw(b, random));
}

/** For shapes of at least 1: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables" (ACM TOMS 2000). */
function gammaDraw(shape: number, random: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const v = (1 + c * normal) ** 3;
    if (v > 0 && Math.log(1 - random()) < (normal * normal) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
