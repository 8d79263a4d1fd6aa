import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { groupItems, historyOf, tasteHistory } from './testing/given-history.ts';
import { recipeNames } from './recipes.ts';
import { trainRecommend, type TrainingOptions } from './train-recommend.ts';

const GIVEN = { groups: ['tea', 'bike', 'book'], itemsPerGroup: 15, customers: 120, days: 12 };
const PLAIN: TrainingOptions = {
  versionFor: (algorithm) => `v-${algorithm}`,
  algorithms: [],
  force: false,
  champion: null,
  onStep: () => {},
};

describe('training', () => {
  const items = groupItems(GIVEN);
  const events = tasteHistory(GIVEN, seededRandom(5));
  const history = historyOf(events);
  const trained = trainRecommend(history, items, PLAIN);

  it('finds tastes, far better than what is popular', () => {
    assert.ok(trained.isPromoted, trained.because);
    const { 'ndcg@20': own = 0, 'popular_ndcg@20': popular = 1, cases = 0 } = trained.metrics;
    assert.ok(own > 1.5 * popular && cases >= 50, JSON.stringify(trained.metrics));
    const { model } = trained;
    const suggested = new Map<string, number>();
    model.suggest([model.numberOf('tea-1')], (item, score) => suggested.set(model.idOf(item), score));
    const best = [...suggested].toSorted(([, one], [, other]) => other - one).slice(0, 8);
    assert.ok(
      best.every(([id]) => id.startsWith('tea')),
      best.join(),
    );
  });

  it('finds them in each of the ways that there are', () => {
    for (const name of recipeNames) {
      const { metrics, model } = trainRecommend(history, items, { ...PLAIN, algorithms: [name] });
      const { 'ndcg@20': own = 0, 'popular_ndcg@20': popular = 1 } = metrics;
      assert.deepEqual([model.algorithm, own > 1.5 * popular], [name, true], JSON.stringify(metrics));
    }
  });

  it('makes the same of the same', () => {
    assert.deepEqual(trainRecommend(history, items, PLAIN).model.pack(), trained.model.pack());
  });

  it('knows of items that nobody had what they are like', () => {
    const [one] = items.values();
    assert.ok(one);
    const more = new Map([...items, ['tea-new', { ...one, item_id: 'tea-new', title: 'tea 3 new' }]]);
    const { model } = trainRecommend(history, more, PLAIN);
    const alike: string[] = [];
    model.alike(model.numberOf('tea-new'), (item) => alike.push(model.idOf(item)));
    assert.equal(alike[0], 'tea-3', alike.join());
  });

  it('takes the champion’s place only by what happened since', () => {
    const half = history.untilMs - 5 * 86_400_000;
    const early = historyOf(events.filter(({ timestamp }) => timestamp <= half));
    const champion = { model: trainRecommend(early, items, PLAIN).model, untilMs: half };
    const next = trainRecommend(history, items, { ...PLAIN, champion });
    assert.ok((next.metrics['champion_ndcg@20'] ?? 0) > 0);
    assert.equal(
      next.isPromoted,
      (next.metrics['ndcg@20'] ?? 0) >= (next.metrics['champion_ndcg@20'] ?? 0),
      next.because,
    );

    const sameMoment = { model: trained.model, untilMs: history.untilMs };
    const nothingNew = trainRecommend(history, items, { ...PLAIN, champion: sameMoment });
    assert.deepEqual([nothingNew.isPromoted, nothingNew.metrics['cases']], [false, 0]);
    assert.equal(trainRecommend(history, items, { ...PLAIN, champion: sameMoment, force: true }).isPromoted, true);
  });

  it('is refused when there is nothing to learn from', () => {
    const few = historyOf(events.filter(({ customer_id }) => customer_id === 'customer-1'));
    assert.throws(() => trainRecommend(few, items, PLAIN), { kind: 'TrainingRefused' });
    const single = { ...GIVEN, groups: ['tea'], itemsPerGroup: 1 };
    assert.throws(() => trainRecommend(historyOf(tasteHistory(single, seededRandom(5))), groupItems(single), PLAIN), { kind: 'TrainingRefused' }); // prettier-ignore
  });

  it('finds tastes where nothing is written about the items', () => {
    const { model, metrics } = trainRecommend(history, new Map(), { ...PLAIN, algorithms: ['item_knn'] });
    assert.ok((metrics['ndcg@20'] ?? 0) > 1.5 * (metrics['popular_ndcg@20'] ?? 1), JSON.stringify(metrics));
    model.alike(model.numberOf('tea-1'), (item) => assert.fail(`${model.idOf(item)} is like it`));
  });
});
