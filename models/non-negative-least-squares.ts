// Least squares whose solution may not be negative, given the normal equations: min xᵀGx − 2bᵀx, x ≥ 0. Each coordinate in turn goes to where
// the error is least while the others stay, but not below 0: Franc, Hlaváč and Navara, "Sequential Coordinate-Wise Algorithm for the
// Non-negative Least Squares Problem" (CAIP 2005, section 3). One sweep of it is what a row of HALS takes, too.

/** What divides by less is left as it is. */
const CURVATURE_MIN = 1e-12;
/** For somebody who was not there in training: more change no list that was looked at. */
const FOLD_IN_SWEEPS = 30;

/** From nothing, into `x`. `gram` is G, whole; `wanted` is b. */
export function solveNonNegative(x: Float64Array, gram: Float64Array, wanted: Float64Array): void {
  x.fill(0);
  for (let sweep = 0; sweep < FOLD_IN_SWEEPS; sweep += 1) descendRow(x, 0, wanted, gram, wanted.length);
}

/** One sweep over the coordinates that begin at `first`. */
export function descendRow(
  own: Float64Array,
  first: number,
  wanted: Float64Array,
  gram: Float64Array,
  factors: number,
): void {
  for (let at = 0; at < factors; at += 1) {
    const curvature = gram[at * factors + at] as number;
    if (curvature < CURVATURE_MIN) continue;
    let reached = 0;
    for (let other = 0; other < factors; other += 1)
      reached += (gram[at * factors + other] as number) * (own[first + other] as number);
    const slope = reached - (wanted[at] as number);
    own[first + at] = Math.max(0, (own[first + at] as number) - slope / curvature);
  }
}
