// What the assortment is made of: departments with lines of goods, as words from which items are composed.

export interface Department {
  readonly name: string;
  /** `goods` are named after brand, quality and thing; `works` (books, records) have a title and a maker. */
  readonly naming: 'goods' | 'works';
  /** Makers; for works, authors and artists. */
  readonly brands: readonly string[];
  /** Adjectives of titles. */
  readonly qualities: readonly string[];
  /** What is said of any item here. */
  readonly praises: readonly string[];
  /** How sought it is in each month, January first; 1 is usual. */
  readonly season: readonly number[];
  readonly lines: readonly Line[];
}

export interface Line {
  readonly name: string;
  /** The thing itself; for works, the second half of a title. */
  readonly nouns: readonly string[];
  /** Cheapest and dearest, in euros. */
  readonly price: readonly [low: number, high: number];
  readonly tags: readonly string[];
  /** Set for what is used up: how many days a pack lasts. */
  readonly lastsDays?: number;
}
