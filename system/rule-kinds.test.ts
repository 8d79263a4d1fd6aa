// Proves that the gateway knows exactly the names of rules that the processors use, and no value that they would pass over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleKinds } from '../gateway/rules/rule-kinds.ts';
import {
  ALGORITHMS,
  DEFAULT_SETTINGS,
  FILTERS_KIND,
  settingsUnder,
  WEIGHTS_KIND,
} from '../processors/recommend/settings.ts';
import { DEFAULT_THRESHOLDS, THRESHOLDS_KIND, thresholdsOf } from '../processors/segment/thresholds.ts';
import type { Rule } from '../schemas/types.ts';

function rule(kind: string, numbers: Record<string, number>, words: Record<string, string[]> = {}): Rule {
  return {
    rule_id: 'r',
    version: 1,
    kind,
    updated_at: 0,
    active: true,
    starts_at: null,
    ends_at: null,
    numbers,
    words,
  };
}

function kindOf(name: string) {
  const kind = ruleKinds.get(name);
  assert.ok(kind, name);
  return kind;
}

test('segment-thresholds', () => {
  const kind = kindOf(THRESHOLDS_KIND);
  const { version: _, ...defaults } = DEFAULT_THRESHOLDS;
  assert.deepEqual([...kind.numbers.keys()].toSorted(), Object.keys(defaults).toSorted());
  for (const edge of ['min', 'max'] as const) {
    const numbers = Object.fromEntries([...kind.numbers].map(([name, range]) => [name, range[edge]]));
    assert.deepEqual(thresholdsOf(rule(THRESHOLDS_KIND, numbers)).problems, []);
  }
  for (const { name, byDefault } of (kind.atLeast ?? []).flat())
    assert.equal(byDefault, DEFAULT_THRESHOLDS[name as keyof typeof DEFAULT_THRESHOLDS]);
});

test('recommend-weights and recommend-filters: each name changes something, at both ends of its range', () => {
  const said = (settings: object) => JSON.stringify({ ...settings, version: '', itemsOut: [] });
  for (const name of [WEIGHTS_KIND, FILTERS_KIND]) {
    for (const [number, { min, max }] of kindOf(name).numbers) {
      const settings = [min, max].map((value) => {
        const rules = [rule(name, { [number]: value })];
        return said(name === WEIGHTS_KIND ? settingsUnder(rules, []) : settingsUnder([], rules));
      });
      assert.notEqual(settings[0], settings[1], number);
    }
  }
  for (const algorithm of ALGORITHMS) assert.ok(kindOf(WEIGHTS_KIND).numbers.has(algorithm));
  for (const deed of Object.keys(DEFAULT_SETTINGS.seen)) assert.ok(kindOf(FILTERS_KIND).numbers.has(`${deed}_days`));
  const words = Object.fromEntries([...kindOf(FILTERS_KIND).words].map((name) => [name, ['x']]));
  const { itemsOut, categoriesOut, brandsOut } = settingsUnder([], [rule(FILTERS_KIND, {}, words)]);
  assert.deepEqual([[...itemsOut], categoriesOut, brandsOut], [['x'], ['x'], ['x']]);
});
