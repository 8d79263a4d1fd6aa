import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, itemEvent } from '../testing/given.ts';
import { applyItemEvent, emptyActivity } from './apply-item-event.ts';
import { heatsOf, placingsOf } from './lists.ts';

function listsAfter(...events: ReturnType<typeof itemEvent>[]): string[] {
  const activity = emptyActivity('pan');
  let lists: string[] = [];
  for (const event of events) {
    const before = heatsOf(activity, event);
    applyItemEvent(activity, event);
    const categories = () => ['Home', 'Kitchen', 'Pans', 'Iron', 'Home'];
    lists = placingsOf(before, heatsOf(activity, event), event, categories).map(({ list }) => list);
  }
  return lists;
}

test('an item stands in the lists of its categories, and of the channel and segment of its customers', () => {
  assert.deepEqual(listsAfter(itemEvent('pan', at(0), { channel: 'app', segment: 'VIP' })), [
    'trending',
    'popular',
    'popular:category:Home',
    'popular:category:Kitchen',
    'popular:category:Pans',
    'popular:channel:app',
    'popular:segment:VIP',
  ]);
});

test('there is no list for channels and segments of which there may be any number', () => {
  assert.deepEqual(
    listsAfter(itemEvent('pan', at(0), { channel: 'app-4711', segment: 'Staff' })).filter((list) => /(channel|segment)/.test(list)), // prettier-ignore
    [],
  );
});

test('a campaign has a list once an item was looked at again in it, so that names used once have none', () => {
  const look = (campaign_id: string, minutes: number) => itemEvent('pan', at(minutes), { campaign_id });
  const ofCampaigns = (...events: ReturnType<typeof itemEvent>[]) =>
    listsAfter(...events).filter((list) => list.includes(':campaign:'));
  assert.deepEqual(ofCampaigns(look('spring', 0)), []);
  assert.deepEqual(ofCampaigns(look('mail-1', 0), look('mail-2', 1), look('mail-3', 2)), []);
  assert.deepEqual(ofCampaigns(look('spring', 0), look('spring', 0)), ['popular:campaign:spring']);
  const bought = itemEvent('pan', at(0), { campaign_id: 'spring', event_type: 'purchase' });
  assert.deepEqual(ofCampaigns(bought), ['popular:campaign:spring']);
});

test('a location has a list once an item is more than the wish of one or two there', () => {
  const look = itemEvent('pan', at(0), { location: 'Lyon' });
  const ofLocations = (times: number) => listsAfter(...Array.from({ length: times }, () => look)).filter((list) => list.includes(':location:')); // prettier-ignore
  assert.deepEqual([ofLocations(4), ofLocations(6)], [[], ['popular:location:Lyon']]);
});

test('a list is told only when the item is a step hotter', () => {
  const many = Array.from({ length: 500 }, () => itemEvent('pan', at(0)));
  assert.deepEqual(listsAfter(...many), [], 'one of five hundred is less than a step');
});
