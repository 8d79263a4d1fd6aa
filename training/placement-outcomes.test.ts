// From lists shown and deeds that name them to rules of placements.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleKinds } from '../gateway/rules/rule-kinds.ts';
import { ALGORITHMS } from '../processors/recommend/settings.ts';
import { plainInteraction } from '../schemas/plain-interaction.ts';
import { OutcomeCollector } from './placement-outcomes.ts';
import { rulesFor } from './placement-rules.ts';
import { shown } from './testing/shown.ts';

const takes = (item_id: string, timestamp: number, customer_id = 'ann') =>
  plainInteraction({ interaction_id: `${customer_id}-${item_id}-${timestamp}`, customer_id, timestamp, event_type: 'view', item_id, recommendation_id: 'list-1' }); // prettier-ignore

test('what names a list was taken in the latest placement that had shown it, and counts once', () => {
  const outcomes = new OutcomeCollector();
  for (const one of [shown('home', 100), shown('home', 110, { kind: 'seen' }), shown('basket', 200), shown(null, 50)])
    outcomes.impression(one);
  for (const one of [
    takes('pan', 150),
    takes('pan', 160),
    takes('pot', 250),
    takes('pot', 90),
    takes('pan', 300, 'bob'),
  ])
    outcomes.interaction(one);
  const placed = outcomes.collect(() => true);
  assert.deepEqual(
    placed.map(({ placement, rank, isTaken }) => [placement, rank, isTaken]),
    [['home', 1, true], ['home', 2, false], ['basket', 1, false], ['basket', 2, true]], // prettier-ignore
  );
  assert.deepEqual(outcomes.collect((customerId) => customerId !== 'ann'), []); // prettier-ignore
});

test('a rule for each placement with factors, a higher version each time, off when nothing is left of it', () => {
  const weights = { shown: 1, taken: 1, evidence: 9 };
  const [first, odd] = rulesFor([{ placement: 'basket', factors: { tastes: 1.23456 }, ...weights }, { placement: 'à la carte/1', factors: { tastes: 2 }, ...weights }], [], 7); // prettier-ignore
  assert.deepEqual(first, { rule_id: 'learnt-basket', version: 1, kind: 'recommend-order', updated_at: 7, active: true, starts_at: null, ends_at: null, numbers: { tastes_factor: 1.235 }, words: { placements: ['basket'] } }); // prettier-ignore
  assert.match(odd?.rule_id ?? '', /^[\w.-]{1,64}$/);
  assert.notEqual(odd?.rule_id, rulesFor([{ placement: 'ä la carte/1', factors: { tastes: 2 }, ...weights }], [], 7)[0]?.rule_id); // prettier-ignore
  const known = first === undefined ? [] : [first];
  const [second] = rulesFor([{ placement: 'basket', factors: {}, ...weights }], known, 8);
  assert.deepEqual([second?.version, second?.active], [2, false]);
  assert.deepEqual(rulesFor([{ placement: 'home', factors: {}, ...weights }], known, 8), []);
  for (const algorithm of ALGORITHMS)
    assert.ok(ruleKinds.get('recommend-order')?.numbers.has(`${algorithm}_factor`), algorithm);
});
