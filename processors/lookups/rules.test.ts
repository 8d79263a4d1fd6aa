import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rule } from '../../schemas/types.ts';
import { Rules } from './rules.ts';

function rule(rule_id: string, rest: Partial<Rule> = {}): Rule {
  const always = { version: 1, kind: 'weights', updated_at: 0, active: true, starts_at: null, ends_at: null };
  return { ...always, numbers: {}, words: {}, ...rest, rule_id };
}

function rulesOf(...all: Rule[]): Rules {
  const rules = new Rules();
  for (const one of all) rules.set(one.rule_id, one);
  return rules;
}

describe('rules', () => {
  it('hold from their start until before their end', () => {
    const rules = rulesOf(rule('sale', { starts_at: 100, ends_at: 200 }), rule('always'));
    const idsAt = (timeMs: number) => rules.activeOf('weights', timeMs).map(({ rule_id }) => rule_id);
    assert.deepEqual([99, 100, 199, 200, 150, 0].map(idsAt), [['always'], ['always', 'sale'], ['always', 'sale'], ['always'], ['always', 'sale'], ['always']]); // prettier-ignore
  });

  it('hold only while active, and only for their kind', () => {
    const rules = rulesOf(rule('off', { active: false }), rule('other', { kind: 'filters' }));
    assert.deepEqual(rules.activeOf('weights', 0), []);
  });

  it('are the same array until one changes', () => {
    const rules = rulesOf(rule('a'));
    const before = rules.activeOf('weights', 5);
    assert.equal(rules.activeOf('weights', 6), before);
    rules.set('a', rule('a', { version: 2 }));
    assert.equal(rules.activeOf('weights', 6)[0]?.version, 2);
    rules.set('a', null);
    assert.deepEqual(rules.activeOf('weights', 6), []);
  });
});
