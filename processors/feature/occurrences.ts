// The lookup of how often each item occurs: what similarity and lift are measured against.
import { lookup } from '../../streams/index.ts';
import * as topics from '../../schemas/topics.ts';

export interface Occurrence {
  /** Log-domain, half-life `SESSION_HALF_LIFE_MS`. */
  readonly sessionHeat: number;
  readonly baskets: number;
  readonly basketsOpened: number;
}

export interface Occurrences {
  readonly byItem: Map<string, Occurrence>;
  /** Of the whole shop: each basket was opened by one item. */
  baskets: number;
}

/** Seconds behind the items stage itself, so what is computed from it is a little behind, too, until the item's next event. */
export const occurrences = lookup({
  name: 'item-occurrences',
  reads: { features: topics.itemFeatures },
  create: (): Occurrences => ({ byItem: new Map(), baskets: 0 }),
  apply: {
    features: (view, itemId, features) => {
      view.baskets -= view.byItem.get(itemId)?.basketsOpened ?? 0;
      if (features === null) return void view.byItem.delete(itemId);
      const { session_heat: sessionHeat, baskets, baskets_opened: basketsOpened } = features;
      view.byItem.set(itemId, { sessionHeat, baskets, basketsOpened });
      view.baskets += basketsOpened;
    },
  },
});
