// Which items are described alike: TF-IDF and cosine over title, tags and description, on an index that changes with every description.
// Salton and Buckley, "Term-weighting approaches in automatic text retrieval" (Information Processing & Management 24, 1988): term
// frequency (as 1 + ln) times ln(N ÷ n), vectors normalised. An item that nobody has seen yet is found as well as any other.
import { SparseScores } from './sparse-scores.ts';
import { wordsOf } from './words.ts';

export interface ItemText {
  readonly title: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly categories: readonly string[];
}

export interface ContentIndexOptions {
  /** Items held; those described longest ago are forgotten. @default 100,000 */
  readonly itemsMax: number;
}

/** What a word counts where it stands. */
const FIELD_WEIGHTS = { title: 3, tags: 2, categories: 1, description: 1 } as const;
/** Words kept of an item: those that count most in it. */
const WORDS_MAX = 40;
const DESCRIPTION_CHARS_MAX = 2_000;
/** A question looks at so many of the item's rarest words, and at so many of the items that have one, the latest. */
const ASKED_WORDS_MAX = 8;
const ITEMS_PER_WORD_MAX = 150;
/** The index is put in order when so many were forgotten, and as many as are left. */
const FORGOTTEN_MIN = 1_024;

interface Document {
  readonly itemId: string;
  readonly words: Int32Array;
  readonly counts: Float32Array;
}

export class ContentIndex {
  readonly #itemsMax: number;
  readonly #wordNumbers = new Map<string, number>();
  /** By word: documents that have it, in their order; forgotten ones among them. */
  #postings: number[][] = [];
  /** By word: how many of the items held have it. */
  #holders: number[] = [];
  /** By number of the document, in the order of description. */
  #documents = new Map<number, Document>();
  readonly #numbers = new Map<string, number>();
  #next = 0;
  #forgotten = 0;
  #version = 0;
  #scores = new SparseScores(0);

  constructor({ itemsMax = 100_000 }: Partial<ContentIndexOptions> = {}) {
    this.#itemsMax = itemsMax;
  }

  /** Changes whenever an answer might. */
  get version(): number {
    return this.#version;
  }

  get items(): number {
    return this.#documents.size;
  }

  /** Replaces what was said of the item before; null forgets it. */
  describe(itemId: string, text: ItemText | null): void {
    const document = text === null ? undefined : this.#documentOf(itemId, text);
    const known = this.#documents.get(this.#numbers.get(itemId) ?? -1);
    if (known !== undefined && document !== undefined && isSame(known, document)) return; // a price, most often
    this.#version += 1;
    this.#forget(itemId);
    if (document === undefined || document.words.length === 0) return;
    const number = this.#next;
    this.#next += 1;
    this.#hold(number, document);
    if (this.#documents.size > this.#itemsMax) this.#forgetOldest();
    if (this.#forgotten >= Math.max(FORGOTTEN_MIN, this.#documents.size)) this.#renumber();
  }

  /**
   * The items most like it, best first, with their cosine; of equals those described first.
   *
   * @param counts says which may be named.
   */
  alike(
    itemId: string,
    limit: number,
    counts: (itemId: string) => boolean = () => true,
  ): { readonly itemId: string; readonly score: number }[] {
    const number = this.#numbers.get(itemId);
    if (number === undefined) return [];
    const asked = this.#documents.get(number) as Document;
    if (this.#scores.values.length < this.#next) this.#scores = new SparseScores(2 * this.#next);
    const scores = this.#scores;
    for (const place of this.#rarest(asked)) this.#addHolders(asked, place, number, scores);
    const norm = this.#normOf(asked);
    for (const other of scores.items) {
      const document = this.#documents.get(other) as Document;
      const may = counts(document.itemId);
      scores.values[other] = may ? (scores.values[other] as number) / (norm * this.#normOf(document)) : 0;
    }
    const found = [...scores.best(limit)].flatMap((other) => {
      const score = scores.values[other] as number;
      return score > 0 ? [{ itemId: (this.#documents.get(other) as Document).itemId, score }] : [];
    });
    scores.clear();
    return found;
  }

  #documentOf(itemId: string, text: ItemText): Document {
    const counts = this.#countsOf(text);
    return {
      itemId,
      words: Int32Array.from(counts, ([word]) => word),
      counts: Float32Array.from(counts, ([, count]) => 1 + Math.log(count)),
    };
  }

  #hold(number: number, document: Document): void {
    this.#documents.set(number, document);
    this.#numbers.set(document.itemId, number);
    for (const word of document.words) {
      (this.#postings[word] as number[]).push(number);
      this.#holders[word] = (this.#holders[word] as number) + 1;
    }
  }

  #countsOf({ title, tags, categories, description }: ItemText): [word: number, count: number][] {
    const counts = new Map<number, number>();
    const add = (text: string, weight: number) => {
      for (const word of wordsOf(text)) {
        const number = this.#wordNumber(word);
        counts.set(number, (counts.get(number) ?? 0) + weight);
      }
    };
    add(title ?? '', FIELD_WEIGHTS.title);
    for (const tag of tags) add(tag, FIELD_WEIGHTS.tags);
    for (const category of categories) add(category, FIELD_WEIGHTS.categories);
    add((description ?? '').slice(0, DESCRIPTION_CHARS_MAX), FIELD_WEIGHTS.description);
    return [...counts].sort((one, other) => other[1] - one[1] || one[0] - other[0]).slice(0, WORDS_MAX);
  }

  #wordNumber(word: string): number {
    const known = this.#wordNumbers.get(word);
    if (known !== undefined) return known;
    const number = this.#postings.length;
    this.#wordNumbers.set(word, number);
    this.#postings.push([]);
    this.#holders.push(0);
    return number;
  }

  /** Places in the document's words, the rarest first. A word that all have says nothing. */
  #rarest({ words, counts }: Document): number[] {
    const weights = Array.from(words, (word, place) => (counts[place] as number) * this.#rarity(word));
    return [...weights.keys()]
      .filter((place) => (weights[place] as number) > 0)
      .sort((one, other) => (weights[other] as number) - (weights[one] as number) || one - other)
      .slice(0, ASKED_WORDS_MAX);
  }

  #addHolders(asked: Document, place: number, number: number, scores: SparseScores): void {
    const word = asked.words[place] as number;
    const postings = this.#postings[word] as number[];
    const weight = (asked.counts[place] as number) * this.#rarity(word) ** 2;
    let looked = 0;
    for (let at = postings.length - 1; at >= 0 && looked < ITEMS_PER_WORD_MAX; at -= 1) {
      const other = postings[at] as number;
      const document = this.#documents.get(other);
      if (document === undefined || other === number) continue;
      looked += 1;
      scores.add(other, weight * (document.counts[document.words.indexOf(word)] as number));
    }
  }

  #normOf({ words, counts }: Document): number {
    let squares = 0;
    for (let place = 0; place < words.length; place += 1)
      squares += ((counts[place] as number) * this.#rarity(words[place] as number)) ** 2;
    return Math.sqrt(squares);
  }

  #rarity(word: number): number {
    return Math.log(this.#documents.size / (this.#holders[word] as number));
  }

  #forget(itemId: string): void {
    const number = this.#numbers.get(itemId);
    if (number === undefined) return;
    for (const word of (this.#documents.get(number) as Document).words)
      this.#holders[word] = (this.#holders[word] as number) - 1;
    this.#numbers.delete(itemId);
    this.#documents.delete(number);
    this.#forgotten += 1;
  }

  #forgetOldest(): void {
    const [oldest] = this.#documents.values();
    if (oldest !== undefined) this.#forget(oldest.itemId);
  }

  /** In the same order, without those that were forgotten: otherwise numbers would rise with every change of a text. */
  #renumber(): void {
    const held = [...this.#documents.values()];
    this.#documents = new Map();
    this.#postings = this.#postings.map(() => []);
    this.#holders = this.#holders.map(() => 0);
    for (const [number, document] of held.entries()) this.#hold(number, document);
    this.#next = held.length;
    this.#forgotten = 0;
  }
}

function isSame(one: Document, other: Document): boolean {
  return (
    one.words.length === other.words.length &&
    one.words.every((word, place) => word === other.words[place]) &&
    one.counts.every((count, place) => count === other.counts[place])
  );
}
