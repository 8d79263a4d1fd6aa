// Composes the items of the shop from the assortment's words.
import type { Item } from '../schemas/types.ts';
import { complements, lineIndex, lines, type ShelvedLine } from './assortment/assortment.ts';
import { randomFor, type Random } from './random.ts';

/** When the shop opened; nothing in it is older. */
export const OPENED_MS = Date.UTC(2024, 0, 1);

/** An item with what the shop's generator has to know of it. */
export interface ShelvedItem {
  readonly item: Item;
  readonly price: number;
  /** Index into the assortment's lines. */
  readonly line: number;
  /** 0 is the cheapest of its line, 1 the dearest. */
  readonly priceRank: number;
  /** How often it is looked at among its line's items, by fashion alone. */
  readonly popularity: number;
}

export interface Catalogue {
  readonly items: readonly ShelvedItem[];
  /** Item indices of each line. */
  readonly byLine: readonly (readonly number[])[];
  /** Item index → its complements' indices. */
  readonly complementsOf: ReadonlyMap<number, readonly number[]>;
}

const SALT = 101;
const HIDDEN_SHARE = 0.01;
const SOLD_OUT_SHARE = 0.02;

export function createCatalogue(seed: number, count: number): Catalogue {
  const items: ShelvedItem[] = [];
  const byLine = lines.map((line, index) => {
    const shelf = shelve(seed, line, index, shareOf(count, index));
    return shelf.map((item) => items.push(item) - 1);
  });
  return { items, byLine, complementsOf: pairUp(seed, items, byLine) };
}

function shareOf(count: number, line: number): number {
  return Math.floor(count / lines.length) + (line < count % lines.length ? 1 : 0);
}

function shelve(seed: number, line: ShelvedLine, index: number, count: number): ShelvedItem[] {
  const names = namesOf(line, randomFor(seed, SALT, index));
  return Array.from({ length: count }, (_, place) => {
    const random = randomFor(seed, SALT, index, place);
    const priceRank = random.next();
    const price = roundPrice(line.price[0] * (line.price[1] / line.price[0]) ** priceRank * random.between(0.94, 1.06));
    const item = compose(line, place, names, price, random);
    return { item, price, line: index, priceRank, popularity: 1 / (1 + place * 0.6) };
  });
}

interface Name {
  readonly brand: string;
  readonly quality: string;
  readonly noun: string;
}

/** All names a line can give, shuffled, so that no two items share one until they run out. */
function namesOf(line: ShelvedLine, random: Random): Name[] {
  const { brands, qualities } = line.department;
  const names = line.nouns.flatMap((noun) => qualities.map((quality) => ({ noun, quality })));
  for (let last = names.length - 1; last > 0; last -= 1) {
    const other = random.index(last + 1);
    [names[last], names[other]] = [names[other] as (typeof names)[0], names[last] as (typeof names)[0]];
  }
  return names.map((name) => ({ ...name, brand: random.pick(brands) }));
}

function compose(line: ShelvedLine, place: number, names: readonly Name[], price: number, random: Random): Item {
  const { department } = line;
  const name = names[place % names.length] ?? { brand: department.name, quality: '', noun: line.name };
  const edition = place < names.length ? '' : ` ${Math.floor(place / names.length) + 1}`;
  const id = slug(`${line.path}-${String(place + 1).padStart(2, '0')}`);
  return {
    item_id: id,
    updated_at: OPENED_MS,
    title: titleOf(department.naming, name) + edition,
    description: descriptionOf(line, name, random),
    categories: [department.name, line.name],
    brand: name.brand,
    tags: [...line.tags, slug(name.noun)],
    price,
    cost: Math.round(price * random.between(0.45, 0.72) * 100) / 100,
    url: `/shop/${id}`,
    image_url: `/shop/images/${id}.jpg`,
    in_stock: !random.chance(SOLD_OUT_SHARE),
    hidden: random.chance(HIDDEN_SHARE),
    published_at: OPENED_MS,
    expires_at: null,
    attributes: line.lastsDays === undefined ? {} : { lasts_days: String(line.lastsDays) },
  };
}

function titleOf(naming: 'goods' | 'works', { brand, quality, noun }: Name): string {
  return naming === 'works' ? `${quality} ${noun}` : `${brand} ${quality} ${noun}`;
}

function descriptionOf(line: ShelvedLine, { brand, quality, noun }: Name, random: Random): string {
  const { department } = line;
  const opening =
    department.naming === 'works'
      ? `${quality} ${noun} by ${brand}, from our ${line.name.toLowerCase()} shelf.`
      : `${quality} ${noun.toLowerCase()} by ${brand} for ${line.tags.join(' and ')}.`;
  const lasting = line.lastsDays === undefined ? '' : ` A pack lasts about ${line.lastsDays} days.`;
  return `${opening} ${random.pick(department.praises)}${lasting}`;
}

/** Prices end in .49 or .99, as in shops. */
function roundPrice(price: number): number {
  return Math.max(0.99, Math.round(price * 2) / 2 - 0.01);
}

/** Every item of a complemented line gets one partner, of about the same price rank. */
function pairUp(seed: number, items: readonly ShelvedItem[], byLine: readonly (readonly number[])[]) {
  const partners = new Map<number, number[]>();
  for (const [from, to] of complements) {
    const candidates = byLine[lineIndex(to)] ?? [];
    if (candidates.length === 0) continue;
    for (const index of byLine[lineIndex(from)] ?? []) {
      const wanted = items[index]?.priceRank ?? 0;
      const random = randomFor(seed, SALT + 1, index);
      const distances = candidates.map((other) => Math.exp(-4 * Math.abs((items[other]?.priceRank ?? 0) - wanted)));
      const partner = candidates[random.weighted(distances)] ?? 0;
      partners.set(index, [...(partners.get(index) ?? []), partner]);
    }
  }
  return partners;
}

function slug(words: string): string {
  return words
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
