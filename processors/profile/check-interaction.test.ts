import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Interaction } from '../../schemas/types.ts';
import { at, interaction } from '../testing/given.ts';
import { problemOf } from './check-interaction.ts';

const reasonOf = (rest: Partial<Interaction>, key = 'ann') =>
  problemOf(key, interaction('view', 'pan', at(0), rest))?.reason;

test('an interaction that makes sense has no problem', () => {
  for (const rest of [{}, { item_id: null }, { event_type: 'ビュー' }, { value: -3 }, { quantity: 0.5 }]) {
    assert.equal(reasonOf(rest), undefined);
  }
});

test('what makes no sense is named', () => {
  assert.equal(reasonOf({ interaction_id: '' }), 'empty_interaction_id');
  assert.equal(reasonOf({ item_id: ' ' }), 'empty_item_id');
  assert.equal(reasonOf({ customer_id: '' }, ''), 'empty_customer_id');
  assert.equal(reasonOf({ item_id: 'x'.repeat(300) }), 'long_item_id');
  assert.equal(reasonOf({}, 'bob'), 'wrong_key');
  assert.equal(reasonOf({ event_type: '__proto__' }), 'bad_event_type');
  assert.equal(reasonOf({ event_type: '' }), 'bad_event_type');
  assert.equal(reasonOf({ value: NaN }), 'bad_value');
  assert.equal(reasonOf({ quantity: 0 }), 'bad_quantity');
  assert.equal(reasonOf({ quantity: Infinity }), 'bad_quantity');
  assert.equal(reasonOf({ timestamp: -1 }), 'bad_timestamp');
});
