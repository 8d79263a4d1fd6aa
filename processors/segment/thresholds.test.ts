import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rule } from '../../schemas/types.ts';
import { Rules } from '../lookups/rules.ts';
import { START_MS } from '../testing/given.ts';
import { DEFAULT_THRESHOLDS, THRESHOLDS_KIND, thresholdsAt, thresholdsOf } from './thresholds.ts';

function rule(rest: Partial<Rule>): Rule {
  const always = { updated_at: START_MS, active: true, starts_at: null, ends_at: null, words: {} };
  return { rule_id: 'r', version: 1, kind: THRESHOLDS_KIND, numbers: {}, ...always, ...rest };
}

function inForce(rules: Rule[], timeMs = START_MS) {
  const view = new Rules();
  for (const each of rules) view.set(each.rule_id, each);
  return thresholdsAt(view, timeMs);
}

describe('the thresholds in force', () => {
  it('are the defaults without a rule', () => {
    assert.deepEqual(inForce([]), DEFAULT_THRESHOLDS);
    assert.deepEqual(inForce([rule({ kind: 'recommend-weights', numbers: { vip_value: 1 } })]), DEFAULT_THRESHOLDS);
  });

  it("are a rule's, with the defaults for what it leaves out", () => {
    assert.deepEqual(inForce([rule({ version: 4, numbers: { vip_value: 500 } })]), {
      ...DEFAULT_THRESHOLDS,
      version: 4,
      vip_value: 500,
    });
  });

  it('are of the highest version, whatever the order', () => {
    const rules = [
      rule({ rule_id: 'b', version: 3 }),
      rule({ rule_id: 'a', version: 7 }),
      rule({ rule_id: 'c', version: 5 }),
    ];
    assert.equal(inForce(rules).version, 7);
    assert.equal(inForce(rules.toReversed()).version, 7);
  });

  it('hold only in the time of the rule', () => {
    const sale = rule({ version: 2, starts_at: START_MS, ends_at: START_MS + 10 });
    assert.deepEqual(
      [-1, 0, 9, 10].map((ms) => inForce([sale], START_MS + ms).version),
      [0, 2, 2, 0],
    );
    assert.equal(inForce([{ ...sale, active: false }]).version, 0);
  });

  it('are not those of a rule that makes no sense', () => {
    const wrong = rule({ version: 9, numbers: { vip_value: 10, premium_value: 20 } });
    assert.equal(inForce([wrong, rule({ rule_id: 's', version: 2 })]).version, 2);
  });
});

describe('a rule', () => {
  const problemsOf = (rest: Partial<Rule>) => thresholdsOf(rule(rest)).problems.join('\n');

  it('is told all that is wrong with it', () => {
    assert.equal(problemsOf({ numbers: { new_days: 14 } }), '');
    assert.match(problemsOf({ numbers: { vip_valeu: 14 } }), /vip_valeu is no threshold; there are new_days, /);
    assert.match(problemsOf({ numbers: { new_days: -1, vip_orders: NaN } }), /new_days must be .*\nvip_orders must be/);
    assert.match(problemsOf({ numbers: { vip_orders: 2 } }), /vip_orders must not be below premium_orders/);
    assert.match(problemsOf({ version: 0 }), /version must be at least 1/);
  });
});
