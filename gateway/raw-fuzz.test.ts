// Bytes as only somebody ill-meaning or broken sends them. Whatever they are, nothing of it is a 5xx, and the server goes on
// answering. A failing run prints the seed that repeats it.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openBench, type Bench } from './testing/gateway-bench.ts';
import { pick, randomFrom, type Random } from './testing/random.ts';
import { RawSocket } from './testing/raw-socket.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const rounds = 1500;

const long = 'x'.repeat(10_000);
const bodies = [
  '',
  '{}',
  'null',
  '[]'.repeat(3),
  '['.repeat(50_000),
  '{"a":'.repeat(20_000),
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  '{"__proto__": {"customer_id": "a", "event_type": "search"}}',
  '{"customer_id": "a", "event_type": "search", "context": {"__proto__": "x", "constructor": "y"}}',
  '{"events": {"length": 1}}',
  `{"events": [${'{},'.repeat(2000)}{}]}`,
  `{"customer_id": "${long}", "event_type": "view", "item_id": "${long}"}`,
  '{"customer_id": "a\\u0000b", "event_type": "\\ud800", "item_id": "\u0000"}',
  '{"customer_id": "a", "event_type": "search", "timestamp": "0001-01-01T00:00:00Z"}',
  '{"customer_id": "a", "event_type": "search", "timestamp": "9999-12-31T23:59:59Z"}',
  '{"customer_id": "a", "event_type": "purchase", "item_id": "b", "value": 1e999, "quantity": -0}',
  '{"customer_id": "a", "customer_id": "b", "event_type": "search"}',
  Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0x7d]),
  Buffer.from([0x22, 0xc3, 0x28, 0x22]),
  Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
];
const paths = [
  '/api/v1/interactions',
  '/api/v1/items',
  '/api/v1/items/kettle',
  '/api/v1/customers/ada',
  '/api/v1/rules/x',
  '/api/v1/recommendations/ada?limit=1',
  `/api/v1/recommendations/${long}`,
  '/api/v1/recommendations/%00%ff',
  '/api/v1/recommendations/\u00e9',
  '/api/v1/customers/__proto__',
  '/api/v1/items/..%2f..%2fetc%2fpasswd/similar',
  '/api/v1/rankings/constructor',
  '//api/v1/rankings',
  '*',
  'http://evil.example/healthz',
  '/?'.repeat(500),
];
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'FROB', 'get', ''];
const headers = [
  'Content-Type: application/json',
  'Content-Type: application/json; charset=utf-16',
  'Content-Type: text/plain',
  'Content-Encoding: gzip',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, chunked',
  'Content-Length: 5',
  'Content-Length: 5, 6',
  'Content-Length: 99999999999999999999',
  'Content-Length: -1',
  'Content-Length: 0x10',
  'Host: evil.example',
  'Host:',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'Connection: close',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Accept: \u0001',
  'Accept: text/html;q=x',
  'Origin: null',
  `Authorization: Bearer ${long}`,
  `X-Request-Id: ${long}`,
  'X-Forwarded-For: ,,,::::1, 999.1.1.1',
  'Traceparent: 00-0-0-0',
  `X-Long: ${long}${long}`,
  'X: \u0000',
  ' folded: x',
  'no colon',
  ':',
];
/** What may be answered to anything at all. */
const harmless = new Set([200, 202, 204, 400, 401, 403, 404, 405, 406, 408, 413, 414, 415, 417, 422, 431]);

suite(`raw fuzz, FUZZ_SEED=${seed}`, { timeout: 120_000 }, () => {
  let bench: Bench;
  before(async () => (bench = await openBench({ LOG_LEVEL: 'error', REQUEST_TIMEOUT_MS: '1000' })));
  after(() => bench.close());

  test('requests put together of strange parts', async () => {
    const random = randomFrom(seed);
    for (let round = 0; round < rounds; round += 1) {
      const bytes = strangeRequest(random);
      const statuses = await statusesOf(bytes);
      const about = `round ${round}: ${JSON.stringify(bytes.toString('latin1').slice(0, 300))}`;
      for (const status of statuses) assert.ok(harmless.has(status), `${status} in ${about}`);
      if (round % 20 === 0) assert.equal((await bench.ask('GET', '/healthz')).status, 200, `after ${about}`);
    }
  });

  test('whole requests of which bytes are broken', async () => {
    const random = randomFrom(seed + 1);
    const body = '{"customer_id": "ada", "event_type": "search"}';
    const whole = Buffer.from(
      `POST /api/v1/interactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    for (let round = 0; round < rounds; round += 1) {
      const bytes = Buffer.from(whole);
      for (let times = 0; times < 1 + Math.floor(random() * 4); times += 1)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      for (const status of await statusesOf(bytes))
        assert.ok(harmless.has(status), `${status} in round ${round}: ${JSON.stringify(bytes.toString('latin1'))}`);
    }
    assert.equal((await bench.ask('GET', '/healthz')).status, 200);
  });

  test('no bug showed in the log', () => {
    assert.deepEqual(bench.logLines, []);
  });

  /** Closes our side after writing, so that a request that was not whole ends at once. */
  async function statusesOf(bytes: Buffer): Promise<number[]> {
    const socket = await RawSocket.open(bench.url);
    socket.socket.end(bytes);
    await socket.ended();
    const answers = await socket.answers(1);
    socket.close();
    return answers.map(({ status }) => status);
  }
});

function strangeRequest(random: Random): Buffer {
  const lines = [`${pick(methods, random)} ${pick(paths, random)} HTTP/1.${random() < 0.9 ? 1 : 0}`];
  if (random() < 0.9) lines.push('Host: localhost');
  if (random() < 0.7) lines.push('Content-Type: application/json');
  for (let times = 0; times < Math.floor(random() * 4); times += 1) lines.push(pick(headers, random));
  const body = Buffer.from(pick(bodies, random));
  const isChunked = random() < 0.3;
  if (isChunked) lines.push('Transfer-Encoding: chunked');
  else if (random() < 0.8) lines.push(`Content-Length: ${body.length}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return Buffer.concat([head, isChunked ? strangeChunks(body, random) : body]);
}

function strangeChunks(body: Buffer, random: Random): Buffer {
  const size = pick([body.length.toString(16), 'ffffffffffffffffff', '-1', 'zz', '0', '5;a="b', `5;${long}`], random);
  return Buffer.concat([Buffer.from(`${size}\r\n`), body, Buffer.from(pick(['\r\n0\r\n\r\n', '', '\r\n'], random))]);
}
