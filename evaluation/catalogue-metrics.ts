// What all lists together do to the catalogue: how much of it they show, how popular what they show is, how much they differ.

/** Counts what is recommended, list by list. */
export class ShownItems {
  /** By item: in how many lists it stood. */
  readonly #shown: Int32Array;
  /** By item: how often it occurs in the training data. */
  readonly #popularity: ArrayLike<number>;
  readonly #total: number;
  #lists = 0;
  #places = 0;
  #popularitySum = 0;
  #surprise = 0;

  constructor(popularity: ArrayLike<number>) {
    this.#popularity = popularity;
    this.#shown = new Int32Array(popularity.length);
    let total = 0;
    for (let item = 0; item < popularity.length; item += 1) total += popularity[item] as number;
    this.#total = total;
  }

  add(list: ArrayLike<number>, length: number): void {
    this.#lists += 1;
    this.#places += length;
    for (let place = 0; place < length; place += 1) {
      const item = list[place] as number;
      const popularity = this.#popularity[item] as number;
      this.#shown[item] = (this.#shown[item] as number) + 1;
      this.#popularitySum += popularity;
      this.#surprise += Math.log2(this.#total / Math.max(1, popularity));
    }
  }

  /** The part of the catalogue that stood in some list. */
  get coverage(): number {
    let seen = 0;
    for (const count of this.#shown) if (count > 0) seen += 1;
    return this.#shown.length === 0 ? 0 : seen / this.#shown.length;
  }

  /** Average recommendation popularity: mean occurrences, in the training data, of what is shown (Yin et al. 2012). */
  get averagePopularity(): number {
    return this.#places === 0 ? 0 : this.#popularitySum / this.#places;
  }

  /** Mean self-information of what is shown, in bits: rare items surprise (Zhou et al. 2010). */
  get novelty(): number {
    return this.#places === 0 ? 0 : this.#surprise / this.#places;
  }

  /** How unevenly the catalogue is shown: 0 all alike, towards 1 a single item. */
  get gini(): number {
    return giniOf(this.#shown);
  }

  /**
   * In how far lists differ: 1 − the mean share that two lists have in common (the Hamming distance of Zhou et al. 2010, over all pairs).
   */
  get diversity(): number {
    if (this.#lists < 2 || this.#places === 0) return 0;
    let common = 0;
    for (const count of this.#shown) common += count * (count - 1);
    const meanLength = this.#places / this.#lists;
    return 1 - common / (this.#lists * (this.#lists - 1) * meanLength);
  }
}

export function giniOf(counts: ArrayLike<number>): number {
  const rising = Float64Array.from(counts).sort();
  let sum = 0;
  let weighted = 0;
  rising.forEach((count, place) => {
    sum += count;
    weighted += (2 * (place + 1) - rising.length - 1) * count;
  });
  return sum === 0 ? 0 : weighted / (rising.length * sum);
}
