import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { impressions, profiles } from '../../schemas/topics.ts';
import { aProfile, nowMs } from '../testing/examples.ts';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

const path = '/api/v1/impressions';
const timestamp = new Date(nowMs - 5000).toISOString();
const seen = { customer_id: 'ada', timestamp, items: [{ item_id: 'kettle' }, { item_id: 'mug', propensity: 0.25 }] };

suite('POST /api/v1/impressions', () => {
  let bench: Bench;
  before(async () => (bench = await openBench()));
  after(() => bench.close());

  const post = (body: unknown) => bench.ask('POST', path, { body });
  const written = () => bench.log.values(impressions);

  test('one is on the log when it is answered, with what was left open filled in', async () => {
    const { status, json } = await post(seen);
    assert.deepEqual([status, json['status'], json['position']], [202, 'accepted', undefined]);
    assert.deepEqual(written().at(-1), {
      impression_id: json['impression_id'],
      customer_id: 'ada',
      timestamp: nowMs - 5000,
      received_at: nowMs,
      kind: 'seen',
      recommendation_id: null,
      placement: null,
      channel: null,
      session_id: null,
      anonymous_id: null,
      campaign_id: null,
      experiment: null,
      variant: null,
      items: [
        { item_id: 'kettle', rank: 1, algorithm: null, propensity: null },
        { item_id: 'mug', rank: 2, algorithm: null, propensity: 0.25 },
      ],
    });
  });

  test('all fields travel', async () => {
    const full = {
      impression_id: 'imp-1',
      customer_id: 'ada',
      timestamp: nowMs - 1000,
      kind: 'served',
      recommendation_id: 'r-1',
      placement: 'home',
      channel: 'app',
      session_id: 's-1',
      anonymous_id: 'a-1',
      campaign_id: 'spring',
      experiment: 'ranking',
      variant: 'b',
      items: [{ item_id: 'kettle', rank: 4, algorithm: 'session_knn', propensity: 0.5 }],
    };
    await post(full);
    assert.deepEqual(written().at(-1), { ...full, received_at: nowMs });
  });

  test('the same one sent again is a duplicate, by its id or by its content, and not written again', async () => {
    const before = written().length;
    const again = await post({ impressions: [seen, { ...seen, impression_id: 'imp-1' }, seen] });
    assert.deepEqual(
      again.json['results']?.map((result) => result['status']),
      ['duplicate', 'duplicate', 'duplicate'],
    );
    assert.deepEqual([again.status, again.json['duplicate'], written().length], [202, 3, before]);
  });

  test('each is judged for itself, with a pointer to every wrong field', async () => {
    bench.serving.put(profiles, 'bob', aProfile({ customer_id: 'bob', consent: false }));
    const entries = [
      { ...seen, items: [] },
      { ...seen, items: [{ item_id: 'kettle' }, null, { rank: 0, item_id: 'mug', propensity: 2 }] },
      { ...seen, kind: 'clicked', timestamp: nowMs - 31 * 86_400_000 },
      { ...seen, timestamp: nowMs - 31 * 86_400_000 },
      { ...seen, customer_id: 'bob' },
    ];
    const { status, json } = await post({ impressions: entries });
    assert.deepEqual([status, json['rejected'], json['not_kept']], [202, 4, 1]);
    assert.deepEqual(
      json['results']?.map((result) => result['errors']?.map((error) => error['pointer']) ?? result['status']),
      [
        ['/impressions/0/items'],
        ['/impressions/1/items/1', '/impressions/1/items/2/rank', '/impressions/1/items/2/propensity'],
        ['/impressions/2/kind'],
        ['/impressions/3/timestamp'],
        'not_kept',
      ],
    );
    assert.equal((await post({})).status, 422);
    assert.equal((await post({ impressions: [] })).status, 422);
  });

  test('a wrong clock is corrected by what it showed when it sent', async () => {
    const hour = 3_600_000;
    await post({ ...seen, customer_id: 'eva', timestamp: nowMs - hour - 1000, sent_at: nowMs - hour });
    assert.equal(written().at(-1)?.timestamp, nowMs - 1000);
  });
});
