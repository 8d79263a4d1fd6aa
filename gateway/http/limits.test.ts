import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { limitedAs } from './caller-address.ts';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

const key = 'a-key-that-may-only-read';
const otherKey = 'another-key-that-may-read';
const rankings = '/api/v1/rankings';

suite('limits', () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench({
      API_KEYS: `${key}:read,${otherKey}:read`,
      RATE_LIMIT_PER_KEY: '2',
      RATE_LIMIT_PER_ADDRESS: '1',
      TRUST_PROXY_HOPS: '1',
    });
  });
  after(() => bench.close());
  const ask = (headers: Record<string, string>, path = rankings) => bench.ask('GET', path, { headers });
  const statuses = async (count: number, headers: Record<string, string>) => {
    const counts: Record<number, number> = {};
    for (let asked = 0; asked < count; asked += 1) {
      const { status } = await ask(headers);
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  };

  test('a key gets ten seconds’ worth at once, then its rate; others are not touched', async () => {
    const first = await ask({ 'x-api-key': key });
    assert.equal(first.headers.get('ratelimit-policy'), '"key";q=20;w=10');
    assert.equal(first.headers.get('ratelimit'), '"key";r=19;t=1');
    assert.deepEqual(await statuses(24, { 'x-api-key': key }), { 200: 19, 429: 5 });
    const refused = await ask({ 'x-api-key': key });
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.equal(refused.headers.get('ratelimit'), '"key";r=0;t=10');
    assert.equal(refused.headers.get('content-type'), 'application/problem+json; charset=utf-8');
    assert.equal(refused.json['status'], 429);
    assert.equal((await ask({ 'x-api-key': otherKey })).status, 200);
    bench.time += 1000;
    assert.deepEqual(await statuses(4, { 'x-api-key': key }), { 200: 2, 429: 2 });
    bench.time += 3_600_000;
    assert.deepEqual(await statuses(22, { 'x-api-key': key }), { 200: 20, 429: 2 });
  });

  test('who tries keys is limited by address, and cannot choose it', async () => {
    const guess = (forwarded: string) => ({ 'x-api-key': 'a-guess', 'x-forwarded-for': forwarded });
    assert.deepEqual(await statuses(12, guess('203.0.113.7')), { 401: 10, 429: 2 });
    // Only what the one proxy in front has added counts.
    assert.equal((await ask(guess('198.51.100.1, 203.0.113.7'))).status, 429);
    assert.equal((await ask(guess('203.0.113.8'))).status, 401);
    assert.equal(
      (await ask({ 'x-api-key': otherKey, 'x-forwarded-for': '203.0.113.7' })).status,
      200,
      'a key is a key',
    );
  });

  test('health is told at all times, and this machine is not limited by address', async () => {
    for (let asked = 0; asked < 30; asked += 1) assert.equal((await ask({}, '/healthz')).status, 200);
    assert.deepEqual(await statuses(30, {}), { 401: 30 });
    assert.deepEqual(await statuses(30, { 'x-forwarded-for': 'nonsense' }), { 401: 30 });
  });

  test('what was refused is counted by limit', async () => {
    const { text } = await ask({ 'x-api-key': otherKey }, '/metrics');
    assert.match(text, /freshet_http_requests_refused_total\{reason="limit_per_key"\} \d+/);
    assert.match(text, /freshet_http_requests_refused_total\{reason="limit_per_address"\} \d+/);
  });
});

test('X-Forwarded-For is nothing without a proxy that is trusted', async () => {
  const bench = await openBench({ API_KEYS: `${key}:read`, RATE_LIMIT_PER_ADDRESS: '1' });
  for (let asked = 0; asked < 15; asked += 1)
    assert.equal((await bench.ask('GET', rankings, { headers: { 'x-forwarded-for': '203.0.113.7' } })).status, 401);
  await bench.close();
});

test('without keys, or with limits off, nothing is limited and nothing said of limits', async () => {
  const bench = await openBench({ API_KEYS: `${key}:read`, RATE_LIMIT_PER_KEY: '0' });
  const { headers } = await bench.ask('GET', rankings, { headers: { 'x-api-key': key } });
  assert.equal(headers.get('ratelimit'), null);
  await bench.close();
  const open = await openBench({ RATE_LIMIT_PER_KEY: '1', RATE_LIMIT_PER_ADDRESS: '1' });
  for (let asked = 0; asked < 15; asked += 1) assert.equal((await open.ask('GET', rankings)).status, 200);
  await open.close();
});

test('an IPv6 network counts as one, however its addresses are written', () => {
  assert.equal(limitedAs('203.0.113.7'), '203.0.113.7');
  const network = limitedAs('2001:db8:0:1::1');
  assert.equal(network, '2001:db8:0:1::/64');
  assert.equal(limitedAs('2001:0DB8:0000:0001:ffff:1:2:3'), network);
  assert.notEqual(limitedAs('2001:db8:0:2::1'), network);
  assert.equal(limitedAs('::1'), '0:0:0:0::/64');
});
