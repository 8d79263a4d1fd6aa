// What is remembered must be what the catalogue would answer now, whatever came and went.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ItemIndex } from '../../models/item-index.ts';
import { SessionIndex } from '../../models/session-index.ts';
import { KnownIds } from './known-ids.ts';

const facts = {
  in_stock: true,
  hidden: false,
  published_at: null,
  expires_at: null,
  categories: [],
  brand: null,
  price: null,
};

it('remembered ids are those of the catalogue', () => {
  const itemId = fc.integer({ min: 0, max: 6 }).map((number) => `i${number}`);
  const step = fc.record({
    described: itemId,
    forgotten: itemId,
    session: fc.array(itemId, { minLength: 1, maxLength: 3 }),
    query: itemId,
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const known = new KnownIds();
      const items = new ItemIndex();
      const sessions = new SessionIndex({ sessionsMax: 4 });
      const list = Array.from({ length: 7 }, (_, number) => ({ item_id: `i${number}`, score: 1 }));
      known.follow(sessions, items);
      for (const [at, { described, forgotten, session, query }] of steps.entries()) {
        items.describe(described, facts);
        items.describe(forgotten, null);
        sessions.upsert(`s${at % 6}`, session, at);
        const matches = sessions.query([query], 5);
        for (let rank = 0; rank < matches.count; rank += 1) {
          assert.equal(known.inCatalogue(matches, rank), items.idOf(matches.itemIds[rank] as string));
        }
        const expected = list.map(({ item_id }) => items.idOf(item_id)).filter((id) => id >= 0);
        assert.deepEqual([...known.ofList(list, items)], expected);
      }
    }),
  );
});
