// What is true of the shop by construction, in the product's own ids.
import { archetypes } from './archetypes.ts';
import { lines } from './assortment/assortment.ts';
import type { Catalogue } from './catalogue.ts';
import type { Customer } from './clientele.ts';
import { liftAt } from './moments.ts';

export interface TrueTaste {
  /** The kind of person, such as `home cook`. */
  readonly archetype: string;
  /** Share of interest by department; sums to 1. */
  readonly departments: ReadonlyMap<string, number>;
  /** Share of interest by second-level category, keyed `Department/Line`; sums to 1. */
  readonly categories: ReadonlyMap<string, number>;
  /** 0 buys the cheapest, 1 the dearest. */
  readonly priceLevel: number;
  readonly favouriteBrands: ReadonlyMap<string, string>;
  /** 0 is indifferent to brands. */
  readonly loyalty: number;
}

export interface TrueHabit {
  readonly customer_id: string;
  readonly item_id: string;
  readonly periodMs: number;
}

export interface Truth {
  /** By customer id. */
  readonly tastes: ReadonlyMap<string, TrueTaste>;
  /** Items bought together far more often than by chance: [bought, then wanted]. */
  readonly complements: readonly (readonly [itemId: string, complementId: string])[];
  /** What is bought again whenever it has run out. */
  readonly habits: readonly TrueHabit[];
  /** Items that are used up. */
  readonly consumables: ReadonlySet<string>;
  /** How much more a department is sought at a time and through a channel than usual. */
  liftAt(department: string, timeMs: number, channel: string): number;
  /** The customers with the most similar taste, most similar first. */
  neighboursOf(customerId: string, count: number): string[];
}

export function createTruth(catalogue: Catalogue, clientele: readonly Customer[]): Truth {
  const itemId = (index: number) => catalogue.items[index]?.item.item_id ?? '';
  return {
    tastes: new Map(clientele.map((customer) => [customer.update.customer_id, trueTaste(customer)])),
    complements: [...catalogue.complementsOf].flatMap(([index, partners]) =>
      partners.map((partner) => [itemId(index), itemId(partner)] as const),
    ),
    habits: clientele.flatMap(({ update, habits }) =>
      habits.map(({ item, periodMs }) => ({ customer_id: update.customer_id, item_id: itemId(item), periodMs })),
    ),
    consumables: new Set(
      catalogue.items.filter(({ line }) => lines[line]?.lastsDays !== undefined).map(({ item }) => item.item_id),
    ),
    liftAt: (name, timeMs, channel) => liftAt({ name }, timeMs, channel),
    neighboursOf: (customerId, count) => neighbours(clientele, customerId, count),
  };
}

function trueTaste({ taste }: Customer): TrueTaste {
  const byDepartment = new Map<string, number>();
  for (const [index, { department }] of lines.entries()) {
    byDepartment.set(department.name, (byDepartment.get(department.name) ?? 0) + (taste.lines[index] ?? 0));
  }
  return {
    archetype: archetypes[taste.archetype]?.name ?? '',
    departments: byDepartment,
    categories: new Map(lines.map(({ path }, index) => [path, taste.lines[index] ?? 0])),
    priceLevel: taste.priceLevel,
    favouriteBrands: taste.brands,
    loyalty: taste.loyalty,
  };
}

function neighbours(clientele: readonly Customer[], customerId: string, count: number): string[] {
  const self = clientele.find(({ update }) => update.customer_id === customerId);
  if (self === undefined) return [];
  return clientele
    .filter((customer) => customer !== self)
    .map(({ update, taste }) => ({ id: update.customer_id, score: cosine(self.taste.lines, taste.lines) }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, count)
    .map(({ id }) => id);
}

function cosine(a: Float64Array, b: Float64Array): number {
  let product = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (const [index, x] of a.entries()) {
    const y = b[index] ?? 0;
    product += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  return product / Math.sqrt(lengthA * lengthB);
}
