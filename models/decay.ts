// Heat: a sum of weights that fades with age, kept so that it never needs rewriting. After Cormode, Shkapenyuk, Srivastava and
// Xu, "Forward Decay: A Practical Time Decay Model for Streaming Systems" (ICDE 2009), sections 3 and 4, exponential decay.
//
// heat = ln Σ weightᵢ·exp(λ·tᵢ), λ = ln 2 / half-life, tᵢ in milliseconds since 1970. It depends on no 'now': order of arrival
// doesn't matter (up to rounding), late additions are exact, and two heats of one half-life compare directly at any time.

/** The heat of nothing. */
export const EMPTY_HEAT = -Infinity;

/**
 * The heat after adding `weight` at `timeMs`.
 *
 * @param weight ≥ 0; zero changes nothing.
 * @throws RangeError when the weight is negative or not finite, the time is not finite, or the half-life is not positive.
 */
export function addHeat(heat: number, weight: number, timeMs: number, halfLifeMs: number): number {
  if (!(weight >= 0 && weight < Infinity))
    throw new RangeError(`a weight must be finite and not negative, not ${weight}`);
  return mergeHeats(heat, Math.log(weight) + logGrowth(timeMs, halfLifeMs));
}

/** The heat of what both hold together. */
export function mergeHeats(a: number, b: number): number {
  const larger = Math.max(a, b);
  if (larger === EMPTY_HEAT || larger === Infinity) return larger; // ∞ − ∞ below would be NaN
  return larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}

/**
 * The decayed sum at `timeMs`: each weight counts half for every half-life of its age. 0 for `EMPTY_HEAT`. A time before the
 * additions gives more than their sum; so far before that no double holds it, Infinity.
 */
export function heatAt(heat: number, timeMs: number, halfLifeMs: number): number {
  return Math.exp(heat - logGrowth(timeMs, halfLifeMs));
}

/** The heat whose decayed sum at `timeMs` is `sum`: the inverse of `heatAt`. */
export function heatFrom(sum: number, timeMs: number, halfLifeMs: number): number {
  return addHeat(EMPTY_HEAT, sum, timeMs, halfLifeMs);
}

function logGrowth(timeMs: number, halfLifeMs: number): number {
  const growth = (timeMs / halfLifeMs) * Math.LN2;
  if (!(halfLifeMs > 0) || !Number.isFinite(growth)) {
    throw new RangeError(`a heat needs a finite time and a positive half-life, not ${timeMs} ms and ${halfLifeMs} ms`);
  }
  return growth;
}
