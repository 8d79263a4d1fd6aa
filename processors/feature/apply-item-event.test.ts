import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { heatAt } from '../../models/decay.ts';
import { itemActivity } from '../../schemas/topics.ts';
import type { ItemActivity, ItemEvent } from '../../schemas/types.ts';
import { at, itemEvent } from '../testing/given.ts';
import { withoutLastBits } from '../testing/without-last-bits.ts';
import { applyItemEvent, emptyActivity } from './apply-item-event.ts';
import { HOUR_HALF_LIFE_MS, limits, SESSION_HALF_LIFE_MS } from './limits.ts';

function activityOf(events: readonly ItemEvent[]): ItemActivity {
  const activity = emptyActivity('pan');
  for (const event of events) applyItemEvent(activity, event);
  return activity;
}

describe('what happens to an item', () => {
  it('is counted by kind, with the money', () => {
    const activity = activityOf([
      itemEvent('pan', at(0)),
      itemEvent('pan', at(1), { event_type: 'add_to_cart' }),
      itemEvent('pan', at(2), { event_type: 'purchase', value: 40 }),
      itemEvent('pan', at(3), { event_type: 'refund', value: -40 }),
    ]);
    const { views, carts, purchases, revenue, updated_at } = activity;
    assert.deepEqual({ views, carts, purchases, revenue, updated_at }, { views: 1, carts: 1, purchases: 1, revenue: 0, updated_at: at(3) }); // prettier-ignore
  });

  it('heats it, by channel and segment too, and less by the hour', () => {
    const event = itemEvent('pan', at(0), { channel: 'app', segment: 'VIP' });
    const activity = activityOf([event, event]);
    assert.ok(Math.abs(heatAt(activity.hour_heat, at(60), HOUR_HALF_LIFE_MS) - 1) < 1e-6);
    assert.equal(activity.channel_heats.get('app'), activity.day_heat);
    assert.equal(activity.segment_heats.get('VIP'), activity.day_heat);
  });

  it('makes pairs, by session and by basket', () => {
    const met = (others: Partial<ItemEvent>) => itemEvent('pan', at(0), { kind: 'pair', ...others });
    const activity = activityOf([met({ covisited: ['pot'] }), met({ covisited: ['pot'], cobought: ['lid'] })]);
    assert.ok(Math.abs(heatAt(activity.covisits.get('pot') ?? 0, at(0), SESSION_HALF_LIFE_MS) - 2) < 1e-6);
    assert.deepEqual([...activity.basket_counts], [['lid', 1]]);
    assert.equal(activity.views, 0, 'a pair is not a view');
  });

  it('is remembered for the strongest pairs only', () => {
    const pair = (other: string, minute: number) => itemEvent('pan', at(minute), { kind: 'pair', covisited: [other], cobought: [other] }); // prettier-ignore
    const often = Array.from({ length: 20 }, (_, index) => pair('pot', index));
    const once = Array.from({ length: 500 }, (_, index) => pair(`item-${index}`, index));
    const activity = activityOf([...often, ...once]);
    assert.ok(activity.covisits.size <= limits.pairsMax && activity.covisits.size >= limits.pairsKept);
    assert.ok(activity.basket_counts.size <= limits.pairsMax);
    assert.equal(activity.basket_counts.get('pot'), 20);
    assert.ok(activity.covisits.has('pot') && activity.covisits.has('item-499'));
  });
});

const anyEvent = fc
  .record({
    kind: fc.constantFrom('interaction' as const, 'pair' as const),
    event_type: fc.constantFrom('view', 'add_to_cart', 'purchase', 'refund', 'other'),
    minute: fc.integer({ min: 0, max: 20_000 }),
    value: fc.option(fc.integer({ min: -50, max: 50 })),
    channel: fc.option(fc.constantFrom('web', 'app', 'email')),
    segment: fc.option(fc.constantFrom('New', 'VIP')),
    covisited: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
    cobought: fc.array(fc.constantFrom('d', 'e'), { maxLength: 2 }),
    new_in_session: fc.boolean(),
    new_in_basket: fc.boolean(),
    opens_basket: fc.boolean(),
  })
  .map(({ minute, ...rest }) => itemEvent('pan', at(minute), rest));

describe('whatever happens to an item', () => {
  it('gives the same in whatever order it arrives', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        assert.deepEqual(withoutLastBits(activityOf(events.toReversed())), withoutLastBits(activityOf(events)));
      }),
    );
  });

  it('is the same when it is stored and read in between', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), fc.nat(40), (events, stop) => {
        const stored = itemActivity.codec.encode(activityOf(events.slice(0, stop)));
        const read = itemActivity.codec.decode(stored);
        for (const event of events.slice(stop)) applyItemEvent(read, event);
        assert.deepEqual(itemActivity.codec.encode(read), itemActivity.codec.encode(activityOf(events)));
      }),
    );
  });
});
