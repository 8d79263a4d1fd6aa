import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, customer, interaction } from '../testing/given.ts';
import { applyInteraction } from './apply-interaction.ts';
import { applyUpdate } from './apply-update.ts';
import { emptyProfile } from './empty-profile.ts';

function activeAnn() {
  const profile = emptyProfile('ann');
  applyInteraction(profile, interaction('view', 'pan', at(0), { context: { language: 'de' } }), at(0), undefined);
  return profile;
}

test('an update replaces the former one and leaves behaviour alone', () => {
  const first = applyUpdate(activeAnn(), customer('ann', { age: 30, preferences: { size: 'M' }, segment: 'Staff' }));
  assert.deepEqual(
    [first.age, first.preferences, first.manual_segment, first.language],
    [30, { size: 'M' }, 'Staff', 'de'],
  );
  const second = applyUpdate(first, customer('ann', { location: 'Bern', language: 'fr' }));
  assert.deepEqual([second.age, second.location, second.manual_segment, second.language], [null, 'Bern', null, 'fr']);
  assert.deepEqual(second.recent, activeAnn().recent.map((recent) => ({ ...recent, interaction_id: second.recent[0]?.interaction_id }))); // prettier-ignore
});

test('without consent nothing is left but the refusal', () => {
  const update = customer('ann', { consent: false, age: 30, preferences: { size: 'M' }, location: 'Bern' });
  assert.deepEqual(applyUpdate(activeAnn(), update), { ...emptyProfile('ann'), consent: false });
});

test('consent given again starts afresh', () => {
  const gone = applyUpdate(activeAnn(), customer('ann', { consent: false }));
  assert.deepEqual(applyUpdate(gone, customer('ann', { age: 31 })), { ...emptyProfile('ann'), age: 31 });
});
