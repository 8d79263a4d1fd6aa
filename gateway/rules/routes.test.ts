import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { rules } from '../../schemas/topics.ts';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

suite('/api/v1/rules', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  const put = (ruleId: string, body: object) => bench.ask('PUT', `/api/v1/rules/${ruleId}`, { body });
  const thresholds = { kind: 'segment-thresholds', numbers: { vip_orders: 5 } };

  test('a rule is written, and readable at once', async () => {
    const { status, json } = await put('spring', { ...thresholds, starts_at: '2026-11-01T00:00:00Z', note: 'x' });
    assert.equal(status, 202);
    assert.deepEqual(json, { status: 'accepted', rule_id: 'spring', version: 1, ignored: ['/note'] });
    const stored = bench.log.values(rules).at(-1);
    assert.deepEqual(
      [stored?.kind, { ...stored?.numbers }, stored?.active],
      ['segment-thresholds', { vip_orders: 5 }, true],
    );
    const shown = (await bench.ask('GET', '/api/v1/rules/spring')).json;
    assert.deepEqual([shown['version'], shown['starts_at'], shown['in_force']], [1, '2026-11-01T00:00:00.000Z', true]);
    await put('autumn', { kind: 'recommend-weights', active: false });
    const all = (await bench.ask('GET', '/api/v1/rules')).json['rules'];
    assert.deepEqual(
      all?.map((rule) => [String(rule['rule_id']), Boolean(rule['in_force'])]),
      [
        ['autumn', false],
        ['spring', true],
      ],
    );
    assert.equal((await bench.ask('GET', '/api/v1/rules/none')).status, 404);
  });

  test('versions only rise, also of rules written at the same time', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => put('spring', thresholds)));
    assert.deepEqual(
      answers.map(({ json }) => Number(json['version'])).toSorted((one, other) => one - other),
      [1, 2, 3],
    );
    assert.equal((await put('spring', { ...thresholds, version: 9 })).json['version'], 9);
    const { status, json } = await put('spring', { ...thresholds, version: 9 });
    assert.deepEqual([status, json['version'], json['errors']?.[0]?.['pointer']], [409, 9, '/version']);
  });

  test('what the processors would pass over is refused, with its place', async () => {
    const wrong: [object, string][] = [
      [{}, '/kind'],
      [{ kind: 'prices' }, '/kind'],
      [{ kind: 'segment-thresholds', numbers: { vip_order: 3 } }, '/numbers/vip_order'],
      [{ kind: 'segment-thresholds', numbers: { vip_orders: -1 } }, '/numbers/vip_orders'],
      [{ kind: 'segment-thresholds', numbers: { premium_orders: 11 } }, '/numbers/premium_orders'],
      [{ kind: 'segment-thresholds', words: { items_out: [] } }, '/words/items_out'],
      [{ kind: 'recommend-weights', numbers: { list_items: 101 } }, '/numbers/list_items'],
      [{ kind: 'recommend-filters', numbers: { view_factor: '1' } }, '/numbers/view_factor'],
      [{ kind: 'recommend-filters', words: { items_out: ['a', 7] } }, '/words/items_out/1'],
      [{ kind: 'recommend-filters', numbers: [] }, '/numbers'],
      [{ kind: 'recommend-order', numbers: { boost_factor: 0.5 } }, '/numbers/boost_factor'],
      [{ kind: 'recommend-order', words: { pins: ['a'] } }, '/words/pins'],
      [{ kind: 'recommend-weights', version: 0 }, '/version'],
      [{ kind: 'recommend-weights', starts_at: 2_000_000_000_000, ends_at: 1_900_000_000_000 }, '/ends_at'],
      [{ kind: 'recommend-weights', rule_id: 'other' }, '/rule_id'],
    ];
    for (const [body, pointer] of wrong) {
      const { status, json } = await put('spring', body);
      assert.deepEqual(
        [status, json['errors']?.map((error) => error['pointer'])],
        [422, [pointer]],
        JSON.stringify(body),
      );
    }
    assert.equal((await put('a+b@c', thresholds)).status, 400);
    assert.deepEqual(bench.log.values(rules), []);
  });
});

test('who may only read can’t set rules', async () => {
  const bench = await openBench({ API_KEYS: 'a-key-that-may-only-read:read' });
  const headers = { 'x-api-key': 'a-key-that-may-only-read' };
  const body = { kind: 'recommend-weights' };
  assert.equal((await bench.ask('PUT', '/api/v1/rules/spring', { headers, body })).status, 403);
  assert.equal((await bench.ask('GET', '/api/v1/rules', { headers })).status, 200);
  await bench.close();
});
