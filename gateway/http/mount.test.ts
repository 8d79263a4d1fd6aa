import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { after, before, suite, test } from 'node:test';
import { readSettings } from '../../config/settings.ts';
import { json } from './answer.ts';
import { openBench, type Bench } from '../testing/gateway-bench.ts';

const readKey = 'a-key-that-may-only-read';
const ingestKey = 'a-key-that-may-only-ingest';
const adminKey = 'a-key-that-may-do-anything';
const API_KEYS = `${readKey}:read,${ingestKey}:ingest,${adminKey}:admin`;
const event = { customer_id: 'ada', event_type: 'search' };

suite('access', () => {
  let bench: Bench;
  before(async () => (bench = await openBench({ API_KEYS })));
  after(() => bench.close());
  const asked = async (method: string, path: string, key?: string) =>
    (
      await bench.ask(method, path, {
        headers: key === undefined ? {} : { 'x-api-key': key },
        ...(method !== 'GET' && { body: event }),
      })
    ).status;

  test('each route asks for its scope; admin includes the others', async () => {
    const expected: [string, string, number, number, number, number][] = [
      // method, path, and the answer to: no key, read, ingest, admin
      ['GET', '/api/v1/recommendations/ada', 401, 200, 403, 200],
      ['POST', '/api/v1/interactions', 401, 403, 202, 202],
      ['PUT', '/api/v1/customers/ada', 401, 403, 403, 202],
      ['GET', '/api/v1/rankings', 401, 200, 403, 200],
      ['GET', '/metrics', 401, 200, 403, 200],
      ['GET', '/api/v1/status', 401, 403, 403, 200],
      ['GET', '/healthz', 200, 200, 200, 200],
      ['GET', '/readyz', 200, 200, 200, 200],
      ['GET', '/', 200, 200, 200, 200],
    ];
    for (const [method, path, ...statuses] of expected) {
      const keys = [undefined, readKey, ingestKey, adminKey];
      assert.deepEqual(await Promise.all(keys.map((key) => asked(method, path, key))), statuses, `${method} ${path}`);
    }
  });

  test('a key comes as bearer token or in X-API-Key; others are told how', async () => {
    const get = (headers: Record<string, string>) => bench.ask('GET', '/api/v1/rankings', { headers });
    assert.equal((await get({ authorization: `Bearer ${readKey}` })).status, 200);
    assert.equal((await get({ authorization: `bearer ${readKey}` })).status, 200);
    for (const headers of [
      { authorization: `Basic ${readKey}` },
      { 'x-api-key': `${readKey}x` },
      { 'x-api-key': '' },
    ]) {
      const reply = await get(headers);
      assert.equal(reply.status, 401);
      assert.match(reply.headers.get('www-authenticate') ?? '', /^Bearer/);
    }
  });

  test('no key stands in the log', () => {
    assert.ok(bench.logLines.every((line) => !line.includes(readKey) && !line.includes(adminKey)));
  });
});

suite('without keys', () => {
  let bench: Bench;
  before(async () => (bench = await openBench()));
  after(() => bench.close());

  test('only names of this machine are answered, so that no web page can point its own name here', async () => {
    for (const [host, status] of [
      ['localhost:8000', 200],
      ['127.0.0.1', 200],
      ['[::1]:8000', 200],
      ['evil.example', 403],
      ['127.0.0.1.evil.example:80', 403],
    ] as const) {
      assert.equal(await statusFor(bench.url, `GET /api/v1/rankings HTTP/1.1\r\nHost: ${host}\r\n\r\n`), status, host);
    }
  });
});

suite('requests that can’t be answered', () => {
  let bench: Bench;
  before(async () => (bench = await openBench({ REQUEST_BYTES_MAX: '2000' })));
  after(() => bench.close());
  const post = (rawBody: string | Buffer, headers = {}) =>
    bench.ask('POST', '/api/v1/interactions', { rawBody, headers });

  test('are problems with what to do, a status and the request’s id', async () => {
    const {
      status,
      headers,
      json: problem,
    } = await bench.ask('GET', '/nowhere', { headers: { 'x-request-id': 'my-7' } });
    assert.equal(status, 404);
    assert.equal(headers.get('x-request-id'), 'my-7');
    assert.deepEqual(problem, {
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'There is nothing at this address.',
      request_id: 'my-7',
    });
  });

  test('an id that would break a log line is replaced', async () => {
    const { headers } = await bench.ask('GET', '/healthz', { headers: { 'x-request-id': 'a b<c>' } });
    assert.match(headers.get('x-request-id') ?? '', /^[\w-]+$/);
  });

  test('a wrong method is 405 and names the right ones', async () => {
    const { status, headers } = await bench.ask('DELETE', '/api/v1/interactions');
    assert.deepEqual([status, headers.get('allow')], [405, 'POST, OPTIONS']);
    for (const path of ['/', '/page/page.js', '/docs']) {
      const ofPage = await bench.ask('POST', path, { body: {} });
      assert.deepEqual([ofPage.status, ofPage.headers.get('allow')], [405, 'GET, HEAD, OPTIONS'], path);
    }
    const options = await bench.ask('OPTIONS', '/api/v1/customers/ada');
    assert.deepEqual([options.status, options.headers.get('allow')], [204, 'GET, PUT, DELETE, HEAD, OPTIONS']);
    assert.equal((await bench.ask('HEAD', '/api/v1/recommendations/ada')).status, 200);
  });

  test('what is no JSON is 400, whatever it is', async () => {
    for (const body of ['', '{', '{"a":1}}', 'null,', Buffer.from([0x22, 0xff, 0x22]), '['.repeat(1900)]) {
      const { status, text } = await post(body);
      assert.equal(status, 400, String(body).slice(0, 20));
      assert.doesNotMatch(text, /position \d/, 'the parser’s words quote the body');
    }
    for (const body of ['null', '1', '"x"', '[]', '['.repeat(900) + ']'.repeat(900)])
      assert.equal((await post(body)).status, 422, body.slice(0, 20));
  });

  test('another type or encoding is 415', async () => {
    for (const headers of [
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'application/json; charset=latin1' },
      { 'content-encoding': 'gzip' },
    ])
      assert.equal((await post(JSON.stringify(event), headers)).status, 415, JSON.stringify(headers));
    assert.equal(
      (await post(JSON.stringify(event), { 'content-type': 'application/json; charset=UTF-8' })).status,
      202,
    );
  });

  test('a body that is too large is 413, and the connection is not needed any more', async () => {
    const { status, json: problem } = await post(JSON.stringify({ ...event, context: { a: 'x'.repeat(5000) } }));
    assert.equal(status, 413);
    assert.match(String(problem['detail']), /2000 bytes/);
  });

  test('an address that is no UTF-8 is 400', async () => {
    assert.equal(await statusFor(bench.url, 'GET /api/v1/customers/%C3%28 HTTP/1.1\r\nHost: localhost\r\n\r\n'), 400);
    assert.equal(await statusFor(bench.url, 'GET /api/v1/customers/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n'), 400);
  });

  test('a client that goes away in the middle leaves no trace', async () => {
    const socket = connect(Number(new URL(bench.url).port), '127.0.0.1');
    socket.write(
      'POST /api/v1/interactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{',
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal((await bench.ask('GET', '/healthz')).status, 200);
    assert.deepEqual(
      bench.logLines.filter((line) => line.includes('"level":50')),
      [],
    );
  });
});

test('writes beyond the shared allowance are 503 with Retry-After, and it is given back', async () => {
  const bench = await openBench({ INGEST_IN_FLIGHT_BYTES_MAX: '1024' });
  const body = { ...event, context: { a: 'x'.repeat(700) } };
  let open = () => {};
  bench.log.gate = new Promise((resolve) => (open = resolve));
  const first = bench.ask('POST', '/api/v1/interactions', { body });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = await bench.ask('POST', '/api/v1/interactions', { body });
  assert.deepEqual([second.status, second.headers.get('retry-after')], [503, '1']);
  open();
  assert.equal((await first).status, 202);
  assert.equal((await bench.ask('POST', '/api/v1/interactions', { body })).status, 202);
  await bench.close();
});

test('an error nobody foresaw is 500 without its words, which go to the log', async () => {
  const bench = await openBench(
    {},
    {
      routes: [
        {
          method: 'GET',
          path: '/api/v1/broken',
          scope: 'open',
          handle: () => {
            throw new Error('the password is 1234');
          },
        },
        { method: 'GET', path: '/api/v1/added', scope: 'read', handle: () => json(200, { added: true }) },
      ],
    },
  );
  const { status, text } = await bench.ask('GET', '/api/v1/broken');
  assert.equal(status, 500);
  assert.doesNotMatch(text, /1234/);
  assert.ok(bench.logLines.some((line) => line.includes('1234')));
  assert.equal((await bench.ask('GET', '/api/v1/added')).status, 200, 'other parts can add routes');
  await bench.close();
});

test('a request in flight is answered before the gateway has stopped', async () => {
  const bench = await openBench();
  let open = () => {};
  bench.log.gate = new Promise((resolve) => (open = resolve));
  const pending = bench.ask('POST', '/api/v1/interactions', { body: event });
  await new Promise((resolve) => setTimeout(resolve, 50));
  let stopped = false;
  const closing = bench.close().then(() => (stopped = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(stopped, false);
  open();
  assert.equal((await pending).status, 202);
  const answeredMs = performance.now();
  await closing;
  assert.ok(performance.now() - answeredMs < 1000, 'it does not wait for connections that only stay open');
  await assert.rejects(bench.ask('GET', '/healthz'));
});

test('what takes longer than the grace is cut off', async () => {
  const bench = await openBench({ SHUTDOWN_GRACE_MS: '80' });
  bench.log.gate = new Promise(() => {});
  const pending = assert.rejects(bench.ask('POST', '/api/v1/interactions', { body: event }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await bench.close();
  await pending;
});

test('requests are counted by route, never by what they name', async () => {
  const bench = await openBench();
  await bench.ask('GET', '/api/v1/recommendations/somebody-secret');
  await bench.ask('GET', '/api/v1/items/nothing');
  await bench.ask('PATCH', '/elsewhere');
  const { text } = await bench.ask('GET', '/metrics');
  assert.match(
    text,
    /request_duration_seconds_count\{route="\/api\/v1\/recommendations\/:customer_id",method="GET",status="200"\} 1/,
  );
  assert.match(
    text,
    /request_duration_seconds_count\{route="\/api\/v1\/items\/:item_id",method="GET",status="404"\} 1/,
  );
  assert.match(text, /route="unknown",method="OTHER",status="404"/);
  assert.match(text, /freshet_recommendations_served_total\{algorithm="none",variant="none",fallback="true"\} 1/);
  assert.doesNotMatch(text, /somebody-secret/);
  await bench.close();
});

test('the settings refuse to serve others without keys', () => {
  assert.throws(() => readSettings({ API_HOST: '0.0.0.0' }), /API_KEYS/);
});

/** The status of an answer to bytes that no client library would send. */
async function statusFor(url: string, request: string): Promise<number> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(request);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return Number(answer.toString().split(' ')[1]);
}

test('a full disk is named as what is wrong, other trouble with it is not', async () => {
  const bench = await openBench();
  const body = { customer_id: 'ada', event_type: 'view', item_id: 'kettle' };
  const failing = async (cause?: Error) => {
    const disk = { kind: 'DependencyUnavailable', dependency: 'disk' };
    bench.log.failure = Object.assign(new Error('/secret/folder', cause && { cause }), disk);
    const { status, json, text } = await bench.ask('POST', '/api/v1/interactions', { body });
    assert.equal(status, 503);
    assert.ok(!text.includes('/secret'));
    return String(json['detail']);
  };
  assert.match(await failing(), /no room on the disk for new events; reads go on/);
  assert.match(await failing(Object.assign(new Error('full'), { code: 'ENOSPC' })), /no room on the disk/);
  assert.doesNotMatch(await failing(Object.assign(new Error('broken'), { code: 'EIO' })), /room/);
  await bench.close();
});
