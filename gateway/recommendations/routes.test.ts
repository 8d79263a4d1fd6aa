import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { items, profiles, rankings, recommendations, segments } from '../../schemas/topics.ts';
import { aList, anItem, aProfile, aRanking, aSegment, nowMs } from '../testing/examples.ts';
import { openBench, partitionOf, partitions, type Bench, type Json } from '../testing/gateway-bench.ts';

suite('GET /api/v1/recommendations/{customer_id}', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
    for (const item_id of ['kettle', 'mug', 'teapot', 'spoon'])
      bench.serving.put(items, item_id, anItem({ item_id, title: item_id.toUpperCase() }));
    bench.serving.put(recommendations, 'ada', aList());
    bench.serving.put(rankings, 'trending', aRanking('trending', 'spoon', 'mug'));
    bench.serving.put(rankings, 'popular', aRanking('popular', 'teapot', 'spoon'));
  });
  afterEach(() => bench.close());

  const get = (rest: string) => bench.ask('GET', `/api/v1/recommendations/${rest}`);
  const ids = (json: Json) => json['items']?.map((item) => String(item['item_id']));

  test('answers the customer’s list with titles, ranks and reasons in words', async () => {
    const { status, json, headers } = await get('ada?limit=2');
    assert.equal(status, 200);
    assert.equal(headers.get('cache-control'), 'private, no-cache');
    assert.deepEqual(json, {
      recommendation_id: 'r-1',
      customer_id: 'ada',
      segment: 'Premium',
      experiment: null,
      variant: null,
      as_of: new Date(nowMs - 1000).toISOString(),
      position: '1:41',
      model: 'blend-2',
      fallback: { used: false, why: null },
      items: [
        {
          item_id: 'kettle',
          title: 'KETTLE',
          score: 0.9,
          rank: 1,
          algorithm: 'session_knn',
          propensity: 1,
          reasons: [
            {
              text: 'You looked at TEAPOT: customers in a session like yours went on to this.',
              algorithm: 'session_knn',
              interaction_ids: ['i-1'],
            },
          ],
        },
        {
          item_id: 'mug',
          title: 'MUG',
          score: 0.5,
          rank: 2,
          algorithm: 'popular',
          propensity: 1,
          reasons: [{ text: 'Popular with all customers.', algorithm: 'popular', interaction_ids: [] }],
        },
      ],
    });
  });

  test('explain=true has the interactions, explain=false no reasons', async () => {
    const full = (await get('ada?explain=true')).json['items']?.[0]?.['reasons']?.[0]?.['interactions'];
    assert.deepEqual(full, [
      {
        interaction_id: 'i-1',
        item_id: 'teapot',
        title: 'TEAPOT',
        event_type: 'view',
        timestamp: new Date(nowMs - 5000).toISOString(),
      },
    ]);
    assert.equal('reasons' in (((await get('ada?explain=false')).json['items']?.[0] ?? {}) as object), false);
    assert.equal((await get('ada?explain=maybe')).status, 400);
  });

  test('a list that is too short is filled up from the rankings, each item once', async () => {
    const { json } = await get('ada');
    assert.deepEqual(ids(json), ['kettle', 'mug', 'spoon', 'teapot']);
    assert.equal(json['fallback']?.['used'], false);
  });

  test('what fills up the list scores below it, keeps its algorithm, and was not bought', async () => {
    bench.serving.put(rankings, 'trending', {
      ...aRanking('trending', 'spoon', 'cup', 'bowl'),
      items: [
        { item_id: 'spoon', score: 400 },
        { item_id: 'cup', score: 300 },
        { item_id: 'bowl', score: 200 },
      ],
    });
    const bought = [{ item_id: 'cup', times: 1, last_at: nowMs, interaction_id: 'i-9' }];
    bench.serving.put(profiles, 'ada', aProfile({ bought }));
    const { json } = await get('ada');
    assert.deepEqual(ids(json), ['kettle', 'mug', 'spoon', 'bowl', 'teapot']);
    const scores = json['items']?.map((item) => Number(item['score'])) ?? [];
    assert.deepEqual(scores, [0.9, 0.5, 0.25, 0.5 / 3, 0.125]);
    assert.deepEqual(
      json['items']?.slice(2).map((item) => String(item['algorithm'])),
      ['trending', 'trending', 'popular'],
    );
  });

  test('what the rules leave out is in no list, from the next moment on', async () => {
    const body = { kind: 'recommend-filters', words: { items_out: ['mug'], categories_out: ['Cutlery'] } };
    bench.serving.put(items, 'spoon', anItem({ item_id: 'spoon', categories: ['Kitchen', 'Cutlery'] }));
    assert.equal((await bench.ask('PUT', '/api/v1/rules/out', { body })).status, 202);
    assert.deepEqual(
      [ids((await get('ada')).json), ids((await get('nobody')).json)],
      [['kettle', 'teapot'], ['teapot']],
    );
  });

  test('what can’t be bought any more is gone within a second', async () => {
    assert.equal(ids((await get('ada')).json)?.[0], 'kettle');
    for (const gone of [{ in_stock: false }, { hidden: true }, { expires_at: nowMs }, { published_at: nowMs + 9e9 }]) {
      bench.serving.put(items, 'kettle', anItem({ ...gone }));
      bench.time += 1000;
      assert.deepEqual(ids((await get('ada')).json), ['mug', 'spoon', 'teapot'], JSON.stringify(gone));
    }
  });

  test('an item that the catalogue does not know is shown without a title', async () => {
    bench.serving.remove(items, 'kettle');
    const { json } = await get('ada?limit=1');
    assert.deepEqual([json['items']?.[0]?.['item_id'], json['items']?.[0]?.['title']], ['kettle', null]);
  });

  test('an unknown customer gets the rankings, and is told so', async () => {
    const { status, json } = await get('nobody');
    assert.equal(status, 200);
    assert.deepEqual(json['fallback'], { used: true, why: 'unknown_customer' });
    assert.deepEqual(ids(json), ['spoon', 'mug', 'teapot']);
    assert.equal(json['segment'], null);
    assert.equal(json['items']?.[0]?.['reasons']?.[0]?.['text'], 'Many customers look at it right now.');
  });

  test('the rankings of the channel and the segment come first', async () => {
    bench.serving.put(profiles, 'bob', aProfile({ customer_id: 'bob' }));
    bench.serving.put(segments, 'bob', aSegment({ customer_id: 'bob', segment: 'VIP' }));
    bench.serving.put(rankings, 'popular:segment:VIP', aRanking('popular:segment:VIP', 'teapot'));
    bench.serving.put(rankings, 'popular:channel:app', aRanking('popular:channel:app', 'kettle'));
    const { json } = await get('bob?channel=app');
    assert.deepEqual(ids(json), ['kettle', 'teapot', 'spoon', 'mug']);
    assert.deepEqual([json['segment'], json['fallback']?.['why']], ['VIP', 'no_list_yet']);
    assert.deepEqual(
      json['items']?.slice(0, 2).map((item) => item['reasons']?.[0]?.['text']),
      ['Popular in the channel app.', 'Popular with VIP customers.'],
    );
  });

  test('who comes by a campaign gets its ranking first; one that is not known changes nothing', async () => {
    bench.serving.put(rankings, 'popular:campaign:spring', aRanking('popular:campaign:spring', 'kettle'));
    const { json } = await get('nobody?campaign_id=spring&channel=app');
    assert.deepEqual(ids(json)?.slice(0, 1), ['kettle']);
    assert.equal(json['items']?.[0]?.['reasons']?.[0]?.['text'], 'Popular in the campaign spring.');
    assert.deepEqual(ids((await get('nobody?campaign_id=never-heard-of')).json), ids((await get('nobody')).json));
    const body = { items: ['unheard-of'], campaign_id: 'spring', limit: 2 };
    assert.deepEqual(ids((await bench.ask('POST', '/api/v1/sessions/recommendations', { body })).json), [
      'like-unheard-of',
      'kettle',
    ]);
  });

  test('what is popular where a customer lives comes before the channel, and where the request says before that', async () => {
    for (const [place, itemId] of [
      ['Lyon', 'kettle'],
      ['Vienna', 'teapot'],
    ] as const)
      bench.serving.put(rankings, `popular:location:${place}`, aRanking(`popular:location:${place}`, itemId));
    bench.serving.put(profiles, 'max', aProfile({ customer_id: 'max', location: 'Lyon' }));
    const first = async (query: string) => (await get(query)).json['items']?.[0];
    const own = await first('max?channel=app');
    assert.deepEqual([own?.['item_id'], own?.['reasons']?.[0]?.['text']], ['kettle', 'Popular in Lyon.']);
    assert.equal((await first('max?location=Vienna'))?.['item_id'], 'teapot');
    assert.equal((await first('nobody?location=Vienna'))?.['item_id'], 'teapot');
  });

  test('without consent the list comes from the session in the request', async () => {
    bench.serving.put(profiles, 'zoe', aProfile({ customer_id: 'zoe', consent: false }));
    const { json } = await get('zoe?session=teapot,mug&limit=3');
    assert.deepEqual(json['fallback'], { used: true, why: 'no_consent' });
    assert.deepEqual(ids(json), ['like-teapot', 'like-mug', 'spoon']);
    const reason = json['items']?.[0]?.['reasons']?.[0];
    assert.match(String(reason?.['text']), /^You looked at TEAPOT: others who did so/);
    assert.deepEqual(reason?.['interaction_ids'], []);
  });

  test('min_position waits until the answer reflects it', async () => {
    const partition = partitionOf(Buffer.from('ada'));
    const pending = get(`ada?min_position=${partition}:41`);
    setTimeout(() => bench.serving.reflect(partition, 41), 10);
    assert.equal((await pending).json['position_reached'], true);
  });

  test('min_position gives up after the limit and says so', async () => {
    const partition = partitionOf(Buffer.from('ada'));
    const { status, json } = await get(`ada?min_position=${partition}:99`);
    assert.deepEqual([status, json['position_reached'], json['recommendation_id']], [200, false, 'r-1']);
  });

  test('min_position of other partitions promises nothing of this customer, and is not waited for', async () => {
    const own = partitionOf(Buffer.from('ada'));
    const other = (own + 1) % partitions;
    assert.equal((await get(`ada?min_position=${other}:99&strict=true`)).json['position_reached'], null);
    bench.serving.reflect(own, 41);
    assert.equal((await get(`ada?min_position=${other}:99,${own}:41`)).json['position_reached'], true);
    const { status, json } = await get(`ada?min_position=${partitions}:1`);
    assert.deepEqual([status, json['errors']?.[0]?.['detail']], [400, 'names partition 4, but there are only 0 to 3.']);
  });

  test('strict: rather no list than an old one', async () => {
    const partition = partitionOf(Buffer.from('ada'));
    const { status, json, headers } = await get(`ada?min_position=${partition}:99&strict=true`);
    assert.deepEqual([status, json['position_reached'], headers.get('retry-after')], [409, false, '1']);
  });

  test('a client that has the list is told that it is the same', async () => {
    const first = await get('ada');
    const etag = first.headers.get('etag') ?? '';
    for (const given of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await bench.ask('GET', '/api/v1/recommendations/ada', { headers: { 'if-none-match': given } });
      assert.deepEqual([again.status, again.text, again.headers.get('etag')], [304, '', etag], given);
      assert.equal(again.headers.get('content-length'), null);
    }
    const other = await bench.ask('GET', '/api/v1/recommendations/ada?limit=1', { headers: { 'if-none-match': etag } });
    assert.equal(other.status, 200);
    const [one, two] = [await get('nobody'), await get('nobody')];
    assert.equal(one.headers.get('etag'), two.headers.get('etag'), 'rankings are the same until they change');
  });

  test('wrong parameters are 400 and named', async () => {
    const wrong: [string, string][] = [
      ['ada?limit=0', 'limit'],
      ['ada?limit=101', 'limit'],
      ['ada?limit=ten', 'limit'],
      ['ada?limit=1&limit=2', 'limit'],
      ['ada?min_position=3', 'min_position'],
      ['ada?min_position=', 'min_position'],
      ['ada?session=a%00b', 'session'],
      [`ada?session=${'x,'.repeat(51)}`, 'session'],
      ['a%00b', 'customer_id'],
      ['x'.repeat(257), 'customer_id'],
      ['x'.repeat(10_000), 'customer_id'],
    ];
    for (const [rest, parameter] of wrong) {
      const { status, json } = await get(rest);
      assert.deepEqual([status, json['errors']?.[0]?.['parameter']], [400, parameter], rest.slice(0, 60));
    }
    assert.equal((await get('%ff')).status, 400);
  });

  test('with the serving store away it is 503 with Retry-After', async () => {
    bench.serving.failure = Object.assign(new Error('away'), { kind: 'DependencyUnavailable' });
    const { status, headers } = await get('ada');
    assert.deepEqual([status, headers.get('retry-after')], [503, '1']);
  });
});
