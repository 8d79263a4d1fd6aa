import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_SETTINGS } from '../processors/recommend/settings.ts';
import { tasteModel } from '../processors/testing/trained.ts';
import { seededRandom } from '../streams/random.ts';
import { fitWeights } from './fit-weights.ts';
import { groupItems, historyOf, tasteHistory } from './testing/given-history.ts';

test('weights are learnt by replay: nothing is given up, and what the latest click leads to stays in front', () => {
  const given = { groups: ['tea', 'bike'], itemsPerGroup: 10, customers: 20, days: 10 };
  const history = historyOf(tasteHistory(given, seededRandom(3)));
  // A model that knows nothing but nonsense: tea for those who like bikes.
  const nonsense = tasteModel({
    tastes: Object.fromEntries(
      Array.from({ length: 10 }, (_, at) => [`bike-${at}`, Array.from({ length: 10 }, (__, other) => `tea-${other}`)]),
    ),
  });
  const steps: string[] = [];
  const { weights, byDefault, fitted } = fitWeights(history, groupItems(given), nonsense, (what) => steps.push(what));
  assert.ok(fitted >= byDefault && byDefault > 0, `${fitted} ${byDefault}`);
  assert.equal(steps.length, Object.keys(DEFAULT_SETTINGS.weights).length - 1);
  assert.equal(weights.session_knn, DEFAULT_SETTINGS.weights.session_knn);
  assert.ok(Object.entries(weights).every(([name, weight]) => name === 'session_knn' || weight <= 0.8));
  assert.ok(weights.tastes < DEFAULT_SETTINGS.weights.tastes, 'nonsense counts less');
});
