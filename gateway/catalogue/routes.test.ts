import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { basketTotals, itemFeatures, items, rankings } from '../../schemas/topics.ts';
import { anItem, aRanking, features, nowMs } from '../testing/examples.ts';
import { openBench, partitionOf, type Bench } from '../testing/gateway-bench.ts';

const readKey = 'a-key-that-may-only-read';
const adminKey = 'a-key-that-may-do-anything';

const partition = partitionOf(Buffer.from('kettle'));

suite('the catalogue', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
    for (const item_id of ['kettle', 'mug', 'teapot'])
      bench.serving.put(items, item_id, anItem({ item_id, title: item_id.toUpperCase() }));
  });
  afterEach(() => bench.close());

  test('PUT replaces an item as a whole', async () => {
    const body = {
      title: 'Kettle',
      categories: ['Kitchen'],
      price: 39.9,
      published_at: '2026-01-01T00:00:00+01:00',
      attributes: { litres: 1.7 },
    };
    const { status, json } = await bench.ask('PUT', '/api/v1/items/kettle', { body });
    assert.equal(status, 202);
    assert.deepEqual(json, { status: 'accepted', item_id: 'kettle', position: `items/${partition}:0` });
    const stored = bench.log.values(items).at(-1);
    assert.ok(stored);
    assert.deepEqual({ ...stored.attributes }, { litres: '1.7' });
    assert.deepEqual(
      { ...stored, attributes: {} },
      anItem({ title: 'Kettle', brand: null, cost: null, published_at: Date.UTC(2025, 11, 31, 23) }),
    );
  });

  test('PUT names every wrong field', async () => {
    const body = {
      item_id: 'other',
      title: 7,
      categories: ['ok', 3, ''],
      price: -1,
      url: 'javascript:alert(1)',
      image_url: '//evil.example/x',
      in_stock: 'no',
      expires_at: 'soon',
      attributes: 1,
    };
    const { status, json } = await bench.ask('PUT', '/api/v1/items/kettle', { body });
    assert.equal(status, 422);
    assert.deepEqual(json['errors']?.map((error) => String(error['pointer'])).toSorted(), [
      '/attributes',
      '/categories/1',
      '/categories/2',
      '/expires_at',
      '/image_url',
      '/in_stock',
      '/item_id',
      '/price',
      '/title',
      '/url',
    ]);
  });

  test('POST takes many, each for itself', async () => {
    const body = { items: [{ item_id: 'a', colour: 'red' }, { title: 'no id' }, 7, { item_id: 'b' }] };
    const { status, json } = await bench.ask('POST', '/api/v1/items', { body });
    assert.deepEqual([status, json['accepted'], json['rejected']], [202, 2, 2]);
    assert.deepEqual(json['results']?.[0], { status: 'accepted', item_id: 'a', ignored: ['/items/0/colour'] });
    assert.equal(json['results']?.[1]?.['errors']?.[0]?.['pointer'], '/items/1/item_id');
    assert.deepEqual(
      bench.log
        .values(items)
        .map(({ item_id }) => item_id)
        .toSorted(),
      ['a', 'b'],
    );
    assert.equal((await bench.ask('POST', '/api/v1/items', { body: { items: [{}] } })).status, 422);
    assert.equal((await bench.ask('POST', '/api/v1/items', { body: { item_id: 'a' } })).status, 422);
  });

  test('GET answers the item at once as it is now; an unknown one is 404', async () => {
    assert.equal((await bench.ask('GET', '/api/v1/items/kettle')).json['title'], 'KETTLE');
    bench.serving.put(items, 'kettle', anItem({ title: 'New', hidden: true, expires_at: nowMs + 1 }));
    const { json } = await bench.ask('GET', '/api/v1/items/kettle');
    assert.deepEqual(
      [json['title'], json['available'], json['expires_at']],
      ['New', false, new Date(nowMs + 1).toISOString()],
    );
    assert.equal((await bench.ask('GET', '/api/v1/items/nothing')).status, 404);
  });

  test('GET with min_position waits for the write', async () => {
    const pending = bench.ask('GET', `/api/v1/items/kettle?min_position=items/${partition}:4`);
    setTimeout(() => bench.serving.reflect(partition, 4, 'items'), 10);
    assert.equal((await pending).json['position_reached'], true);
    assert.equal((await bench.ask('GET', '/api/v1/items/kettle?min_position=1:4')).status, 400, 'of interactions');
  });

  test('similar and bought-together have titles and leave out what can’t be bought', async () => {
    bench.serving.put(itemFeatures, 'kettle', features());
    bench.serving.put(itemFeatures, 'mug', features({ item_id: 'mug', baskets: 4 }));
    // 16 baskets in all, the mug in 4 of them; the kettle in 5, and in 2 of these the mug.
    for (const [part, baskets] of [3, 0, 12, 1].entries())
      bench.serving.put(basketTotals, String(part), { part, baskets });
    const similar = await bench.ask('GET', '/api/v1/items/kettle/similar');
    assert.deepEqual(similar.json, {
      item_id: 'kettle',
      items: [
        { item_id: 'teapot', title: 'TEAPOT', score: 0.8 },
        { item_id: 'mug', title: 'MUG', score: 0.4 },
      ],
    });
    assert.equal((await bench.ask('GET', '/api/v1/items/kettle/similar?limit=1')).json['items']?.length, 1);
    const together = await bench.ask('GET', '/api/v1/items/kettle/bought-together');
    assert.deepEqual(together.json['items'], [{ item_id: 'mug', title: 'MUG', lift: 1.6, confidence: 0.4, count: 2 }]);
    bench.serving.put(basketTotals, '2', { part: 2, baskets: 6 });
    const byChance = await bench.ask('GET', '/api/v1/items/kettle/bought-together');
    assert.deepEqual(byChance.json['items'], [], 'of 10 baskets 4 have the mug anyway');
    bench.serving.put(basketTotals, '2', { part: 2, baskets: 12 });
    bench.serving.put(items, 'mug', anItem({ item_id: 'mug', in_stock: false }));
    bench.time += 1000;
    assert.deepEqual((await bench.ask('GET', '/api/v1/items/kettle/bought-together')).json['items'], []);
    assert.deepEqual(
      (await bench.ask('GET', '/api/v1/items/teapot/similar')).json['items'],
      [],
      'known, but nothing is like it yet',
    );
    assert.equal((await bench.ask('GET', '/api/v1/items/nothing/similar')).status, 404);
  });

  test('rankings by name, and which there are', async () => {
    bench.serving.put(rankings, 'popular:category:Kitchen', aRanking('popular:category:Kitchen', 'mug', 'kettle'));
    bench.serving.put(rankings, 'trending', aRanking('trending', 'teapot'));
    bench.serving.put(items, 'mug', anItem({ item_id: 'mug', hidden: true }));
    const { json } = await bench.ask('GET', '/api/v1/rankings/popular:category:Kitchen');
    assert.deepEqual(json, {
      list: 'popular:category:Kitchen',
      updated_at: new Date(nowMs).toISOString(),
      items: [{ item_id: 'kettle', title: 'KETTLE', score: 1, rank: 1 }],
    });
    const all = await bench.ask('GET', '/api/v1/rankings');
    assert.deepEqual(all.json['rankings'], [{ list: 'trending', updated_at: new Date(nowMs).toISOString(), items: 1 }]);
    assert.equal((await bench.ask('GET', '/api/v1/rankings/none')).status, 404);
  });
});

test('what an item costs the shop is shown to administrators only', async () => {
  const bench = await openBench({ API_KEYS: `${readKey}:read,${adminKey}:admin` });
  bench.serving.put(items, 'kettle', anItem());
  const cost = async (key: string) =>
    (await bench.ask('GET', '/api/v1/items/kettle', { headers: { 'x-api-key': key } })).json['cost'];
  assert.deepEqual([await cost(readKey), await cost(adminKey)], [undefined, 12]);
  await bench.close();
});

suite('PATCH /api/v1/items/{item_id}', () => {
  let bench: Bench;
  const partition = partitionOf(Buffer.from('kettle'));
  beforeEach(async () => {
    bench = await openBench();
    await bench.ask('PUT', '/api/v1/items/kettle', { body: { title: 'Kettle', price: 20, tags: ['tea'] } });
    const [written] = bench.log.values(items);
    bench.serving.put(items, 'kettle', written ?? anItem());
    bench.serving.reflect(partition, 0, 'items');
  });
  afterEach(() => bench.close());
  const patch = (body: unknown, item = 'kettle') => bench.ask('PATCH', `/api/v1/items/${item}`, { body });

  test('changes what it names and keeps all else', async () => {
    const { status, json } = await patch({ in_stock: false, price: 15, colour: 'red' });
    assert.equal(status, 202);
    assert.deepEqual(json['ignored'], ['/colour']);
    assert.equal(json['position'], `items/${partition}:1`);
    const written = bench.log.values(items).at(-1);
    assert.deepEqual(
      [written?.title, written?.price, written?.in_stock, written?.hidden, written?.tags],
      ['Kettle', 15, false, false, ['tea']],
    );
  });

  test('is made of what the log holds, though that may not be readable yet', async () => {
    const first = await patch({ hidden: true });
    assert.equal(first.status, 202);
    const second = patch({ in_stock: false });
    // What the first one wrote arrives in the serving store only now.
    const [, hidden] = bench.log.values(items);
    bench.serving.put(items, 'kettle', hidden ?? anItem());
    bench.serving.reflect(partition, 1, 'items');
    assert.equal((await second).status, 202);
    const written = bench.log.values(items).at(-1);
    assert.deepEqual([written?.hidden, written?.in_stock], [true, false]);
  });

  test('is refused while former changes can’t be read: it would undo them', async () => {
    await patch({ hidden: true });
    const { status, headers } = await patch({ in_stock: false });
    assert.deepEqual([status, headers.get('retry-after')], [503, '1']);
  });

  test('says what is wrong with it', async () => {
    assert.equal((await patch({ hidden: true }, 'nothing')).status, 404);
    const wrong: [unknown, string][] = [
      [{}, ''],
      [{ title: 'x' }, ''],
      [{ in_stock: 'no' }, '/in_stock'],
      [{ hidden: true, item_id: 'mug' }, '/item_id'],
    ];
    for (const [body, pointer] of wrong) {
      const { status, json } = await patch(body);
      assert.deepEqual(
        [status, json['errors']?.map((each) => each['pointer'])],
        [422, [pointer]],
        JSON.stringify(body),
      );
    }
  });
});
