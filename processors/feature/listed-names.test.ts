// Proves that the campaigns with a list are the hottest ones, and that whose place is taken is named once, so that its list goes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { limits } from './limits.ts';
import { emptyHead } from './list-head.ts';
import { admit, CAMPAIGNS } from './listed-names.ts';

test('the hottest campaigns are listed, and each that gives way is named', () => {
  const offers = fc.array(fc.tuple(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 500 })), {
    maxLength: 400,
  });
  fc.assert(
    fc.property(offers, (steps) => {
      const head = emptyHead(CAMPAIGNS);
      const lists = new Set<string>();
      const hottest = new Map<string, number>();
      for (const [number, heat] of steps) {
        const campaign = `campaign-${number}`;
        hottest.set(campaign, Math.max(heat, hottest.get(campaign) ?? 0));
        const before = structuredClone(head);
        const { isListed, isChanged, dropped } = admit(head, campaign, heat, 1);
        if (!isChanged) assert.deepEqual(head, before);
        if (isListed) lists.add(campaign);
        if (dropped !== undefined) assert.ok(lists.delete(dropped));
        assert.deepEqual(new Set(head.entries.map(({ item_id }) => item_id)), lists);
      }
      const heats = [...hottest.values()].sort((a, b) => b - a).slice(0, limits.listedNamesMax);
      assert.deepEqual(
        head.entries.map(({ heat }) => heat),
        heats,
      );
    }),
  );
});
