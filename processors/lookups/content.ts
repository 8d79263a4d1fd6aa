// Items by what is said of them: what was put into the shop a moment ago is found as well as what everybody knows.
import { ContentIndex } from '../../models/content-index.ts';
import { items } from '../../schemas/topics.ts';
import { lookup } from '../../streams/index.ts';

const ITEMS_MAX = 100_000;

export const contentLookup = lookup({
  name: 'content',
  reads: { items },
  create: () => new ContentIndex({ itemsMax: ITEMS_MAX }),
  apply: { items: (view, key, value) => view.describe(key, value) },
  // Ten microseconds each: the start must not wait for what is forgotten again at once.
  newestRecordsMax: 2 * ITEMS_MAX,
});
