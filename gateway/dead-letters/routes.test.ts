import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { interactions } from '../../schemas/topics.ts';
import { openBench, type Bench, type Json } from '../testing/gateway-bench.ts';

suite('GET /api/v1/dead-letters', () => {
  test('shows the newest first, with their reason, source and bytes, read as far as they can be', async () => {
    const bench = await openBench();
    const event = (await kept(bench))[0];
    await putAside(bench, Buffer.from([0, 0xff, 0x3c]), 'undecodable', 5);
    await putAside(bench, interactions.codec.encode(event), 'too_late', 9);
    const { status, json } = await bench.ask('GET', '/api/v1/dead-letters?limit=2');
    assert.deepEqual([status, json['total']], [200, 2]);
    const [latest, former] = list(json['dead_letters']);
    assert.equal(latest?.['reason'], 'too_late');
    assert.equal((latest?.['event'] as { customer_id?: string } | undefined)?.customer_id, 'ada');
    assert.deepEqual(former, {
      position: '1:0',
      timestamp: '1970-01-01T00:00:00.005Z',
      reason: 'undecodable',
      message: 'what is wrong',
      stage: 'customers',
      processor: 'profile',
      source: { topic: 'freshet.interactions.v1', partition: 3, offset: 5 },
      key: 'ada',
      bytes: 3,
      value: 'AP88',
      event: null,
    });
    assert.equal(list((await bench.ask('GET', '/api/v1/dead-letters?limit=1')).json['dead_letters']).length, 1);
    await bench.close();
  });

  test('is for administrators: the bytes may hold anything about anybody', async () => {
    const bench = await openBench({ API_KEYS: 'a-key-that-may-only-read:read' });
    const headers = { authorization: 'Bearer a-key-that-may-only-read' };
    assert.equal((await bench.ask('GET', '/api/v1/dead-letters', { headers })).status, 403);
    assert.equal((await bench.ask('GET', '/api/v1/topology', { headers })).status, 200);
    await bench.close();
  });

  test('is empty when nothing was put aside', async () => {
    const bench = await openBench();
    assert.deepEqual((await bench.ask('GET', '/api/v1/dead-letters')).json, { total: 0, dead_letters: [], next: null });
    await bench.close();
  });

  test('comes in pages, each of which says where the older ones are', async () => {
    const bench = await openBench();
    for (let time = 0; time < 5; time += 1) await putAside(bench, Buffer.from([time]), 'undecodable', time);
    const shown: unknown[] = [];
    let next: unknown = '';
    for (let page = 0; page < 3; page += 1) {
      const before = next === '' ? '' : `&before=${String(next)}`;
      const { json } = await bench.ask('GET', `/api/v1/dead-letters?limit=2${before}`);
      shown.push(...list(json['dead_letters']).map(({ position }) => position));
      next = json['next'];
    }
    assert.deepEqual([shown, next], [['1:4', '1:3', '1:2', '1:1', '1:0'], null]);
    assert.equal((await bench.ask('GET', '/api/v1/dead-letters?before=last')).status, 400);
    await bench.close();
  });
});

suite('GET /api/v1/dead-letters/{position}', () => {
  test('shows the one that the list has there', async () => {
    const bench = await openBench();
    for (const time of [5, 6]) await putAside(bench, Buffer.from([0, 0xff, time]), 'undecodable', time);
    const listed = list((await bench.ask('GET', '/api/v1/dead-letters')).json['dead_letters']);
    const { status, json } = await bench.ask('GET', `/api/v1/dead-letters/${String(listed[1]?.['position'])}`);
    assert.deepEqual([status, json], [200, listed[1]]);
    for (const nowhere of ['1:2', '0:0', '9999:0'])
      assert.equal((await bench.ask('GET', `/api/v1/dead-letters/${nowhere}`)).status, 404, nowhere);
    assert.equal((await bench.ask('GET', '/api/v1/dead-letters/first')).status, 400);
    await bench.close();
  });
});

async function kept(bench: Bench) {
  await bench.ask('POST', '/api/v1/interactions', { body: { customer_id: 'ada', event_type: 'search' } });
  return bench.log.values(interactions) as [
    (typeof interactions)['codec'] extends { decode(b: Buffer): infer V } ? V : never,
  ];
}

/** As the runtime does it. */
async function putAside(bench: Bench, value: Buffer, reason: string, timestampMs: number): Promise<void> {
  const headers = {
    'freshet.topic': 'freshet.interactions.v1',
    'freshet.partition': '3',
    'freshet.offset': String(timestampMs),
    'freshet.stage': 'customers',
    'freshet.processor': 'profile',
    'freshet.reason': reason,
    'freshet.message': 'what is wrong',
  };
  const record = {
    topic: 'freshet.dead-letters.v1',
    partition: 1,
    key: Buffer.from('ada'),
    value,
    timestampMs,
    headers,
  };
  await bench.log.append([record]);
}

function list(json: Json | undefined): readonly Record<string, unknown>[] {
  return json as unknown as readonly Record<string, unknown>[];
}
