// What scoring needs to know of every item, in typed arrays: whether it can be offered, what it is like, and which items go with it.
// Some 500 bytes for an item with 30 neighbours and 30 complements.
import { EMPTY_HEAT } from './decay.ts';
import { BlockArena, NO_BLOCK, sizeClassOf } from './block-arena.ts';
import { CountedNames } from './counted-names.ts';
import { liftOf } from './lift.ts';
import { NewcomerShares } from './newcomers.ts';
import { YoungItems } from './young-items.ts';

/** What the shop says of an item. */
export interface ItemFacts extends ItemAttributes {
  readonly in_stock: boolean;
  readonly hidden: boolean;
  /** Milliseconds since 1970; null: always was. */
  readonly published_at: number | null;
  /** Milliseconds since 1970; null: never. */
  readonly expires_at: number | null;
}

export interface ItemAttributes {
  /** Most general first. */
  readonly categories: readonly string[];
  readonly brand: string | null;
  /** In the shop's currency. */
  readonly price: number | null;
}

/** What customers' behaviour says of an item. */
export interface ItemBehaviour {
  /** `ln Σ weight·exp(λ·t)`, half-life of a day. */
  readonly day_heat: number;
  /** Similar items, best first. Scores are positive. */
  readonly neighbours: readonly { readonly item_id: string; readonly score: number }[];
  /** `ln Σ exp(λ·t)` of the sessions it occurred in, and which part of it newcomers brought. Left out: not known, so nobody is doubted. */
  readonly session_heat?: number;
  readonly newcomer_share?: number;
  /** How often it was looked at, put into a cart and bought. Left out: not yet. */
  readonly views?: number;
  readonly carts?: number;
  readonly purchases?: number;
  /** Baskets that it is in. */
  readonly baskets: number;
  /** Of these, those of which it was the first item: all items' together are the shop's baskets. */
  readonly baskets_opened: number;
  /** Items that share `count` baskets with it, most promising first. */
  readonly bought_together: readonly { readonly item_id: string; readonly count: number }[];
}

export interface ItemIndexOptions {
  /** Neighbours kept of an item. @default 30 */
  readonly neighboursMax: number;
  /** Complements kept of an item. @default 30 */
  readonly complementsMax: number;
  /** Categories kept of an item, the most specific ones. @default 8 */
  readonly categoriesMax: number;
}

export const ITEM_INDEX_DEFAULTS: ItemIndexOptions = Object.freeze({
  neighboursMax: 30,
  complementsMax: 30,
  categoriesMax: 8,
});

/** Neither described nor visited: known only as somebody's neighbour. */
const NO_FLAGS = 0;
const DESCRIBED = 1;
const OFFERED = 2;
const VISITED = 4;
/** Has a time of publication or of expiry. Most have none, and their times are never read. */
const TIMED = 8;

const NO_NAME = -1;

/** Of an item that was looked at less often it is not known whether customers like it. */
export const YOUNG_LOOKS_MAX = 50;

/**
 * An id is a small number that means one item as long as the item is described, visited or related to another; later it may mean
 * another item. Hold ids only while the index doesn't change.
 */
export class ItemIndex {
  readonly options: ItemIndexOptions;
  readonly #items = new CountedNames();
  readonly #names = new CountedNames();
  readonly #arena = new BlockArena();
  #described = 0;

  #flags = new Uint8Array(0);
  #publishedMs = new Float64Array(0);
  #expiresMs = new Float64Array(0);
  #price = new Float64Array(0);
  #brand = new Int32Array(0);
  #dayHeat = new Float64Array(0);
  #baskets = new Float64Array(0);
  #opened = new Float64Array(0);
  #allBaskets = 0;
  #looks = new Float32Array(0);
  #wishes = new Float32Array(0);
  readonly #young = new YoungItems();
  readonly #newcomers = new NewcomerShares();
  /** By item: a block of the number of entries, then the names. */
  #categories = new Int32Array(0);
  /** By item: a block of the number of entries, then item and score by turns; of complements, item and shared baskets. */
  #neighbours = new Int32Array(0);
  #complements = new Int32Array(0);

  constructor(options: Partial<ItemIndexOptions> = {}) {
    this.options = Object.freeze({ ...ITEM_INDEX_DEFAULTS, ...options });
  }

  /** Items that the shop describes. */
  get described(): number {
    return this.#described;
  }

  /** One more than the largest id in use. */
  get end(): number {
    return this.#items.end;
  }

  /** What the typed arrays take; the item ids themselves come on top. */
  get bytes(): number {
    return (
      this.#arena.bytes +
      this.#newcomers.bytes +
      this.#flags.length * (1 + 8 + 8 + 8 + 4 + 8 + 8 + 8 + 4 + 4 + 4 + 4 + 4)
    );
  }

  /** The id, or −1 when nothing is known of the item. */
  idOf(itemId: string): number {
    return this.#items.idOf(itemId);
  }

  nameOf(id: number): string {
    return this.#items.nameOf(id);
  }

  /** Changes whenever an id is given or taken back: as long as it is the same, all ids and all −1 are. */
  get generation(): number {
    return this.#items.generation;
  }

  /** Changes when the id comes to mean another item. */
  versionOf(id: number): number {
    return this.#items.versionOf(id);
  }

  /** Whether the id means an item at present. */
  isUsed(id: number): boolean {
    return this.#items.isUsed(id);
  }

  /** Whether the shop has said what it is. */
  isDescribed(id: number): boolean {
    return id >= 0 && ((this.#flags[id] as number) & DESCRIBED) !== 0;
  }

  /** Described, in stock, not hidden, published and not expired. */
  isAvailable(id: number, timeMs: number): boolean {
    const flags = this.#flags[id] as number;
    if ((flags & OFFERED) === 0) return false;
    return (
      (flags & TIMED) === 0 || ((this.#publishedMs[id] as number) <= timeMs && timeMs < (this.#expiresMs[id] as number))
    );
  }

  /** In the shop's currency, or NaN. */
  priceOf(id: number): number {
    return this.#price[id] as number;
  }

  /** A number for the brand, or −1; the same number means the same brand. */
  brandOf(id: number): number {
    return this.#brand[id] as number;
  }

  /** A number for the item's most specific category, or −1. */
  categoryOf(id: number): number {
    const block = this.#categories[id] as number;
    return block === NO_BLOCK ? NO_NAME : (this.#arena.words[block + (this.#arena.words[block] as number)] as number);
  }

  /** The number of the item's most general category, or −1. */
  generalCategoryOf(id: number): number {
    const block = this.#categories[id] as number;
    return block === NO_BLOCK ? NO_NAME : (this.#arena.words[block + 1] as number);
  }

  /** The name of a category or brand by its number. */
  nameOfNumber(number: number): string {
    return this.#names.nameOf(number);
  }

  /** The name of the item's most specific category, or undefined. */
  categoryNameOf(id: number): string | undefined {
    const category = this.categoryOf(id);
    return category === NO_NAME ? undefined : this.#names.nameOf(category);
  }

  /** Whether the item belongs to the category, at whatever level. */
  isIn(id: number, category: number): boolean {
    const block = this.#categories[id] as number;
    if (block === NO_BLOCK) return false;
    const words = this.#arena.words;
    const last = block + (words[block] as number);
    for (let place = block + 1; place <= last; place += 1) if (words[place] === category) return true;
    return false;
  }

  /** What the shop says of the item's kind, or undefined when it doesn't describe the item. */
  attributesOf(itemId: string): ItemAttributes | undefined {
    const id = this.#items.idOf(itemId);
    if (id < 0 || ((this.#flags[id] as number) & DESCRIBED) === 0) return undefined;
    const block = this.#categories[id] as number;
    const { words } = this.#arena;
    const categories: string[] = [];
    const last = block + (words[block] as number);
    for (let place = block + 1; place <= last; place += 1) categories.push(this.#names.nameOf(words[place] as number));
    const brand = this.#brand[id] as number;
    const price = this.#price[id] as number;
    return {
      categories,
      brand: brand === NO_NAME ? null : this.#names.nameOf(brand),
      price: Number.isNaN(price) ? null : price,
    };
  }

  /** The number of a category or brand, or −1 when no item has it. */
  numberOf(name: string): number {
    return this.#names.idOf(name);
  }

  /** Heat with a half-life of a day (`decay.ts`). */
  dayHeatOf(id: number): number {
    return this.#dayHeat[id] as number;
  }

  /** With which probability one more session of a newcomer is learnt from. @param heatOfNow that of one session now. */
  admissionOf(id: number, heatOfNow: number): number {
    return this.#newcomers.admissionOf(id, heatOfNow);
  }

  /** Described items that were looked at less than `YOUNG_LOOKS_MAX` times. */
  get young(): Pick<YoungItems, 'count' | 'at' | 'has'> {
    return this.#young;
  }

  /** How often it was looked at. */
  looksOf(id: number): number {
    return this.#looks[id] as number;
  }

  /** How often it was put into a cart or bought. */
  wishesOf(id: number): number {
    return this.#wishes[id] as number;
  }

  neighbourCount(id: number): number {
    return this.#arena.words[this.#neighbours[id] as number] as number;
  }

  /** The id of the item's `place`-th neighbour, best first. */
  neighbourAt(id: number, place: number): number {
    return this.#arena.words[(this.#neighbours[id] as number) + 1 + 2 * place] as number;
  }

  neighbourScoreAt(id: number, place: number): number {
    return this.#arena.floats[(this.#neighbours[id] as number) + 2 + 2 * place] as number;
  }

  complementCount(id: number): number {
    return this.#arena.words[this.#complements[id] as number] as number;
  }

  /** The id of the item's `place`-th complement, most promising first. */
  complementAt(id: number, place: number): number {
    return this.#arena.words[(this.#complements[id] as number) + 1 + 2 * place] as number;
  }

  /**
   * How much likelier it is bought with the item than by chance, up to 1, by the baskets as they are known now: at 0 and below it is no
   * complement.
   */
  complementScoreAt(id: number, place: number): number {
    const block = (this.#complements[id] as number) + 1 + 2 * place;
    return liftOf({
      shared: this.#arena.floats[block + 1] as number,
      one: this.#baskets[id] as number,
      other: this.#baskets[this.#arena.words[block] as number] as number,
      all: this.#allBaskets,
    }).added;
  }

  /** Takes what the shop says of an item; null when it says nothing any more. */
  describe(itemId: string, facts: ItemFacts | null): void {
    if (facts === null) return this.#undescribe(this.#items.idOf(itemId));
    const id = this.#use(itemId, DESCRIBED);
    const offered = facts.in_stock && !facts.hidden ? OFFERED : 0;
    const timed = facts.published_at !== null || facts.expires_at !== null ? TIMED : 0;
    this.#flags[id] = ((this.#flags[id] as number) & ~(OFFERED | TIMED)) | offered | timed;
    this.#publishedMs[id] = facts.published_at ?? -Infinity;
    this.#expiresMs[id] = facts.expires_at ?? Infinity;
    this.#price[id] = facts.price ?? NaN;
    const brand = facts.brand === null ? NO_NAME : this.#names.use(facts.brand);
    const categories = facts.categories.slice(-this.options.categoriesMax).map((name) => this.#names.use(name));
    this.#dropNames(id);
    this.#brand[id] = brand;
    this.#categories[id] = this.#stored(categories);
    this.#judgeAge(id);
  }

  /** Takes what customers do with an item; null when that is forgotten. */
  observe(itemId: string, behaviour: ItemBehaviour | null): void {
    if (behaviour === null) return this.#unobserve(this.#items.idOf(itemId));
    const id = this.#use(itemId, VISITED);
    this.#dayHeat[id] = behaviour.day_heat;
    this.#countBaskets(id, behaviour);
    this.#newcomers.set(id, behaviour.session_heat ?? EMPTY_HEAT, behaviour.newcomer_share ?? 0);
    this.#looks[id] = behaviour.views ?? 0;
    this.#wishes[id] = Math.max(behaviour.carts ?? 0, behaviour.purchases ?? 0);
    this.#judgeAge(id);
    const neighbours = this.#related(behaviour.neighbours, this.options.neighboursMax, ({ score }) => score);
    const complements = this.#related(behaviour.bought_together, this.options.complementsMax, ({ count }) => count);
    this.#dropRelated(id);
    this.#neighbours[id] = neighbours;
    this.#complements[id] = complements;
  }

  #undescribe(id: number): void {
    if (id < 0 || ((this.#flags[id] as number) & DESCRIBED) === 0) return;
    this.#dropNames(id);
    this.#flags[id] = (this.#flags[id] as number) & ~(DESCRIBED | OFFERED | TIMED);
    this.#described -= 1;
    this.#judgeAge(id);
    this.#items.drop(id);
  }

  #unobserve(id: number): void {
    if (id < 0 || ((this.#flags[id] as number) & VISITED) === 0) return;
    this.#dropRelated(id);
    this.#dayHeat[id] = EMPTY_HEAT;
    this.#countBaskets(id, { baskets: 0, baskets_opened: 0 });
    this.#newcomers.set(id, EMPTY_HEAT, 0);
    this.#looks[id] = 0;
    this.#wishes[id] = 0;
    this.#flags[id] = (this.#flags[id] as number) & ~VISITED;
    this.#judgeAge(id);
    this.#items.drop(id);
  }

  #countBaskets(id: number, { baskets, baskets_opened }: Pick<ItemBehaviour, 'baskets' | 'baskets_opened'>): void {
    this.#allBaskets += baskets_opened - (this.#opened[id] as number);
    this.#baskets[id] = baskets;
    this.#opened[id] = baskets_opened;
  }

  #judgeAge(id: number): void {
    this.#young.set(id, this.isDescribed(id) && this.looksOf(id) < YOUNG_LOOKS_MAX);
  }

  /** The item's id, with one use more if it hadn't this flag yet. */
  #use(itemId: string, flag: number): number {
    const known = this.#items.idOf(itemId);
    if (known >= 0 && ((this.#flags[known] as number) & flag) !== 0) return known;
    const id = this.#useRelated(itemId);
    this.#flags[id] = (this.#flags[id] as number) | flag;
    if (flag === DESCRIBED) this.#described += 1;
    return id;
  }

  #useRelated(itemId: string): number {
    const id = this.#items.use(itemId);
    if (this.#items.usesOf(id) === 1) this.#clear(id);
    return id;
  }

  #clear(id: number): void {
    if (id >= this.#flags.length) this.#grow();
    this.#flags[id] = NO_FLAGS;
    this.#price[id] = NaN;
    this.#brand[id] = NO_NAME;
    this.#dayHeat[id] = EMPTY_HEAT;
    this.#baskets[id] = 0;
    this.#opened[id] = 0;
    this.#looks[id] = 0;
    this.#wishes[id] = 0;
    this.#categories[id] = NO_BLOCK;
    this.#neighbours[id] = NO_BLOCK;
    this.#complements[id] = NO_BLOCK;
  }

  #stored(entries: readonly number[]): number {
    if (entries.length === 0) return NO_BLOCK;
    const block = this.#arena.allocate(sizeClassOf(1 + entries.length));
    this.#arena.words[block] = entries.length;
    this.#arena.words.set(entries, block + 1);
    return block;
  }

  #related<R extends { readonly item_id: string }>(
    all: readonly R[],
    max: number,
    scoreOf: (one: R) => number,
  ): number {
    const kept = all.filter((one) => scoreOf(one) > 0 && scoreOf(one) < Infinity).slice(0, max);
    if (kept.length === 0) return NO_BLOCK;
    const ids = kept.map((one) => this.#useRelated(one.item_id));
    const block = this.#arena.allocate(sizeClassOf(1 + 2 * kept.length));
    this.#arena.words[block] = kept.length;
    kept.forEach((one, place) => {
      this.#arena.words[block + 1 + 2 * place] = ids[place] as number;
      this.#arena.floats[block + 2 + 2 * place] = scoreOf(one);
    });
    return block;
  }

  #dropNames(id: number): void {
    if (this.#brand[id] !== NO_NAME) this.#names.drop(this.#brand[id] as number);
    const block = this.#categories[id] as number;
    const count = this.#arena.words[block] as number;
    for (let place = block + 1; place <= block + count; place += 1)
      this.#names.drop(this.#arena.words[place] as number);
    this.#arena.release(block, sizeClassOf(1 + count));
    this.#brand[id] = NO_NAME;
    this.#categories[id] = NO_BLOCK;
  }

  #dropRelated(id: number): void {
    for (const lists of [this.#neighbours, this.#complements]) {
      const block = lists[id] as number;
      const count = this.#arena.words[block] as number;
      for (let place = 0; place < count; place += 1)
        this.#items.drop(this.#arena.words[block + 1 + 2 * place] as number);
      this.#arena.release(block, sizeClassOf(1 + 2 * count));
      lists[id] = NO_BLOCK;
    }
  }

  #grow(): void {
    const length = Math.max(1024, Math.ceil(1.5 * this.#items.end));
    this.#flags = copied(this.#flags, new Uint8Array(length));
    this.#publishedMs = copied(this.#publishedMs, new Float64Array(length));
    this.#expiresMs = copied(this.#expiresMs, new Float64Array(length));
    this.#price = copied(this.#price, new Float64Array(length));
    this.#brand = copied(this.#brand, new Int32Array(length));
    this.#dayHeat = copied(this.#dayHeat, new Float64Array(length));
    this.#baskets = copied(this.#baskets, new Float64Array(length));
    this.#opened = copied(this.#opened, new Float64Array(length));
    this.#looks = copied(this.#looks, new Float32Array(length));
    this.#wishes = copied(this.#wishes, new Float32Array(length));
    this.#categories = copied(this.#categories, new Int32Array(length));
    this.#neighbours = copied(this.#neighbours, new Int32Array(length));
    this.#complements = copied(this.#complements, new Int32Array(length));
  }
}

function copied<A extends Uint8Array | Int32Array | Float32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
