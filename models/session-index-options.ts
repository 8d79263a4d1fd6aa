// What can be set of the session index, and what holds when nothing is.

export interface SessionIndexOptions {
  /** Sessions held; past it the oldest goes. @default 1,000,000 */
  readonly sessionsMax: number;
  /** Latest distinct items kept of a session. @default 30 */
  readonly itemsPerSessionMax: number;
  /** The paper's m: latest sessions kept per item, and looked at per query. @default 1,000 */
  readonly sampleMax: number;
  /** The paper's k: most similar sessions that vote. @default 150 */
  readonly neighboursMax: number;
  /** Latest items of the current session that count; 1 to 8. @default 5 */
  readonly windowItems: number;
  /** @default SERENADE_WEIGHTING */
  readonly weighting: SessionWeighting;
}

/**
 * How the sessions that were chosen vote: the factors of STAN (Garg et al., "Sequence and Time Aware Neighborhood for Session-based
 * Recommendations", SIGIR 2019, section 3) and V-SkNN (Ludewig and Jannach, UMUAI 2018, section 3.3), each of which can be left out.
 */
export interface SessionWeighting {
  /** An item `n` steps back in the current session counts e^(−n ÷ this). Infinity: as in VMIS-kNN, falling by equal steps. */
  readonly windowReach: number;
  /** An item `n` places from the latest shared one, in the session that votes, gets e^(−n ÷ this) of its vote. Infinity: all of it. */
  readonly placeReach: number;
  /** A session of n items votes with n^(−this): ½ is the cosine, 0 lets long sessions count as much as short ones. */
  readonly lengthPower: number;
}

export const SERENADE_WEIGHTING: SessionWeighting = Object.freeze({
  windowReach: Infinity,
  placeReach: Infinity,
  lengthPower: 0,
});

export const SESSION_INDEX_DEFAULTS: SessionIndexOptions = Object.freeze({
  sessionsMax: 1_000_000,
  itemsPerSessionMax: 30,
  sampleMax: 1_000,
  neighboursMax: 150,
  windowItems: 5,
  weighting: SERENADE_WEIGHTING,
});

/** One bit of a byte for each item of the window. */
export const WINDOW_ITEMS_MAX = 8;

/** @throws RangeError when an option is not a whole number in its range. */
export function completeOptions(options: Partial<SessionIndexOptions>): SessionIndexOptions {
  const complete = Object.freeze({ ...SESSION_INDEX_DEFAULTS, ...options });
  const { sessionsMax, itemsPerSessionMax, sampleMax, neighboursMax, windowItems, weighting } = complete;
  requireWhole('sessionsMax', sessionsMax, 2 ** 28);
  requireWhole('itemsPerSessionMax', itemsPerSessionMax, 65_535);
  requireWhole('sampleMax', sampleMax, 2 ** 20);
  requireWhole('neighboursMax', neighboursMax, 2 ** 20);
  requireWhole('windowItems', windowItems, WINDOW_ITEMS_MAX);
  const { windowReach, placeReach, lengthPower } = weighting;
  requireReach('windowReach', windowReach);
  requireReach('placeReach', placeReach);
  if (!(lengthPower >= 0 && lengthPower <= 1)) throw new RangeError(`lengthPower is from 0 to 1, not ${lengthPower}`);
  return complete;
}

function requireReach(name: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`${name} must be positive, not ${value}`);
}

function requireWhole(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`);
  }
}
