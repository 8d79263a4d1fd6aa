// How sure a figure is, and whether two algorithms differ, from per-group sums: events of one session or one customer depend on each
// other, so whole groups are drawn. The draws are seeded: the same input gives the same interval.
import { seededRandom } from '../streams/random.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface PairedTest {
  /** Mean of the first less that of the second, per event. */
  readonly difference: number;
  readonly interval: Interval;
  /** Two-sided, of the hypothesis that both are the same. */
  readonly p: number;
}

const SEED = 20_260_101;
const RESAMPLES = 1_000;
const FLIPS = 2_000;
const TAIL = 0.025;

/**
 * The 95 % percentile bootstrap interval of Σ sums ÷ Σ sizes, whole groups drawn with replacement (Efron and Tibshirani 1993, chapters 8
 * and 13).
 */
export function bootstrapInterval(sums: ArrayLike<number>, sizes: ArrayLike<number>): Interval {
  const groups = sums.length;
  if (groups === 0) return { low: 0, high: 0 };
  const random = seededRandom(SEED);
  const means = new Float64Array(RESAMPLES);
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    let sum = 0;
    let size = 0;
    for (let draw = 0; draw < groups; draw += 1) {
      const group = Math.floor(random() * groups);
      sum += sums[group] as number;
      size += sizes[group] as number;
    }
    means[resample] = size === 0 ? 0 : sum / size;
  }
  means.sort();
  return { low: quantile(means, TAIL), high: quantile(means, 1 - TAIL) };
}

/**
 * Compares two algorithms on the same events. The p-value is that of Fisher's randomisation test: were both the same, each group's
 * difference could as well have had the other sign (Smucker, Allan and Carterette 2007).
 */
export function pairedTest(first: ArrayLike<number>, second: ArrayLike<number>, sizes: ArrayLike<number>): PairedTest {
  const differences = Float64Array.from(first, (sum, group) => sum - (second[group] as number));
  let total = 0;
  let events = 0;
  differences.forEach((difference, group) => {
    total += difference;
    events += sizes[group] as number;
  });
  return {
    difference: events === 0 ? 0 : total / events,
    interval: bootstrapInterval(differences, sizes),
    p: randomisationTest(differences, total),
  };
}

function randomisationTest(differences: Float64Array, total: number): number {
  const random = seededRandom(SEED);
  const unequal = differences.filter((difference) => difference !== 0);
  let asFar = 0;
  for (let flip = 0; flip < FLIPS; flip += 1) {
    let sum = 0;
    for (const difference of unequal) sum += random() < 0.5 ? difference : -difference;
    // Without the allowance, sums of the same numbers in another order would count as different.
    if (Math.abs(sum) >= Math.abs(total) * (1 - 1e-9)) asFar += 1;
  }
  return (asFar + 1) / (FLIPS + 1);
}

/** Of sorted numbers, between neighbours where it falls between them. */
export function quantile(rising: ArrayLike<number>, share: number): number {
  if (rising.length === 0) return 0;
  const place = share * (rising.length - 1);
  const below = Math.floor(place);
  const low = rising[below] as number;
  const high = rising[Math.min(below + 1, rising.length - 1)] as number;
  return low + (place - below) * (high - low);
}
