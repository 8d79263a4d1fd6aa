import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyHead, isBefore, placeItem } from './list-head.ts';
import { limits } from './limits.ts';

test('a head holds exactly the hottest items, though it forgets the others', () => {
  // Heats only rise: that is what makes it exact.
  const rises = fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 9 })), {
    maxLength: 1500,
  });
  fc.assert(
    fc.property(rises, (steps) => {
      const heats = new Map<string, number>();
      const head = emptyHead('popular');
      for (const [number, rise] of steps) {
        const id = `item-${number}`;
        heats.set(id, (heats.get(id) ?? 0) + rise);
        placeItem(head, id, heats.get(id) ?? 0, 1);
      }
      const hottest = [...heats]
        .map(([item_id, heat]) => ({ item_id, heat }))
        .sort((a, b) => (isBefore(a, b) ? -1 : 1));
      assert.deepEqual(head.entries, hottest.slice(0, limits.listItemsMax));
    }),
    { numRuns: 50 },
  );
});

test('an item that is not hot enough changes nothing', () => {
  const head = emptyHead('popular');
  for (let number = 0; number < limits.listItemsMax; number += 1) placeItem(head, `item-${number}`, 10, 5);
  const before = structuredClone(head);
  assert.equal(placeItem(head, 'late-comer', 9, 6), false);
  assert.deepEqual(head, before);
});
