// How likely somebody takes again what they took before: milk comes back, a television doesn't. Counted per category, by how long ago and how often, in the
// manner of the empirical hazards of Bhagat et al., "Buy It Again: Modeling Repeat Purchase Recommendations" (KDD 2018, section 3.1).

export interface Taken {
  readonly category: number;
  /** Days since the last time. */
  readonly gapDays: number;
  /** How often so far, at least 1. */
  readonly times: number;
}

/** Half octaves of days: up to some three years. */
const GAPS = 21;
/** 1, 2, 3–4, 5–8, more. */
const TIMES = 5;
/** A category speaks for itself from about so many occasions; before, all categories together speak for it. */
const PRIOR_OCCASIONS = 20;

export class RepeatConsumption {
  readonly #categories: number;
  /** By category, gap and times; the last category is all of them. */
  readonly #occasions: Float64Array;
  readonly #repeats: Float64Array;

  /** @param categories their number. */
  constructor(categories: number) {
    this.#categories = categories;
    this.#occasions = new Float64Array((categories + 1) * GAPS * TIMES);
    this.#repeats = new Float64Array(this.#occasions.length);
  }

  get bytes(): number {
    return this.#occasions.byteLength + this.#repeats.byteLength;
  }

  /** One occasion to take it again: somebody was there and took it, or did not. */
  learn(taken: Taken, again: boolean): void {
    for (const category of [taken.category, this.#categories]) {
      const cell = cellOf(category, taken);
      this.#occasions[cell] = (this.#occasions[cell] as number) + 1;
      if (again) this.#repeats[cell] = (this.#repeats[cell] as number) + 1;
    }
  }

  /** That it is taken again at the next occasion. */
  probability(taken: Taken): number {
    const all = cellOf(this.#categories, taken);
    const own = cellOf(taken.category, taken);
    const expected = ((this.#repeats[all] as number) + 1) / ((this.#occasions[all] as number) + 2 * PRIOR_OCCASIONS);
    return (
      ((this.#repeats[own] as number) + PRIOR_OCCASIONS * expected) /
      ((this.#occasions[own] as number) + PRIOR_OCCASIONS)
    );
  }

  /** The share of all occasions at which something of the category was taken again. */
  shareOf(category: number): { readonly occasions: number; readonly share: number } {
    const begin = category * GAPS * TIMES;
    let [occasions, repeats] = [0, 0];
    for (let cell = begin; cell < begin + GAPS * TIMES; cell += 1) {
      occasions += this.#occasions[cell] as number;
      repeats += this.#repeats[cell] as number;
    }
    return { occasions, share: occasions === 0 ? 0 : repeats / occasions };
  }
}

function cellOf(category: number, { gapDays, times }: Taken): number {
  const gap = Math.min(GAPS - 1, Math.floor(2 * Math.log2(1 + Math.max(0, gapDays))));
  const often = Math.min(TIMES - 1, Math.ceil(Math.log2(Math.max(1, times))));
  return (category * GAPS + gap) * TIMES + often;
}
