// What a customer likes: interest in categories, brands and prices, fading with time.
import { addHeat, EMPTY_HEAT } from '../../models/decay.ts';
import type { ItemAttributes } from '../../models/item-index.ts';
import type { Affinity, PriceTaste, Profile } from '../../schemas/types.ts';
import { AFFINITY_HALF_LIFE_MS, limits } from './limits.ts';

/** Changes `profile`: so much more interest, shown at `atMs`, in all that the item is. */
export function addInterest(profile: Profile, item: ItemAttributes, weight: number, atMs: number): void {
  if (weight <= 0) return;
  for (const category of item.categories.slice(0, limits.categoriesPerItemMax)) {
    addAffinity(profile.categories, category, weight, atMs, limits.categoriesMax);
  }
  if (item.brand !== null) addAffinity(profile.brands, item.brand, weight, atMs, limits.brandsMax);
  if (item.price !== null && item.price > 0 && item.price < Infinity) {
    profile.price_taste = withPrice(profile.price_taste, item.price, weight, atMs);
  }
}

function addAffinity(affinities: Affinity[], name: string, weight: number, atMs: number, countMax: number): void {
  const known = affinities.find((affinity) => affinity.name === name);
  if (known !== undefined) {
    known.heat = addHeat(known.heat, weight, atMs, AFFINITY_HALF_LIFE_MS);
    return;
  }
  affinities.push({ name, heat: addHeat(EMPTY_HEAT, weight, atMs, AFFINITY_HALF_LIFE_MS) });
  if (affinities.length > countMax) affinities.splice(coldestOf(affinities), 1);
}

function coldestOf(affinities: readonly Affinity[]): number {
  let coldest = 0;
  affinities.forEach(({ heat }, index) => {
    if (heat < (affinities[coldest]?.heat ?? Infinity)) coldest = index;
  });
  return coldest;
}

/**
 * Weighted mean and variance of ln(price), one more price at a time (West 1979). The weights fade by forward decay, so that the
 * order of arrival does not matter.
 */
function withPrice(taste: PriceTaste | null, price: number, weight: number, atMs: number): PriceTaste {
  const logPrice = Math.log(price);
  if (taste === null) {
    return { heat: addHeat(EMPTY_HEAT, weight, atMs, AFFINITY_HALF_LIFE_MS), mean: logPrice, variance: 0 };
  }
  const heat = addHeat(taste.heat, weight, atMs, AFFINITY_HALF_LIFE_MS);
  const formerShare = Math.exp(taste.heat - heat);
  const difference = logPrice - taste.mean;
  return {
    heat,
    mean: taste.mean + (1 - formerShare) * difference,
    variance: formerShare * (taste.variance + (1 - formerShare) * difference * difference),
  };
}
