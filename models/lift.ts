// How much more often two things are bought together than chance would have it: the interest, or lift, of Brin et al., "Dynamic itemset
// counting and implication rules for market basket data" (SIGMOD 1997).

export interface SharedBaskets {
  /** With both. */
  readonly shared: number;
  /** With the one, and with the other. */
  readonly one: number;
  readonly other: number;
  /** Of the whole shop. */
  readonly all: number;
}

export interface Lift {
  /** P(other | one): the share of baskets with the one that have the other. */
  readonly confidence: number;
  /** P(other | one) ÷ P(other). */
  readonly lift: number;
  /**
   * P(other | one) − P(other): what buying the one adds to the chance of buying the other. It ranks neither the merely popular first,
   * as confidence would, nor the rare coincidence, as lift would.
   */
  readonly added: number;
}

/** Where counts come from different moments, none can be below what it must contain. `shared` is above 0. */
export function liftOf({ shared, one, other, all }: SharedBaskets): Lift {
  const ofOne = Math.max(one, shared);
  const ofOther = Math.max(other, shared);
  const chance = ofOther / Math.max(all, ofOne, ofOther);
  const confidence = shared / ofOne;
  return { confidence, lift: confidence / chance, added: confidence - chance };
}
