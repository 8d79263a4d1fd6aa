// Weights from item to item, for instance how often one is followed by the other: built once from all pairs, then read row by row.
// Items are small numbers; a row holds its heaviest partners.
import { SparseScores } from './sparse-scores.ts';

/** Collects pairs, then makes the table. What is collected takes 16 bytes a pair until it is built. */
export class ItemPairsBuilder {
  readonly #items: number;
  readonly #rows: number;
  #from = new Int32Array(1 << 16);
  #to = new Int32Array(1 << 16);
  #weight = new Float64Array(1 << 16);
  #count = 0;

  /** @param rows numbers that stand on the left; as many as there are items unless said otherwise. */
  constructor(items: number, rows = items) {
    this.#items = items;
    this.#rows = rows;
  }

  add(from: number, to: number, weight: number): void {
    if (this.#count === this.#from.length) this.#grow();
    this.#from[this.#count] = from;
    this.#to[this.#count] = to;
    this.#weight[this.#count] = weight;
    this.#count += 1;
  }

  /**
   * @param partnersMax partners kept of each item: the heaviest, of equal ones the smaller number.
   * @param weigh what the summed weight of a pair becomes.
   */
  build(partnersMax: number, weigh = (_from: number, _to: number, sum: number) => sum): ItemPairs {
    const { order, rowStart } = this.#byFrom();
    const row = new SparseScores(this.#items);
    const start = new Int32Array(this.#rows + 1);
    const to: number[] = [];
    const weight: number[] = [];
    for (let from = 0; from < this.#rows; from += 1) {
      for (let at = rowStart[from] as number; at < (rowStart[from + 1] as number); at += 1) {
        const place = order[at] as number;
        row.add(this.#to[place] as number, this.#weight[place] as number);
      }
      for (const item of row.items) row.values[item] = weigh(from, item, row.values[item] as number);
      for (const item of row.best(partnersMax)) {
        to.push(item);
        weight.push(row.values[item] as number);
      }
      row.clear();
      start[from + 1] = to.length;
    }
    return new ItemPairs(start, Int32Array.from(to), Float64Array.from(weight));
  }

  /** The places of the pairs, those of an item together, each item's as they came. */
  #byFrom(): { order: Int32Array; rowStart: Int32Array } {
    const rowStart = new Int32Array(this.#rows + 1);
    for (let place = 0; place < this.#count; place += 1) {
      const row = (this.#from[place] as number) + 1;
      rowStart[row] = (rowStart[row] as number) + 1;
    }
    for (let row = 0; row < this.#rows; row += 1)
      rowStart[row + 1] = (rowStart[row + 1] as number) + (rowStart[row] as number);
    const order = new Int32Array(this.#count);
    const next = rowStart.slice();
    for (let place = 0; place < this.#count; place += 1) {
      const from = this.#from[place] as number;
      order[next[from] as number] = place;
      next[from] = (next[from] as number) + 1;
    }
    return { order, rowStart };
  }

  #grow(): void {
    const from = new Int32Array(2 * this.#count);
    const to = new Int32Array(2 * this.#count);
    const weight = new Float64Array(2 * this.#count);
    from.set(this.#from);
    to.set(this.#to);
    weight.set(this.#weight);
    this.#from = from;
    this.#to = to;
    this.#weight = weight;
  }
}

/** Rows of weights, heaviest first. */
export class ItemPairs {
  readonly start: Int32Array;
  readonly to: Int32Array;
  readonly weight: Float64Array;

  constructor(start: Int32Array, to: Int32Array, weight: Float64Array) {
    this.start = start;
    this.to = to;
    this.weight = weight;
  }

  get bytes(): number {
    return this.start.byteLength + this.to.byteLength + this.weight.byteLength;
  }

  /** Adds the row of an item, times a factor. */
  addRow(item: number, factor: number, scores: SparseScores): void {
    const end = this.start[item + 1] as number;
    for (let place = this.start[item] as number; place < end; place += 1)
      scores.add(this.to[place] as number, factor * (this.weight[place] as number));
  }

  /** Adds the rows of the latest `itemsMax` items of a session, each over its distance from the end. Negative items are unknown. */
  addLatest(session: readonly number[], itemsMax: number, scores: SparseScores): void {
    const end = Math.max(0, session.length - itemsMax);
    for (let at = session.length - 1; at >= end; at -= 1) {
      const item = session[at] as number;
      if (item >= 0) this.addRow(item, 1 / (session.length - at), scores);
    }
  }
}
