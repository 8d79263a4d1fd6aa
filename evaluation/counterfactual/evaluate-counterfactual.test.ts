// The Open Bandit sample against figures computed in Python, by the script at the end.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { leftOut } from '../../test/left-out.ts';
import { counterfactualTable } from '../report/counterfactual-report.ts';
import { evaluateCounterfactual } from './evaluate-counterfactual.ts';
import { readImpressions, type Impression } from './read-impressions.ts';

const sample = fileURLToPath(new URL('../../../shared/data/open-bandit-sample/', import.meta.url));

/** IPS, SNIPS, DR, effective sample size, clipped share, standard errors of IPS and DR. */
const PYTHON = {
  uniform: [0.003008626, 0.003831078, 0.003962855, 1844.005384733, 0.0145, 0.000773935, 0.000776754],
  proportional: [0.003377045, 0.00443236, 0.005178701, 1856.872481585, 0.0123, 0.000873996, 0.000876963],
  greedy: [0.00429827, 0.005922647, 0.007535872, 1340.260325022, 0.0109, 0.001481818, 0.001482861],
};

test('the estimates are those of Python', () => {
  if (!existsSync(sample)) return leftOut('counterfactual estimates on the Open Bandit sample', { dataSet: true });
  const [train, log] = ['random-men', 'bts-men'].map((name) => readImpressions(`${sample}${name}.csv.gz`));
  const { results } = evaluateCounterfactual(train ?? [], log ?? [], { policies: [], weightMax: 10 });
  for (const { policy, estimate } of results) {
    assert.ok(estimate !== null);
    const { ips, snips, dr, effectiveSampleSize, clippedShare, standardErrors } = estimate;
    const actual = [ips, snips, dr, effectiveSampleSize, clippedShare, standardErrors.ips, standardErrors.dr];
    const expected = PYTHON[policy as keyof typeof PYTHON];
    actual.forEach((figure, at) =>
      assert.ok(Math.abs(figure - (expected[at] ?? NaN)) < 1e-8, `${policy} ${at}: ${figure}`),
    );
  }
});

test('without propensities there is agreement, and no word of lift', () => {
  const impressions = ['a', 'a', 'b', 'c'].map((item): Impression => ({ item, position: '1', reward: item === 'b' ? 1 : 0, propensity: undefined })); // prettier-ignore
  const evaluation = evaluateCounterfactual(impressions, impressions, { policies: ['uniform'], weightMax: 10 });
  const [uniform] = evaluation.results;
  assert.equal(uniform?.estimate, null);
  assert.ok(Math.abs((uniform?.agreement ?? 0) - 1 / 3) < 1e-12);
  const table = counterfactualTable(evaluation);
  assert.match(table, /agreement/);
  assert.doesNotMatch(table, /lift|IPS/i);
});

test('an unknown policy is refused', () => {
  assert.throws(() => evaluateCounterfactual([], [], { policies: ['best'], weightMax: 10 }), /There are: uniform/);
});

// import csv, gzip, math, statistics
// def read(name):
//     with gzip.open(f'open-bandit-sample/{name}.csv.gz', 'rt') as f:
//         return [(r['item_id'], int(r['click']), float(r['propensity_score'])) for r in csv.DictReader(f)]
// def check(train, test, cap):
//     items = sorted({i for i, _, _ in train + test})
//     prior = 100 * sum(c for _, c, _ in train) / len(train)
//     rate = {i: (sum(c for j, c, _ in train if j == i) + prior) / (sum(1 for j, _, _ in train if j == i) + 100) for i in items}
//     best = max(items, key=lambda i: rate[i])
//     total = sum(rate.values())
//     for name, p in {'uniform': {i: 1 / len(items) for i in items}, 'proportional': {i: rate[i] / total for i in items},
//                     'greedy': {i: 0.1 / len(items) + (0.9 if i == best else 0) for i in items}}.items():
//         w = [min(cap, p[i] / q) for i, _, q in test]
//         wr = [a * c for a, (_, c, _) in zip(w, test)]
//         value = sum(p[i] * rate[i] for i in items)
//         dr = [value + a * (c - rate[i]) for a, (i, c, _) in zip(w, test)]
//         n = len(test)
//         print(name, [round(x, 9) for x in (sum(wr) / n, sum(wr) / sum(w), sum(dr) / n, sum(w) ** 2 / sum(a * a for a in w),
//               sum(p[i] / q > cap for i, _, q in test) / n, statistics.stdev(wr) / math.sqrt(n), statistics.stdev(dr) / math.sqrt(n))])
// check(read('random-men'), read('bts-men'), 10)
