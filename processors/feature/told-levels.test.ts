import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ItemEvent } from '../../schemas/types.ts';
import { at, itemEvent } from '../testing/given.ts';
import { applyItemEvent, emptyActivity } from './apply-item-event.ts';
import { toldLevels } from './told-levels.ts';

/** At which of the events the features are published. */
function publishedAt(events: readonly ItemEvent[]): number[] {
  const activity = emptyActivity('pan');
  return events.flatMap((event, index) => {
    const before = toldLevels(activity, event);
    applyItemEvent(activity, event);
    return toldLevels(activity, event).some((level, place) => level > (before[place] as number)) ? [index] : [];
  });
}

const views = (count: number, minute = 0) => Array.from({ length: count }, () => itemEvent('pan', at(minute)));

test('each of the first events is told, then only what is some 6 % more', () => {
  const published = publishedAt(views(500));
  assert.deepEqual(
    published.slice(0, 15),
    Array.from({ length: 15 }, (_, index) => index),
  );
  assert.ok(published.length < 80, `${published.length} of 500`);
});

test('of an item that stays as busy as it is, something is told at least every six minutes', () => {
  const perMinute = 20;
  const day = Array.from({ length: 24 * 60 }, (_, minute) => views(perMinute, minute)).flat();
  const published = publishedAt(day);
  const pauses = published.map((index, place) => index - (published[place - 1] ?? 0));
  assert.ok(Math.max(...pauses) <= 6 * perMinute, `${Math.max(...pauses)} events`);
  assert.ok(published.length < day.length / 50, `${published.length} of ${day.length}`);
});

test('events that come newest first are told as well', () => {
  const newestFirst = Array.from({ length: 100 }, (_, index) => itemEvent('pan', at(10_000 - 60 * index)));
  assert.ok((publishedAt(newestFirst).at(-1) ?? 0) >= 93);
});

test('a second basket with another item is told, whatever else happens to the item', () => {
  const shared = itemEvent('pan', at(0), { kind: 'pair', cobought: ['lid'] });
  const published = publishedAt([...views(1_000), shared, ...views(1), shared]);
  assert.deepEqual(published.slice(-2), [1_000, 1_002]);
});
