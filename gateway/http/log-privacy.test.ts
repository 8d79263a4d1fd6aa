// A gateway that logs as much as it can is used and misused with ids that can be recognised: none of them is in its log.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openBench, type Bench } from '../testing/gateway-bench.ts';
import { RawSocket } from '../testing/raw-socket.ts';

const mark = 'zqx77recognisable';
const key = `${mark}-key-of-an-admin`;

suite('the log output', () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench({ LOG_LEVEL: 'debug', API_KEYS: `${key}:admin`, REQUEST_TIMEOUT_MS: '1000' });
  });
  after(() => bench.close());
  const headers = { authorization: `Bearer ${key}`, cookie: mark, 'user-agent': mark, tracestate: `a=${mark}` };
  const ask = (method: string, path: string, rest = {}) => bench.ask(method, path, { headers, ...rest });

  test('holds nothing of who was asked about, what was sent, or who asked', async () => {
    const customer = `/api/v1/customers/${mark}`;
    const event = { customer_id: mark, event_type: 'search', session_id: mark, context: { q: mark } };
    await ask('GET', `/api/v1/recommendations/${mark}?session=${mark}`);
    await ask('GET', `/api/v1/recommendations/${mark}?${mark}=1&limit=${mark}`);
    await ask('POST', '/api/v1/interactions', { body: event });
    await ask('POST', '/api/v1/interactions', { body: { ...event, customer_id: { [mark]: mark } } });
    await ask('POST', '/api/v1/interactions', { rawBody: `{"customer_id": "${mark}", ` });
    await ask('PUT', customer, { body: { location: mark, consent: true } });
    await ask('GET', customer);
    await ask('PATCH', customer);
    await ask('GET', `/${mark}`);
    await ask('GET', `/api/v1/items/${mark}%ff`);
    await bench.ask('GET', customer, { headers: { 'x-api-key': mark } });

    bench.log.failure = Object.assign(new Error('away'), { kind: 'DependencyUnavailable', record: mark });
    assert.equal((await ask('POST', '/api/v1/interactions', { body: event })).status, 503);
    bench.log.failure = Object.assign(new Error('a bug'), { record: { customer_id: mark }, cause: { mark } });
    assert.equal((await ask('POST', '/api/v1/interactions', { body: event })).status, 500);
    bench.log.failure = null;

    for (const bytes of [`${mark}\r\n\r\n`, `GET /${mark} HTTP/1.1\r\nHost: x\r\n${mark} x: y\r\n\r\n`]) {
      const socket = (await RawSocket.open(bench.url)).write(bytes);
      assert.ok(await socket.ended());
      socket.close();
    }
    assert.ok(bench.logLines.length >= 14, 'there is a line for each request');
    for (const line of bench.logLines) assert.ok(!line.includes(mark), line);
  });
});
