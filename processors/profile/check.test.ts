import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Interaction } from '../../schemas/types.ts';
import { at, customer, interaction } from '../testing/given.ts';
import { interactionProblem, updateProblem } from './check.ts';

const reasonOf = (rest: Partial<Interaction>, key = 'ann') =>
  interactionProblem(key, interaction('view', 'pan', at(0), rest))?.reason;

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
  assert.equal(reasonOf({ value: 1e15 }), 'bad_value');
  assert.equal(reasonOf({ quantity: 0 }), 'bad_quantity');
  assert.equal(reasonOf({ quantity: Infinity }), 'bad_quantity');
  assert.equal(reasonOf({ timestamp: -1 }), 'bad_timestamp');
});

test('an update is checked, too', () => {
  assert.equal(updateProblem('ann', customer('ann', { age: 44 })), undefined);
  assert.equal(updateProblem('ann', customer('ann', { age: -1 }))?.reason, 'bad_age');
  assert.equal(updateProblem('ann', customer('bob'))?.reason, 'wrong_key');
  assert.equal(updateProblem('', customer(''))?.reason, 'empty_customer_id');
});
