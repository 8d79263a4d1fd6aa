import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Interaction, ItemEvent } from '../../schemas/types.ts';
import { at, interaction } from '../testing/given.ts';
import { applyInteraction } from './apply-interaction.ts';
import { emptyProfile } from './empty-profile.ts';
import { itemEventsOf } from './item-events.ts';

/** What the items are told of the last of these interactions. */
function toldOf(...interactions: Interaction[]): ItemEvent[] {
  const profile = emptyProfile('ann');
  let told: ItemEvent[] = [];
  for (const each of interactions) {
    told = itemEventsOf(each, each.timestamp, applyInteraction(profile, each, each.timestamp, undefined), {
      segment: 'New',
      location: null,
    });
  }
  return told;
}

const view = (item: string, minute: number) => interaction('view', item, at(minute));
const buy = (item: string, minute: number, order_id: string) =>
  interaction('purchase', item, at(minute), { value: 10, context: { order_id } });

describe('items are told', () => {
  it('of an interaction, and those before it in the session of the pair', () => {
    const told = toldOf(view('a', 0), view('b', 1), view('c', 2), view('d', 3), view('e', 4));
    assert.deepEqual(
      told.map(({ item_id, kind, covisited }) => [item_id, kind, covisited]),
      [
        ['e', 'interaction', ['d', 'c', 'b']],
        ['d', 'pair', ['e']],
        ['c', 'pair', ['e']],
        ['b', 'pair', ['e']],
      ],
    );
    assert.equal(told[0]?.segment, 'New');
    assert.equal(told[0]?.new_in_session, true);
  });

  it('of each pair once per session', () => {
    const told = toldOf(view('a', 0), view('b', 1), view('a', 2));
    assert.deepEqual(
      told.map(({ item_id, covisited, new_in_session }) => [item_id, covisited, new_in_session]),
      [['a', [], false]],
    );
    assert.equal(toldOf(view('a', 0), view('b', 1), view('a', 60), view('b', 61)).length, 2);
  });

  it('of what is bought together, once per basket', () => {
    const told = toldOf(buy('a', 0, 'o1'), buy('b', 1, 'o1'));
    assert.deepEqual(
      told.map(({ item_id, cobought, opens_basket, new_in_basket, value }) => [item_id, cobought, opens_basket, new_in_basket, value]), // prettier-ignore
      [
        ['b', ['a'], false, true, 10],
        ['a', ['b'], false, false, null],
      ],
    );
    assert.equal(toldOf(buy('a', 0, 'o1'))[0]?.opens_basket, true);
    assert.deepEqual(toldOf(buy('a', 0, 'o1'), buy('b', 1, 'o2'))[0]?.cobought, [], 'another order is another basket');
    assert.deepEqual(toldOf(buy('a', 0, 'o1'), buy('b', 1, 'o1'), buy('b', 2, 'o1'))[0]?.cobought, []);
  });

  it('of at most five others in a basket', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((item, index) => buy(item, index, 'o1'));
    assert.deepEqual(toldOf(...many)[0]?.cobought, ['f', 'e', 'd', 'c', 'b']);
  });

  it('nothing of interactions without an item, nor of having been shown', () => {
    assert.deepEqual(toldOf(interaction('search', null, at(0))), []);
    assert.deepEqual(toldOf(interaction('impression', 'a', at(0))), []);
  });

  it('never who it was', () => {
    assert.doesNotMatch(JSON.stringify(toldOf(view('a', 0), view('b', 1), buy('c', 2, 'o'))), /"ann"/);
  });
});
