// How the rules of the kind `recommend-order` change a list that is about to be answered: what is pinned, boosted, buried and capped.
import type { Item, Rule } from '../../schemas/types.ts';

/** Of a list: for whom it is, and where it is shown. */
export interface Occasion {
  readonly segment: string | null;
  readonly placement: string | null;
}

export interface Arrangement {
  /** The rules it comes from, as lists name them: `id@version`. */
  readonly ruleNames: readonly string[];
  /** These come first, in this order. */
  readonly pinned: readonly string[];
  /** Whether any item's score counts for more or less than it is. */
  readonly weighs: boolean;
  /** What the score of an item counts: 1 as it is. */
  readonly factorOf: (itemId: string, item: Item | undefined, algorithm: string) => number;
  /** At most so many items of one most specific category, and of one brand. */
  readonly categoryMax: number;
  readonly brandMax: number;
}

const boostFactorByDefault = 2;
const buryFactorByDefault = 0.1;
/** Of one rule: no list is longer. */
const pinnedMax = 100;

/** By the order of their ids: pins follow one another, factors multiply, of caps the lowest counts. */
export function arrangementOf(inForce: readonly Rule[], occasion: Occasion): Arrangement {
  const rules = inForce.filter((rule) => isFor(rule, occasion));
  if (rules.length === 0) return asItIs;
  const weights = rules.flatMap(weightsKept);
  return {
    ruleNames: rules.map(({ rule_id, version }) => `${rule_id}@${version}`),
    pinned: [...new Set(rules.flatMap(({ words }) => words['pin']?.slice(0, pinnedMax) ?? []))],
    weighs: weights.length > 0,
    factorOf: (itemId, item, algorithm) =>
      weights.reduce((factor, weight) => (weight.isOf(itemId, item, algorithm) ? factor * weight.factor : factor), 1),
    categoryMax: Math.min(...rules.map(({ numbers }) => numbers['category_max'] ?? Infinity)),
    brandMax: Math.min(...rules.map(({ numbers }) => numbers['brand_max'] ?? Infinity)),
  };
}

/** Counts what a list has of each category and brand, and says what it has room for. */
export class Caps {
  readonly #arrangement: Pick<Arrangement, 'categoryMax' | 'brandMax'>;
  readonly #categories = new Map<string, number>();
  readonly #brands = new Map<string, number>();

  constructor(arrangement: Pick<Arrangement, 'categoryMax' | 'brandMax'>) {
    this.#arrangement = arrangement;
  }

  /** Whether there is room for the item, which then takes it. */
  admits(item: Item | undefined): boolean {
    const category = item?.categories.at(-1);
    const { categoryMax, brandMax } = this.#arrangement;
    if (isFull(this.#categories, category, categoryMax) || isFull(this.#brands, item?.brand, brandMax)) return false;
    this.take(item);
    return true;
  }

  /** The item is in the list, whether there is room or not. */
  take(item: Item | undefined): void {
    count(this.#categories, item?.categories.at(-1));
    count(this.#brands, item?.brand);
  }
}

const asItIs: Arrangement = {
  ruleNames: [],
  pinned: [],
  weighs: false,
  factorOf: () => 1,
  categoryMax: Infinity,
  brandMax: Infinity,
};

/** A rule that names no segment, or no placement, is for all of them. */
function isFor({ words }: Rule, { segment, placement }: Occasion): boolean {
  const { segments = [], placements = [] } = words;
  return isAmong(segment, segments) && isAmong(placement, placements);
}

function isAmong(name: string | null, names: readonly string[]): boolean {
  return names.length === 0 || (name !== null && names.includes(name));
}

interface Weight {
  readonly factor: number;
  readonly isOf: (itemId: string, item: Item | undefined, algorithm: string) => boolean;
}

/** A rule may name thousands of items, and holds for many lists. */
const keptWeights = new WeakMap<Rule, readonly Weight[]>();

function weightsKept(rule: Rule): readonly Weight[] {
  const weights = keptWeights.get(rule) ?? weightsOf(rule);
  keptWeights.set(rule, weights);
  return weights;
}

const sourceFactor = /^(.+)_factor$/;

function weightsOf({ words, numbers }: Rule): Weight[] {
  const ofSources = Object.entries(numbers).flatMap(([name, factor]): Weight[] => {
    const source = sourceFactor.exec(name)?.[1];
    if (source === undefined || source === 'boost' || source === 'bury') return [];
    return [{ isOf: (_itemId, _item, algorithm) => algorithm === source, factor }];
  });
  const ofItems = [
    { isOf: namedBy(words, 'boost'), factor: numbers['boost_factor'] ?? boostFactorByDefault },
    { isOf: namedBy(words, 'bury'), factor: numbers['bury_factor'] ?? buryFactorByDefault },
  ].flatMap(({ isOf, factor }) => (isOf === undefined ? [] : [{ isOf, factor }]));
  return [...ofSources, ...ofItems];
}

function namedBy(words: Rule['words'], deed: 'boost' | 'bury'): Weight['isOf'] | undefined {
  const set = (what: string) => new Set(words[`${deed}_${what}`] ?? []);
  const [items, categories, brands] = [set('items'), set('categories'), set('brands')];
  if (items.size + categories.size + brands.size === 0) return undefined;
  return (itemId, item) =>
    items.has(itemId) ||
    (item !== undefined &&
      ((item.brand !== null && brands.has(item.brand)) || item.categories.some((name) => categories.has(name))));
}

function isFull(counts: ReadonlyMap<string, number>, name: string | null | undefined, max: number): boolean {
  return name !== null && name !== undefined && (counts.get(name) ?? 0) >= max;
}

function count(counts: Map<string, number>, name: string | null | undefined): void {
  if (name !== null && name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
}
