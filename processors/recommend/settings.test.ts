import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rule } from '../../schemas/types.ts';
import { DEFAULT_SETTINGS, settingsUnder } from './settings.ts';

function rule(rule_id: string, numbers: Record<string, number>, words: Record<string, string[]> = {}): Rule {
  return { rule_id, version: 2, kind: '', updated_at: 0, active: true, starts_at: null, ends_at: null, numbers, words };
}

describe('settings', () => {
  it('are the defaults without rules', () => {
    assert.equal(settingsUnder([], []), DEFAULT_SETTINGS);
  });

  it('take what rules say, the later of two', () => {
    const settings = settingsUnder(
      [rule('a', { popular: 3, session_knn: 2 }), rule('b', { popular: 4, list_items: 12.7, category_keep: 0.5 })],
      [rule('c', { purchase_days: 10, view_factor: 0, repeat_times_min: 5 }, { items_out: ['x'], brands_out: ['y'] })],
    );
    assert.deepEqual(settings.weights, { ...DEFAULT_SETTINGS.weights, popular: 4, session_knn: 2 });
    assert.deepEqual([settings.listItems, settings.categoryKeep, settings.repeatTimesMin], [12, 0.5, 5]);
    assert.deepEqual([settings.seen.purchase, settings.seen.view], [{ factor: 0, days: 10 }, { factor: 0, days: 30 }]); // prettier-ignore
    assert.deepEqual([[...settings.itemsOut], settings.brandsOut, settings.categoriesOut], [['x'], ['y'], []]);
    assert.equal(settings.version, 'blend-2+a@2+b@2+c@2');
  });

  it('are not broken by numbers out of range or rules that say nothing known', () => {
    const wrong = {
      popular: -1,
      session_knn: NaN,
      affinity: Infinity,
      list_items: 0,
      category_keep: 2,
      constructor: 1,
    };
    const { version, ...rest } = settingsUnder([rule('a', wrong)], [rule('b', { view_factor: 2, cart_days: -1 })]);
    const { version: before, ...defaults } = DEFAULT_SETTINGS;
    assert.deepEqual(rest, defaults);
    assert.notEqual(version, before);
  });
});
