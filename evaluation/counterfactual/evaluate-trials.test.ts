// What trying out costs, on lists whose truth is known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../streams/random.ts';
import { counterfactualTable } from '../report/counterfactual-report.ts';
import { evaluateTrials, type ShownPlace } from './evaluate-trials.ts';

const SHARE = 0.2;
const USUAL_RATE = 0.3;
const TRIED_RATE = 0.05;

/** Of every list the first place is settled, and in the second something is tried out now and then. */
function places(lists: number): ShownPlace[] {
  const random = seededRandom(8);
  return Array.from({ length: lists }, (_, list): ShownPlace[] => {
    const isTriedOut = random() < SHARE;
    return [
      { itemId: 'first', rank: 1, isTriedOut: false, isTaken: true, propensity: 1 },
      { itemId: isTriedOut ? `new-${list % 4}` : 'usual', rank: 4, isTriedOut, isTaken: random() < (isTriedOut ? TRIED_RATE : USUAL_RATE), propensity: isTriedOut ? SHARE / 4 : 1 - SHARE }, // prettier-ignore
    ];
  }).flat();
}

test('without trials a place earns what it does as usual; places with nothing up for trial say nothing', () => {
  const evaluation = evaluateTrials(places(20_000), 10);
  const estimate = evaluation.results[0]?.estimate;
  assert.deepEqual([evaluation.impressions, evaluation.items], [10_000, 5]);
  assert.ok(estimate != null);
  for (const figure of [estimate.ips, estimate.snips, estimate.dr]) assert.ok(Math.abs(figure - USUAL_RATE) < 0.02, `${figure}`); // prettier-ignore
  assert.ok(Math.abs(estimate.logged - (USUAL_RATE - SHARE * (USUAL_RATE - TRIED_RATE))) < 0.02, `${estimate.logged}`);
  assert.ok(Math.abs(estimate.meanWeight - 1) < 0.02, `${estimate.meanWeight}`);
});

test('without propensities it is told how often it would have been the same, and nothing else', () => {
  const unlogged = places(1_000).map((place) => ({ ...place, propensity: null }));
  const evaluation = evaluateTrials(unlogged, 10);
  assert.deepEqual([evaluation.hasPropensities, evaluation.results[0]?.estimate], [false, null]);
  assert.match(counterfactualTable(evaluation), /without_trials: agreement 9\d\.\d\d %/);
});

test('where nothing was tried out there is nothing to estimate', () => {
  const settled = places(10).map((place) => ({ ...place, propensity: 1 }));
  assert.throws(() => evaluateTrials(settled, 10), { kind: 'EvaluationRefused' });
});
