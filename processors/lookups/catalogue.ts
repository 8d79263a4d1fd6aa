// Every item as scoring sees it: what the shop says of it and what customers do with it.
import { ItemIndex } from '../../models/item-index.ts';
import { itemFeatures, items } from '../../schemas/topics.ts';
import { lookup } from '../../streams/index.ts';

export const catalogue = lookup({
  name: 'catalogue',
  reads: { items, itemFeatures },
  create: () => new ItemIndex(),
  apply: {
    items: (view, key, value) => view.describe(key, value),
    itemFeatures: (view, key, value) => view.observe(key, value),
  },
});
