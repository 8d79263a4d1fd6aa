// What is bought with an item more often than chance would have it, by the baskets as they are now.
import { liftOf } from '../../models/lift.ts';
import type { ServingReads } from '../serving-reads.ts';

/** So many shared baskets, and the lift counts half for the order: rare items reach high lifts by chance. */
const shrinkageBaskets = 3;

export interface Complement {
  readonly item_id: string;
  readonly lift: number;
  readonly confidence: number;
  readonly count: number;
}

/** Best first; undefined when nothing is known of the item. */
export async function boughtTogether(
  itemId: string,
  reads: ServingReads,
  partitions: number,
): Promise<Complement[] | undefined> {
  const features = await reads.itemFeatures(itemId);
  if (features === undefined) return undefined;
  const { bought_together: candidates, baskets: one } = features;
  if (candidates.length === 0) return [];
  const [others, all] = await Promise.all([
    reads.itemFeaturesOf(candidates.map(({ item_id }) => item_id)),
    reads.basketsOfShop(partitions),
  ]);
  return candidates
    .map(({ item_id, count }, index) => {
      const { lift, confidence } = liftOf({ shared: count, one, other: others[index]?.baskets ?? 0, all });
      return { item_id, lift, confidence, count };
    })
    .filter(({ lift }) => lift > 1)
    .toSorted((a, b) => orderOf(b) - orderOf(a) || (a.item_id < b.item_id ? -1 : 1));
}

function orderOf({ lift, count }: Complement): number {
  return (lift * count) / (count + shrinkageBaskets);
}
