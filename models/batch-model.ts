// What was trained from the whole history, as lists are made with it: items that go with those somebody had, by what all customers had
// and by what is said of them; and which categories are bought again. Made once, packed into a file, and read where it lies.
import { ArtefactRefused, packArtefact, unpackArtefact, type Artefact } from './artefact.ts';
import { Best } from './best.ts';
import { liftIn, type ContextLifts } from './context-lifts.ts';
import { FoldedTastes, FOLDED_ITEMS_MAX, type ItemFactors, type LiveTastes } from './folded-tastes.ts';
import { areRows, type ItemRows } from './item-rows.ts';
import { NonNegativeTastes, type NonNegativeItemFactors } from './non-negative-tastes.ts';

/** How often what was bought of a category is bought again. */
export interface RepeatHabit {
  /** Of the purchases that could have been repeated by now, how many were: in [0, 1]. */
  readonly share: number;
  /** Median days from one purchase of an item to the next. */
  readonly days: number;
}

export interface BatchModelParts {
  /** Names it in answers. */
  readonly version: string;
  /** als, ease, nmf, spectral_filter or item_knn. */
  readonly algorithm: string;
  /** Ids, by number. */
  readonly items: readonly string[];
  /** Whom the items had bring along. With factors they are the candidates, whom the factors weigh. */
  readonly tastes: ItemRows;
  readonly factors: ItemFactors | NonNegativeItemFactors | null;
  /** Items alike in title, description and tags. */
  readonly content: ItemRows;
  /** By category. */
  readonly repeats: Readonly<Record<string, RepeatHabit>>;
  readonly contexts: ContextLifts;
  /** What each source of a list counts; null: what holds by default. */
  readonly weights: Readonly<Record<string, number>> | null;
}

/** Told an item, what it scores, and which of the history led there: its place. */
export type Suggested = (item: number, score: number, place: number) => void;

/** Items that candidates come from by factors: those with the best scores. */
const FACTOR_ITEMS_MAX = 40;
/** A smaller catalogue is scored as a whole. */
const ALL_ITEMS_MAX = 700;
const CANDIDATES_MAX = 700;

/** The numbers, without the arrays. Files of before there was a choice don't say what is solved: least squares. */
type ToldFactors =
  | (Pick<ItemFactors, 'count' | 'lambda' | 'others' | 'power'> & { readonly solving?: 'least_squares' })
  | Pick<NonNegativeItemFactors, 'count' | 'solving'>;

interface About {
  readonly version: string;
  readonly algorithm: string;
  readonly items: readonly string[];
  readonly factors: ToldFactors | null;
  readonly repeats: Readonly<Record<string, RepeatHabit>>;
  readonly contexts: ContextLifts;
  readonly weights: Readonly<Record<string, number>> | null;
}

/** Scratch memory is used again: one customer after the other. */
export class BatchModel {
  readonly version: string;
  readonly algorithm: string;
  readonly #parts: BatchModelParts;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #tastes: LiveTastes | null;
  readonly #candidates = new Int32Array(CANDIDATES_MAX);
  /** By item: whether it is among the candidates. */
  readonly #isCandidate: Uint8Array;
  readonly #scores: Float64Array;
  readonly #best = new Best((a, b) => a < b);

  constructor(parts: BatchModelParts) {
    const { items, factors } = parts;
    this.version = parts.version;
    this.algorithm = parts.algorithm;
    this.#parts = parts;
    this.#numbers = new Map(items.map((id, number) => [id, number]));
    this.#tastes = factors === null ? null : tastesBy(factors);
    this.#isCandidate = new Uint8Array(factors === null ? 0 : items.length);
    this.#scores = new Float64Array(factors === null ? 0 : items.length);
  }

  /** What each source of a list counts, as learnt by replay; null: that was not learnt. */
  get weights(): Readonly<Record<string, number>> | null {
    return this.#parts.weights;
  }

  /** The same with other weights. */
  withWeights(weights: Readonly<Record<string, number>>): BatchModel {
    return new BatchModel({ ...this.#parts, weights });
  }

  get items(): number {
    return this.#parts.items.length;
  }

  /** −1 when it was not there at the training. */
  numberOf(itemId: string): number {
    return this.#numbers.get(itemId) ?? -1;
  }

  idOf(item: number): string {
    return this.#parts.items[item] as string;
  }

  repeatOf(category: string): RepeatHabit | undefined {
    return Object.hasOwn(this.#parts.repeats, category) ? this.#parts.repeats[category] : undefined;
  }

  /** How much more a category is sought in these circumstances than usual; 1 where nothing is known. */
  liftOf(category: string, circumstances: readonly string[]): number {
    return liftIn(this.#parts.contexts, circumstances, category);
  }

  /**
   * What customers with these items had as well. The scores of one item add up, over the places that led there; all are positive.
   *
   * @param history item numbers, each once, the most telling first; `FOLDED_ITEMS_MAX` of them are looked at.
   */
  suggest(history: readonly number[], suggested: Suggested): void {
    if (this.#tastes !== null) return this.#suggestByFactors(this.#tastes, history, suggested);
    const { tastes } = this.#parts;
    const places = Math.min(history.length, FOLDED_ITEMS_MAX);
    for (let place = 0; place < places; place += 1) visitRow(tastes, history[place] as number, place, suggested);
  }

  /** What is said to be like the item. */
  alike(item: number, suggested: Suggested): void {
    visitRow(this.#parts.content, item, 0, suggested);
  }

  pack(): Uint8Array<ArrayBuffer> {
    const { version, algorithm, items, tastes, factors, content, repeats, contexts, weights } = this.#parts;
    const about: About = {
      version,
      algorithm,
      items,
      factors: factors && told(factors),
      repeats,
      contexts,
      weights,
    };
    return packArtefact({
      about,
      arrays: {
        taste_start: tastes.start,
        taste_to: tastes.to,
        taste_weight: tastes.weight,
        content_start: content.start,
        content_to: content.to,
        content_weight: content.weight,
        ...(factors !== null && { [arrayNames[factors.solving]]: factors.items, gram: factors.gram }),
      },
    });
  }

  /** @throws ArtefactRefused when the bytes are not those of such a model, whole. */
  static unpack(bytes: Uint8Array): BatchModel {
    return new BatchModel(checked(unpackArtefact(bytes)));
  }

  #suggestByFactors(tastes: LiveTastes, history: readonly number[], suggested: Suggested): void {
    if (history.length === 0) return;
    tastes.fold(history);
    const count = this.#collectCandidates(history, tastes.places);
    for (let at = 0; at < count; at += 1) {
      const item = this.#candidates[at] as number;
      this.#scores[item] = tastes.scoreOf(item);
    }
    for (const item of this.#best.choose(this.#candidates, count, this.#scores, FACTOR_ITEMS_MAX)) {
      const score = this.#scores[item] as number;
      if (score > 0) tellParts(tastes, item, score, suggested);
    }
  }

  /** Into `#candidates`; answers how many. */
  #collectCandidates(history: readonly number[], places: number): number {
    if (this.items <= ALL_ITEMS_MAX) {
      for (let item = 0; item < this.items; item += 1) this.#candidates[item] = item;
      return this.items;
    }
    const { start, to } = this.#parts.tastes;
    let count = 0;
    for (let place = 0; place < places; place += 1) {
      const item = history[place] as number;
      for (let at = start[item] as number; at < (start[item + 1] as number) && count < CANDIDATES_MAX; at += 1) {
        const other = to[at] as number;
        if (this.#isCandidate[other] === 1) continue;
        this.#isCandidate[other] = 1;
        this.#candidates[count] = other;
        count += 1;
      }
    }
    for (let at = 0; at < count; at += 1) this.#isCandidate[this.#candidates[at] as number] = 0;
    return count;
  }
}

function tastesBy(factors: NonNullable<BatchModelParts['factors']>): LiveTastes {
  return factors.solving === 'non_negative' ? new NonNegativeTastes(factors) : new FoldedTastes(factors);
}

/** By another name, so that a program that knows of least squares alone refuses the file. */
const arrayNames = { least_squares: 'factors', non_negative: 'non_negative_factors' } as const;

function told(factors: NonNullable<BatchModelParts['factors']>): ToldFactors {
  const { count, solving } = factors;
  if (solving === 'non_negative') return { solving, count };
  const { lambda, others, power } = factors;
  return { solving, count, lambda, others, power };
}

function visitRow({ start, to, weight }: ItemRows, item: number, place: number, suggested: Suggested): void {
  for (let at = start[item] as number; at < (start[item + 1] as number); at += 1)
    suggested(to[at] as number, weight[at] as number, place);
}

/** The score, over the two places that speak most for the item, as they do. */
function tellParts(tastes: LiveTastes, item: number, score: number, suggested: Suggested): void {
  let [first, second] = [-1, -1];
  let [most, more] = [0, 0];
  for (let place = 0; place < tastes.places; place += 1) {
    const part = tastes.partOf(item, place);
    if (part > most) [first, most, second, more] = [place, part, first, most];
    else if (part > more) [second, more] = [place, part];
  }
  if (first < 0) return;
  suggested(item, (score * most) / (most + more), first);
  if (second >= 0) suggested(item, (score * more) / (most + more), second);
}

function checked({ about, arrays }: Artefact): BatchModelParts {
  const { version, algorithm, items, factors, repeats, contexts, weights } = about as Partial<About>;
  const wrong = (what: string) => new ArtefactRefused('foreign', `it is no model for recommendations: ${what}`);
  if (typeof version !== 'string' || typeof algorithm !== 'string' || !Array.isArray(items) || factors === undefined)
    throw wrong('it does not say what it is');
  const rows = (name: string): ItemRows => {
    const [start, to, weight] = [arrays[`${name}_start`], arrays[`${name}_to`], arrays[`${name}_weight`]];
    if (!(start instanceof Int32Array && to instanceof Int32Array && weight instanceof Float32Array))
      throw wrong(`it has no rows ${name}`);
    if (!areRows({ start, to, weight }, items.length)) throw wrong(`its rows ${name} lead nowhere`);
    return { start, to, weight };
  };
  return {
    version,
    algorithm,
    items,
    tastes: rows('taste'),
    content: rows('content'),
    factors: factors === null ? null : withArrays(factors, arrays, items.length, wrong),
    repeats: repeats ?? {},
    contexts: contexts ?? {},
    weights: weights ?? null,
  };
}

function withArrays(
  factors: ToldFactors,
  arrays: Artefact['arrays'],
  items: number,
  wrong: (what: string) => ArtefactRefused,
): ItemFactors | NonNegativeItemFactors {
  const { count, solving = 'least_squares' } = factors;
  if (!Object.hasOwn(arrayNames, solving)) throw wrong('its factors are solved in another way');
  const [ofItems, gram] = [arrays[arrayNames[solving]], arrays['gram']];
  if (!(ofItems instanceof Float32Array && gram instanceof Float64Array)) throw wrong('it has no factors');
  if (ofItems.length !== items * count || gram.length !== count * count) throw wrong('its factors have other sizes');
  return factors.solving === 'non_negative'
    ? { ...factors, items: ofItems, gram }
    : { ...factors, solving: 'least_squares', items: ofItems, gram };
}
