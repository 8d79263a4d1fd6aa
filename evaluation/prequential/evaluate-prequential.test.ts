// Event by event, on events few enough to follow, and through the stages that serve customers.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { leftOut } from '../../test/left-out.ts';
import { resultJson } from '../report/result-json.ts';
import { twoTastes } from '../testing/two-tastes.ts';
import { readInteractions, type RawInteraction } from '../topn/read-interactions.ts';
import { evaluatePrequential, type PrequentialOptions } from './evaluate-prequential.ts';

const options: PrequentialOptions = {
  ks: [1],
  algorithms: ['popularity'],
  sample: 1,
  progress: { show: () => {}, note: () => {} },
};

function events(...pairs: string[]): RawInteraction[] {
  return pairs.map((pair, at) => {
    const [user = '', item = ''] = pair.split(' ');
    return { user, item, rating: Infinity, time: 1_700_000_000 + at, isTimed: true };
  });
}

test('each event is asked for before it is learnt; unknown users are not asked, unknown items missed', () => {
  // ann: lamp (not asked). bob: lamp (not asked). bob: desk (nobody had it: missed). ann: desk (the only one she has not had: hit).
  // bob: lamp again (had: neither asked nor learnt).
  const { results, sizes } = evaluatePrequential(
    [],
    events('ann lamp', 'bob lamp', 'bob desk', 'ann desk', 'bob lamp'),
    options,
  );
  assert.deepEqual([results[0]?.tally.events, results[0]?.tally.mean('recall@1')], [2, 1 / 2]);
  assert.equal(sizes['events'], 4);
});

test('what is trained on is learnt but not asked for', () => {
  const all = events('ann lamp', 'bob lamp', 'bob desk', 'ann desk');
  const { results } = evaluatePrequential(all.slice(0, 3), all.slice(3), options);
  assert.deepEqual([results[0]?.tally.events, results[0]?.tally.mean('hit_rate@1')], [1, 100]);
  assert.throws(() => evaluatePrequential(all, all, options), /no event of the test is new/);
});

test('the stages that serve customers learn tastes, and twice give the same bytes', () => {
  const asked = { ...options, ks: [5], algorithms: ['freshet', 'popularity', 'live_co_visits'] };
  const evaluation = evaluatePrequential([], twoTastes(500), asked);
  const recall = Object.fromEntries(
    evaluation.results.map(({ algorithm, tally }) => [algorithm, tally.mean('recall@5')]),
  );
  assert.ok((recall['freshet'] ?? 0) > 1.2 * (recall['popularity'] ?? 1), JSON.stringify(recall));
  assert.ok((recall['live_co_visits'] ?? 0) > 1.2 * (recall['popularity'] ?? 1), JSON.stringify(recall));
  const slices = evaluation.results[0]?.tally.slices().map(({ name }) => name) ?? [];
  for (const family of ['history', 'tenth', 'segment'])
    assert.ok(
      slices.some((name) => name.startsWith(family)),
      family,
    );
  const [one, other] = [evaluation, evaluatePrequential([], twoTastes(500), asked)].map((each) =>
    JSON.stringify(resultJson(each, undefined, { timings: false })),
  );
  assert.equal(one, other);
});

test('MovieLens 100k: popularity is what others measured, and live co-visits beat it', () => {
  const path = fileURLToPath(new URL('../../../shared/data/ml-100k/ml-100k.inter.gz', import.meta.url));
  if (!existsSync(path)) return leftOut('prequential evaluation on MovieLens 100k', { dataSet: true });
  const asked = {
    ...options,
    ks: [10],
    algorithms: ['popularity', 'isgd', 'live_co_visits', 'best_so_far'],
    minRating: 5,
  };
  const { results, sizes } = evaluatePrequential([], readInteractions(path), asked);
  assert.deepEqual([sizes['events'], results[0]?.tally.events], [21_201, 20_273]);
  const [popular, factors, coVisits, best] = results.map(({ tally }) => tally.mean('recall@10'));
  assert.ok(Math.abs((popular ?? 0) - 0.1114) < 0.0005, `popularity ${popular}`);
  assert.ok((coVisits ?? 0) > 0.13, `live co-visits ${coVisits}`);
  assert.ok((factors ?? 0) > 0.067, `isgd is .067 elsewhere, ${factors} here`);
  assert.ok((best ?? 0) > 0.95 * (coVisits ?? 1), `best so far ${best}`);
});
