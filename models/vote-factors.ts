// The factors of a session's vote as whole numbers: sums of them are exact in any order.
import type { SessionIndexOptions } from './session-index-options.ts';

/** What the factors are rounded to. Products of three, a million times over, stay exact in a double. */
export const FACTOR_STEPS = 1024;

export interface VoteFactors {
  /** By steps back in the current session; null when they fall by equal steps. */
  readonly window: Int32Array | null;
  /** By distance from the latest shared item, in the session that votes. */
  readonly place: Int32Array;
  /** By length of the session that votes. */
  readonly length: Int32Array;
  /** What one vote is worth, but for the window's part. */
  readonly unit: number;
}

export function voteFactors({ itemsPerSessionMax, windowItems, weighting }: SessionIndexOptions): VoteFactors {
  const { windowReach, placeReach, lengthPower } = weighting;
  const place = factors(itemsPerSessionMax, (places) => Math.exp(-places / placeReach));
  const length = factors(itemsPerSessionMax + 1, (items) => Math.max(1, items) ** -lengthPower);
  return {
    window: windowReach === Infinity ? null : steps(windowItems, (back) => Math.exp(-back / windowReach)),
    place,
    length,
    unit: 1 / ((place[0] as number) * (length[0] as number)),
  };
}

/** All 1 when there is nothing to weigh. */
function factors(length: number, factorOf: (at: number) => number): Int32Array {
  const isFlat = Array.from({ length }, (_, at) => factorOf(at)).every((factor) => factor === 1);
  return isFlat ? new Int32Array(length).fill(1) : steps(length, factorOf);
}

function steps(length: number, factorOf: (at: number) => number): Int32Array {
  return Int32Array.from({ length }, (_, at) => Math.max(1, Math.round(FACTOR_STEPS * factorOf(at))));
}
