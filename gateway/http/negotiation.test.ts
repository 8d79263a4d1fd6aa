import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

suite('what is answered, and how it is protected', () => {
  let bench: Bench;
  before(async () => (bench = await openBench()));
  after(() => bench.close());
  const get = (accept: string, path = '/api/v1/rankings') => bench.ask('GET', path, { headers: { accept } });

  test('JSON is answered to all who take it', async () => {
    for (const accept of [
      '*/*',
      'application/json',
      'application/*;q=0.5',
      'text/html,application/xhtml+xml,*/*;q=0.8',
      'application/json, text/plain, */*',
      'text/html, application/json;q=0.1',
    ])
      for (let times = 0; times < 2; times += 1) assert.equal((await get(accept)).status, 200, accept);
  });

  test('who takes something else only gets 406, as a problem that names what there is', async () => {
    for (const accept of ['text/html', 'image/*', 'application/json;q=0, text/html', 'application/xml', 'nonsense'])
      for (let times = 0; times < 2; times += 1) {
        const { status, headers, json } = await get(accept);
        assert.equal(status, 406, accept);
        assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8');
        assert.match(String(json['detail']), /is application\/json: let Accept allow that/);
      }
    assert.equal((await get('application/json', '/metrics')).status, 406);
    assert.equal((await get('text/plain', '/metrics')).status, 200);
  });

  test('a write that could not be answered is not done', async () => {
    const { status } = await bench.ask('POST', '/api/v1/interactions', {
      body: { customer_id: 'ada', event_type: 'search' },
      headers: { accept: 'text/html' },
    });
    assert.deepEqual([status, bench.log.durabilities.length], [406, 0]);
  });

  test('an error is told whatever was asked for', async () => {
    const { status, headers } = await get('text/html', '/api/v1/recommendations/ada?limit=0');
    assert.deepEqual([status, headers.get('content-type')], [400, 'application/problem+json; charset=utf-8']);
  });

  test('every answer says that it is data, for its caller alone', async () => {
    for (const path of ['/api/v1/rankings', '/nowhere', '/healthz', '/api/v1/recommendations/ada?limit=0']) {
      const { headers } = await bench.ask('GET', path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'", path);
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', path);
      assert.equal(headers.get('x-powered-by'), null, path);
    }
  });
});
