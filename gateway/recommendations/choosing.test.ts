// What a caller may ask of a list: categories, conditions, what is not wanted, variety; and lists for a session alone.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { items, profiles, rankings, recommendations } from '../../schemas/topics.ts';
import { aList, anItem, aProfile, aRanking } from '../testing/examples.ts';
import { openBench, type Bench, type Json } from '../testing/gateway-bench.ts';

const shop: Record<string, { categories: string[]; price: number; brand?: string; in_stock?: boolean }> = {
  kettle: { categories: ['Kitchen', 'Tea'], price: 40 },
  mug: { categories: ['Kitchen', 'Tea'], price: 9 },
  teapot: { categories: ['Kitchen', 'Tea'], price: 30 },
  pan: { categories: ['Kitchen', 'Cooking'], price: 60 },
  wok: { categories: ['Kitchen', 'Cooking'], price: 45, brand: 'Wokworks' },
  hose: { categories: ['Garden'], price: 25 },
  spade: { categories: ['Garden'], price: 25, in_stock: false },
};

suite('choosing', () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
    for (const [item_id, fields] of Object.entries(shop))
      bench.serving.put(items, item_id, anItem({ item_id, title: item_id, ...fields }));
    const listed = ['kettle', 'mug', 'teapot', 'pan'];
    bench.serving.put(
      recommendations,
      'ada',
      aList({
        items: listed.map((item_id, place) => ({
          item_id,
          score: 1 - place / 10,
          algorithm: 'affinity',
          because: [],
          propensity: 1,
        })),
      }),
    );
    bench.serving.put(rankings, 'popular', aRanking('popular', 'hose', 'kettle'));
    bench.serving.put(rankings, 'popular:category:Garden', aRanking('popular:category:Garden', 'spade', 'hose'));
    bench.serving.put(rankings, 'popular:category:Cooking', aRanking('popular:category:Cooking', 'wok', 'pan'));
  });
  after(() => bench.close());

  const get = (rest: string) => bench.ask('GET', `/api/v1/recommendations/${rest}`);
  const ids = (json: Json) => json['items']?.map((item) => String(item['item_id']));

  test('only some categories, from the list and then from their rankings', async () => {
    assert.deepEqual(ids((await get('ada?category=Cooking')).json), ['pan', 'wok']);
    assert.deepEqual(ids((await get('ada?category=Cooking,Garden')).json), ['pan', 'wok', 'hose']);
    assert.deepEqual(ids((await get('ada?category=Cooking&category=Garden')).json), ['pan', 'wok', 'hose']);
    assert.deepEqual(ids((await get('ada?category=Nowhere')).json), []);
  });

  test('only items that fulfil the conditions, also those that only a category’s ranking has', async () => {
    assert.deepEqual(ids((await get('ada?filter=price<20')).json), ['mug']);
    assert.deepEqual(ids((await get('ada?filter=brand:Wokworks')).json), ['wok']);
    assert.deepEqual(ids((await get('nobody?filter=category!:Kitchen')).json), ['hose']);
    const { status, json } = await get('ada?filter=price<20,color:red');
    assert.deepEqual([status, json['errors']?.[0]?.['parameter']], [400, 'filter']);
  });

  test('an item that the catalogue does not know fits no condition', async () => {
    bench.serving.put(rankings, 'trending', aRanking('trending', 'stranger'));
    bench.time += 1_000; // what was read of rankings holds for a moment
    assert.ok(ids((await get('ada')).json)?.includes('stranger'));
    assert.equal(ids((await get('ada?filter=price>=0')).json)?.includes('stranger'), false);
    bench.serving.remove(rankings, 'trending');
    bench.time += 1_000;
  });

  test('without what is not wanted', async () => {
    assert.deepEqual(ids((await get('ada?exclude=kettle,pan&limit=3')).json), ['mug', 'teapot', 'hose']);
  });

  test('diversity takes turns between categories, and scores still never rise', async () => {
    const { json } = await get('ada?diversity=1&limit=3');
    assert.deepEqual(ids(json)?.toSorted(), ['hose', 'kettle', 'pan']);
    const scores = (await get('ada?diversity=0.5')).json['items']?.map((item) => Number(item['score'])) ?? [];
    assert.deepEqual(
      scores,
      scores.toSorted((one, other) => other - one),
    );
    assert.deepEqual(ids((await get('ada?diversity=0')).json)?.slice(0, 4), ['kettle', 'mug', 'teapot', 'pan']);
  });

  test('placement and context are echoed', async () => {
    const { json } = await get('ada?placement=home-top&context.page=home&context[weather]=rain%20today');
    assert.deepEqual([json['placement'], json['context']], ['home-top', { page: 'home', weather: 'rain today' }]);
    assert.equal('placement' in (await get('ada')).json, false);
  });

  test('all wrong parameters are named at once', async () => {
    const { status, json } = await get('ada?limt=5&diversity=2&context.A=1&context.b=1&context.b=2&strict=yes');
    assert.equal(status, 400);
    assert.deepEqual(json['errors']?.map((error) => String(error['parameter'])).toSorted(), [
      'context.A',
      'context.b',
      'diversity',
      'limt',
      'strict',
    ]);
    assert.match(String((await get('ada?limt=5')).json['detail']), /limt is not known here: there are limit, explain/);
  });

  test('a session alone is enough, and nothing of it is kept', async () => {
    const post = (body: object) => bench.ask('POST', '/api/v1/sessions/recommendations', { body });
    const { status, json } = await post({
      items: ['teapot', 'mug'],
      limit: 3,
      exclude: ['like-mug'],
      placement: 'cart',
    });
    assert.equal(status, 200);
    assert.deepEqual(ids(json), ['like-teapot', 'hose', 'kettle']);
    assert.deepEqual(
      [json['customer_id'], json['segment'], json['fallback'], json['placement']],
      [null, null, { used: false, why: null }, 'cart'],
    );
    assert.deepEqual(ids((await post({ items: ['mug'], category: ['Garden'] })).json), ['hose']);
    assert.deepEqual(ids((await post({ items: ['hose'] })).json), ['like-hose', 'kettle'], 'without what is in sight');
    assert.deepEqual((await post({ items: ['mug'], category: ['Garden'] })).json['fallback'], {
      used: true,
      why: 'unknown_items',
    });
    const wrong = await post({ items: [], limit: 101, filter: 'price=5', explain: 'all', diversity: -1, exclude: [7] });
    assert.deepEqual(
      [wrong.status, wrong.json['errors']?.map((error) => String(error['pointer']))],
      [422, ['/items', '/limit', '/explain', '/filter', '/exclude/0', '/diversity']],
    );
  });

  test('what was bought is not filled up with, in conditions neither', async () => {
    const bought = [{ item_id: 'wok', times: 1, last_at: 0, interaction_id: 'i-9' }];
    bench.serving.put(profiles, 'eve', aProfile({ customer_id: 'eve', bought }));
    assert.deepEqual(ids((await get('eve?category=Cooking')).json), ['pan']);
  });
});
