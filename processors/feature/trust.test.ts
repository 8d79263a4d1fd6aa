// Many accounts that push one item: what they can do is bounded, in the lists that everybody is shown and in what one item leads to.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as topics from '../../schemas/topics.ts';
import { TestBench } from '../../streams/testing/test-bench.ts';
import { at, interaction, item, itemEvent } from '../testing/given.ts';
import { stages } from '../topology.ts';
import { applyItemEvent, emptyActivity } from './apply-item-event.ts';
import { heatsOf } from './lists.ts';
import { trustOf } from './trust.ts';

const DAY_MINUTES = 24 * 60;
const REGULARS = 40;
const ACCOUNTS = 160;

/** Customers who came two months ago, and today put one thing into their carts and look at another. */
function shop(): TestBench {
  const bench = new TestBench({ stages });
  for (const itemId of ['wanted', 'looked-at', 'pushed']) bench.send(topics.items, itemId, item(itemId), at(0));
  for (const [minute, kind, itemId] of [
    [-60 * DAY_MINUTES, 'view', 'looked-at'],
    [0, 'add_to_cart', 'wanted'],
  ] as const)
    // prettier-ignore
    for (let each = 0; each < REGULARS; each += 1) happens(bench, kind, `regular-${each}`, itemId, minute + each / 10);
  return bench.run();
}

function happens(bench: TestBench, kind: string, customer_id: string, itemId: string, minute: number): void {
  bench.send(topics.interactions, customer_id, interaction(kind, itemId, at(minute), { customer_id }), at(minute));
}

const first = (bench: TestBench, list: string) => bench.get(topics.rankings, list)?.items[0]?.item_id;

describe('accounts that push an item', () => {
  it('do not bring it to the top of a list, though it has more looks than what is there; other customers do', () => {
    const pushed = shop();
    for (let each = 0; each < ACCOUNTS; each += 1) happens(pushed, 'view', `account-${each}`, 'pushed', 10 + each / 30);
    const fashion = shop();
    for (let each = 0; each < ACCOUNTS; each += 1) happens(fashion, 'view', `regular-${each % REGULARS}`, 'pushed', 10 + each / 30); // prettier-ignore
    pushed.run();
    fashion.run();
    for (const list of ['popular', 'trending', 'popular:channel:web'])
      assert.deepEqual([first(pushed, list), first(fashion, list)], ['wanted', 'pushed'], list);
    const heats = ['pushed', 'wanted'].map((itemId) => pushed.get(topics.itemFeatures, itemId)?.day_heat ?? 0);
    assert.ok((heats[0] ?? 0) > (heats[1] ?? 0), 'what is told of the item is what happened');
  });
});

describe('the heat of newcomers', () => {
  const activityOf = (others: number, newcomers: number) => {
    const activity = emptyActivity('pan');
    for (let each = 0; each < others; each += 1) applyItemEvent(activity, itemEvent('pan', at(0), { segment: 'Standard' })); // prettier-ignore
    for (let each = 0; each < newcomers; each += 1) applyItemEvent(activity, itemEvent('pan', at(0), { segment: 'New' })); // prettier-ignore
    return activity;
  };
  const counted = (others: number, newcomers: number) => (others + newcomers) * Math.exp(trustOf(activityOf(others, newcomers))); // prettier-ignore

  it('counts in full beside that of others, and with the logarithm beyond', () => {
    const near = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < 1e-6, `${value}, not ${expected}`); // prettier-ignore
    near(counted(0, 15), 15);
    near(counted(100, 300), 400);
    near(counted(0, 1_500), 15 * (1 + Math.log(100)));
    near(counted(100, 3_000), 100 + 300 * (1 + Math.log(10)));
  });

  it('never lowers what is listed, and leaves the order of a shop where everybody is new', () => {
    const event = fc.record({ minute: fc.integer({ min: 0, max: 3_000 }), segment: fc.constantFrom('New', 'New', 'New', 'Standard') }); // prettier-ignore
    fc.assert(
      fc.property(fc.array(event, { minLength: 100, maxLength: 300 }), (events) => {
        const activity = emptyActivity('pan');
        let [hour, day] = [-Infinity, -Infinity];
        for (const { minute, segment } of events) {
          const one = itemEvent('pan', at(minute / 100), { segment });
          applyItemEvent(activity, one);
          const heats = heatsOf(activity, one);
          assert.ok(heats.hour >= hour && heats.day >= day);
          [hour, day] = [heats.hour, heats.day];
        }
      }),
      { numRuns: 30 },
    );
    const shares = [10, 15, 16, 100, 1_000].map((newcomers) => counted(0, newcomers));
    assert.deepEqual(
      shares,
      shares.toSorted((one, other) => one - other),
    );
  });
});
