// Likes by what is written about items: TF-IDF vectors and cosines (Salton and Buckley, "Term-weighting approaches in automatic text
// retrieval", IPM 1988; Lops, de Gemmis and Semeraro, "Content-based recommender systems", 2011, section 3.3.1.1). It knows an item that nobody has had
// yet as well as any other.
import type { HistoryModel } from './history-model.ts';
import { wordsOf } from './words.ts';

interface Occurrence {
  readonly term: number;
  readonly weight: number;
}

export class ContentNeighbours implements HistoryModel {
  readonly #items: number;
  /** By item: where its terms begin, which rise. */
  readonly #start: Int32Array;
  readonly #terms: Int32Array;
  readonly #weights: Float64Array;
  readonly #taste: Float64Array;

  /** @param texts by item; an item without text is like none. */
  constructor(texts: readonly string[]) {
    this.#items = texts.length;
    const { vectors, terms } = vectorsOf(texts);
    this.#start = new Int32Array(texts.length + 1);
    for (const [item, { length }] of vectors.entries()) this.#start[item + 1] = (this.#start[item] as number) + length;
    const all = vectors.flat();
    this.#terms = Int32Array.from(all, ({ term }) => term);
    this.#weights = Float64Array.from(all, ({ weight }) => weight);
    this.#taste = new Float64Array(terms);
  }

  get bytes(): number {
    return this.#start.byteLength + this.#terms.byteLength + this.#weights.byteLength + this.#taste.byteLength;
  }

  /** The cosine of two items, in [0, 1]. */
  similarity(one: number, other: number): number {
    let sum = 0;
    let place = this.#start[one] as number;
    let second = this.#start[other] as number;
    while (place < (this.#start[one + 1] as number) && second < (this.#start[other + 1] as number)) {
      const difference = (this.#terms[place] as number) - (this.#terms[second] as number);
      if (difference === 0) sum += (this.#weights[place] as number) * (this.#weights[second] as number);
      if (difference <= 0) place += 1;
      if (difference >= 0) second += 1;
    }
    return sum;
  }

  /** The cosine, but for the length of the history's vector, which is the same for all items. */
  score(history: Int32Array, scores: Float64Array): void {
    const taste = this.#taste.fill(0);
    for (const item of history) {
      for (let place = this.#start[item] as number; place < (this.#start[item + 1] as number); place += 1) {
        const term = this.#terms[place] as number;
        taste[term] = (taste[term] as number) + (this.#weights[place] as number);
      }
    }
    for (let item = 0; item < this.#items; item += 1) {
      let sum = 0;
      for (let place = this.#start[item] as number; place < (this.#start[item + 1] as number); place += 1)
        sum += (taste[this.#terms[place] as number] as number) * (this.#weights[place] as number);
      scores[item] = sum;
    }
  }
}

/** By item: its terms with tf · idf, of length 1 together. */
function vectorsOf(texts: readonly string[]): { vectors: Occurrence[][]; terms: number } {
  const numbers = new Map<string, number>();
  const counted = texts.map((text) => {
    const counts = new Map<number, number>();
    for (const word of wordsOf(text)) {
      const term = numbers.get(word) ?? numbers.size;
      numbers.set(word, term);
      counts.set(term, (counts.get(term) ?? 0) + 1);
    }
    return counts;
  });
  const inItems = new Float64Array(numbers.size);
  for (const counts of counted) for (const term of counts.keys()) inItems[term] = (inItems[term] as number) + 1;
  const rarity = inItems.map((items) => Math.log((1 + texts.length) / (1 + items)) + 1);
  const vectors = counted.map((counts) => {
    const weighed = [...counts]
      .sort(([one], [other]) => one - other)
      .map(([term, count]) => ({ term, weight: count * (rarity[term] as number) }));
    const length = Math.hypot(...weighed.map(({ weight }) => weight));
    return weighed.map(({ term, weight }) => ({ term, weight: weight / length }));
  });
  return { vectors, terms: numbers.size };
}
