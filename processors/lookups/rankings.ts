// The lists of trending and popular items, by name of the list.
import { rankings } from '../../schemas/topics.ts';
import type { ListedItem } from '../../schemas/types.ts';
import { lookup } from '../../streams/index.ts';

/** Items by name of the list, best first. */
export type Rankings = ReadonlyMap<string, readonly ListedItem[]>;

export const rankingsLookup = lookup<Map<string, readonly ListedItem[]>, { rankings: typeof rankings }>({
  name: 'rankings',
  reads: { rankings },
  create: () => new Map(),
  apply: {
    rankings(view, key, value) {
      if (value === null) view.delete(key);
      else view.set(key, value.items);
    },
  },
});
