// Items by what is said of them: what was put into the shop a moment ago is found as well as what everybody knows.
import { ContentIndex } from '../../models/content-index.ts';
import { items } from '../../schemas/topics.ts';
import { lookup } from '../../streams/index.ts';

export const contentLookup = lookup({
  name: 'content',
  reads: { items },
  create: () => new ContentIndex(),
  apply: { items: (view, key, value) => view.describe(key, value) },
});
