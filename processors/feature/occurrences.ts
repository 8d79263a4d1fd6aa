// The lookup of how often each item occurs: what similarity is measured against.
import { lookup } from '../../streams/index.ts';
import * as topics from '../../schemas/topics.ts';

export interface Occurrence {
  /** Log-domain, half-life `SESSION_HALF_LIFE_MS`. */
  readonly sessionHeat: number;
  readonly baskets: number;
}

export interface Occurrences {
  readonly byItem: Map<string, Occurrence>;
}

/** Seconds behind the items stage itself, so what is computed from it is a little behind, too, until the item's next event. */
export const occurrences = lookup({
  name: 'item-occurrences',
  reads: { features: topics.itemFeatures },
  create: (): Occurrences => ({ byItem: new Map() }),
  apply: {
    features: ({ byItem }, itemId, features) => {
      if (features === null) return void byItem.delete(itemId);
      const { session_heat: sessionHeat, baskets } = features;
      byItem.set(itemId, { sessionHeat, baskets });
    },
  },
});
