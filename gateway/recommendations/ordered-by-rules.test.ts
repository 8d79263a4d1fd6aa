// What the shop's rules do to lists: pin, boost, bury and cap, for whom and from when to when they say so.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { items, rankings, recommendations } from '../../schemas/topics.ts';
import { aList, anItem, aRanking, nowMs } from '../testing/examples.ts';
import { openBench, type Bench, type Json } from '../testing/gateway-bench.ts';

const categoryOf: Record<string, string> = { kettle: 'Tea', mug: 'Tea', pot: 'Tea', pan: 'Pans', hose: 'Garden' };
const kind = 'recommend-order';

suite('lists under rules of order', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
    for (const [item_id, category] of Object.entries(categoryOf))
      bench.serving.put(items, item_id, anItem({ item_id, categories: ['Home', category], brand: null }));
    const own = ['kettle', 'mug', 'pot', 'pan'];
    bench.serving.put(
      recommendations,
      'ada',
      aList({
        segment: 'VIP',
        items: own.map((item_id, place) => ({
          item_id,
          score: 1 - place / 10,
          algorithm: 'affinity',
          because: [],
          propensity: 1,
        })),
      }),
    );
    bench.serving.put(rankings, 'popular', aRanking('popular', 'pan', 'hose', 'kettle'));
  });
  afterEach(() => bench.close());

  const get = (rest: string) => bench.ask('GET', `/api/v1/recommendations/${rest}`);
  const ids = (json: Json) => json['items']?.map((item) => String(item['item_id']));
  const listed = async (rest: string) => ids((await get(rest)).json);

  async function rule(id: string, body: object): Promise<void> {
    assert.equal((await bench.ask('PUT', `/api/v1/rules/${id}`, { body: { kind, ...body } })).status, 202);
  }

  test('pins come first, in their order, in every list; scores don’t rise, and the answer says why', async () => {
    await rule('launch', { words: { pin: ['hose', 'pan', 'unknown'] } });
    bench.serving.put(items, 'pan', anItem({ item_id: 'pan', in_stock: false }));
    bench.time += 1000;
    const { json } = await get('ada?limit=3');
    assert.deepEqual(ids(json), ['hose', 'kettle', 'mug']);
    assert.deepEqual(
      json['items']?.map(({ score }) => score),
      [1, 1, 0.9],
    );
    assert.match(String(json['model']), /\+launch@1$/);
    assert.deepEqual([json['items']?.[0]?.['algorithm'], json['items']?.[0]?.['rank']], ['pinned', 1]);
    assert.match(JSON.stringify(json['items']?.[0]?.['reasons']), /Chosen by the shop\./);
    assert.deepEqual(await listed('nobody'), ['hose', 'kettle']);
    const session = { items: ['hose'], limit: 2 };
    const forSession = await bench.ask('POST', '/api/v1/sessions/recommendations', { body: session });
    assert.deepEqual(ids(forSession.json), ['like-hose', 'kettle'], 'what somebody has before their eyes is no offer');
    assert.deepEqual(await listed('ada?limit=1'), ['hose']);
    assert.deepEqual(await listed('ada?limit=2&exclude=hose'), ['kettle', 'mug']);
    assert.deepEqual(await listed('ada?category=Tea'), ['kettle', 'mug', 'pot']);
  });

  test('a pinned item that is sold out is gone at the next read, and back again', async () => {
    await rule('launch', { words: { pin: ['hose'] } });
    const firstWhen = async (in_stock: boolean) => {
      bench.serving.put(items, 'hose', anItem({ item_id: 'hose', categories: ['Garden'], in_stock }));
      bench.time += 1000;
      return (await listed('ada?limit=2'))?.[0];
    };
    assert.deepEqual(
      [await firstWhen(true), await firstWhen(false), await firstWhen(true)],
      ['hose', 'kettle', 'hose'],
    );
  });

  test('boost and bury multiply scores, by item, category and brand', async () => {
    await rule('sale', { words: { boost_items: ['pan'], bury_categories: ['Tea'] }, numbers: { bury_factor: 0.5 } });
    const { json } = await get('ada');
    assert.deepEqual(ids(json)?.slice(0, 4), ['pan', 'kettle', 'mug', 'pot']);
    assert.deepEqual(
      json['items']?.slice(0, 4).map(({ score }) => Number(score).toFixed(2)),
      ['1.40', '0.50', '0.45', '0.40'],
    );
    bench.serving.put(items, 'mug', anItem({ item_id: 'mug', categories: ['Tea'], brand: 'Norrby' }));
    bench.time += 1000;
    await rule('brand', { words: { boost_brands: ['Norrby'] }, numbers: { boost_factor: 10 } });
    assert.deepEqual((await listed('ada'))?.slice(0, 3), ['mug', 'pan', 'kettle']);
    assert.deepEqual(await listed('nobody'), ['pan', 'hose', 'kettle'], 'a ranking as well');
  });

  test('factors of sources multiply scores where the rule holds; what is tried out keeps its place', async () => {
    const of = (item_id: string, score: number, algorithm: string) => ({ item_id, score, algorithm, because: [], propensity: 1 }); // prettier-ignore
    const own = [of('kettle', 1, 'tastes'), of('mug', 0.9, 'bought_together'), of('pot', 0.8, 'exploration'), of('pan', 0.7, 'tastes')]; // prettier-ignore
    bench.serving.put(recommendations, 'ada', aList({ segment: 'VIP', items: own }));
    await rule('learnt-basket', { numbers: { tastes_factor: 0.8, bought_together_factor: 1.5 }, words: { placements: ['basket'] } }); // prettier-ignore
    const { json } = await get('ada?placement=basket&limit=4');
    assert.deepEqual(ids(json), ['mug', 'kettle', 'pot', 'pan']);
    assert.match(String(json['model']), /learnt-basket@1$/);
    assert.deepEqual(await listed('ada?placement=home&limit=4'), ['kettle', 'mug', 'pot', 'pan']);
  });

  test('caps leave room for others, and count pins', async () => {
    await rule('variety', { numbers: { category_max: 1 } });
    assert.deepEqual(await listed('ada'), ['kettle', 'pan', 'hose']);
    await rule('pins', { words: { pin: ['pot'] } });
    assert.deepEqual(await listed('ada'), ['pot', 'pan', 'hose']);
    assert.deepEqual(await listed('ada?diversity=1&limit=2'), ['pot', 'pan']);
  });

  test('for some segments, some placements, and some time', async () => {
    const ends_at = new Date(nowMs + 60_000).toISOString();
    await rule('vip', { ends_at, words: { pin: ['hose'], segments: ['VIP'], placements: ['home'] } });
    assert.equal((await listed('ada?placement=home'))?.[0], 'hose');
    assert.equal((await listed('ada?placement=basket'))?.[0], 'kettle');
    assert.equal((await listed('ada'))?.[0], 'kettle');
    assert.equal((await listed('nobody?placement=home'))?.[0], 'pan', 'in no segment');
    bench.time = nowMs + 60_000;
    assert.equal((await listed('ada?placement=home'))?.[0], 'kettle', 'it is over');
  });
});
