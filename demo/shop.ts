// A demonstration shop: items, customers, and the truth about them that tests can hold recommendations against.
import type { CustomerUpdate, Item } from '../schemas/types.ts';
import { createCatalogue, type Catalogue } from './catalogue.ts';
import { createClientele, type Customer } from './clientele.ts';
import { createTruth, type Truth } from './truth.ts';

export interface ShopSizes {
  /** @default 600 */
  readonly items?: number;
  /** @default 3000 */
  readonly customers?: number;
}

export interface Shop {
  readonly seed: number;
  readonly items: readonly Item[];
  readonly customers: readonly CustomerUpdate[];
  /** What really drives the customers. Never shown to the product. */
  readonly truth: Truth;
  readonly catalogue: Catalogue;
  readonly clientele: readonly Customer[];
}

/** The shop of a seed. The same seed and sizes make the same shop, byte for byte. */
export function createShop(seed: number, sizes: ShopSizes = {}): Shop {
  const catalogue = createCatalogue(seed, sizes.items ?? 600);
  const clientele = createClientele(seed, sizes.customers ?? 3000, catalogue);
  return {
    seed,
    items: catalogue.items.map(({ item }) => item),
    customers: clientele.map(({ update }) => update),
    truth: createTruth(catalogue, clientele),
    catalogue,
    clientele,
  };
}
