// What happens on connections: bytes that are no request, requests that come too slowly, too many of them, and how they end.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { once } from 'node:events';
import { after, before, suite, test } from 'node:test';
import { openBench, type Bench } from '../testing/gateway-bench.ts';
import { RawSocket, type RawAnswer } from '../testing/raw-socket.ts';

const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`;
const event = JSON.stringify({ customer_id: 'ada', event_type: 'search' });
const post = (body: string, headers = `Content-Length: ${Buffer.byteLength(body)}\r\n`) =>
  `POST /api/v1/interactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;

suite('connections', { timeout: 120_000 }, () => {
  let bench: Bench;
  before(async () => (bench = await openBench({ REQUEST_TIMEOUT_MS: '1000' })));
  after(() => bench.close());

  /** The last answer to what is written, and that the server then closes. */
  async function refusal(bytes: string | Buffer): Promise<RawAnswer> {
    const socket = (await RawSocket.open(bench.url)).write(bytes);
    assert.ok(await socket.ended());
    const last = (await socket.answers(1)).at(-1);
    socket.close();
    assert.ok(last !== undefined);
    return last;
  }

  test('what is no HTTP is a problem like any other', async () => {
    for (const [bytes, status] of [
      ['nonsense\r\n\r\n', 400],
      ['GET / HTTP/9.9\r\nHost: x\r\n\r\n', 400],
      [get('/healthz', 'Bad Header: x\r\n'), 400],
      [get('/healthz', 'X: a\u0000b\r\n'), 400],
      [post('', 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n'), 400],
      [post('', 'Content-Length: -1\r\n'), 400],
      [post('zz\r\n', 'Transfer-Encoding: chunked\r\n'), 400],
      [get('/healthz', `X: ${'x'.repeat(20_000)}\r\n`), 431],
      [get(`/${'x'.repeat(20_000)}`), 431],
    ] as const) {
      const answer = await refusal(bytes);
      assert.equal(answer.status, status, bytes.slice(0, 60));
      assert.match(answer.head, /^content-type: application\/problem\+json/m);
      const problem = JSON.parse(answer.body) as { status: number; detail: string; request_id: string };
      assert.equal(problem.status, status);
      assert.match(answer.head, new RegExp(`^x-request-id: ${problem.request_id}$`, 'm'));
    }
  });

  test('a missing Host is 400, an unknown expectation 417, both as problems', async () => {
    for (const [bytes, status] of [
      ['GET /healthz HTTP/1.1\r\n\r\n', 400],
      [get('/healthz', 'Expect: miracles\r\n'), 417],
    ] as const) {
      const socket = (await RawSocket.open(bench.url)).write(bytes);
      const [answer] = await socket.answers(1);
      assert.equal(answer?.status, status);
      assert.equal((JSON.parse(answer?.body ?? '') as { status: number }).status, status);
      socket.close();
    }
  });

  test('requests that never end are 408: headers, bodies, and silence', async () => {
    const unfinished = ['', 'GET /healthz HTTP/1.1\r\nHost: loc', post('{', 'Content-Length: 100\r\n')];
    assert.deepEqual(
      (await Promise.all(unfinished.map(refusal))).map(({ status }) => status),
      [408, 408, 408],
    );
    // Byte by byte is no way around it.
    const socket = (await RawSocket.open(bench.url)).write('GET /healthz HTTP/1.1\r\n');
    const drip = setInterval(() => socket.write('x'), 50);
    assert.equal(await socket.status(), 408);
    clearInterval(drip);
    socket.close();
  });

  test('requests sent at once are answered in their order, and what follows them does not disturb them', async () => {
    const socket = await RawSocket.open(bench.url);
    socket.write(get('/healthz') + get('/api/v1/rankings') + post(event) + get('/nowhere') + 'rubbish\r\n\r\n');
    const answers = await socket.answers(5);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 202, 404, 400],
    );
    socket.close();
  });

  test('rubbish behind a request that is still worked on waits for its answer', async () => {
    let open = () => {};
    bench.log.gate = new Promise((resolve) => (open = resolve));
    const socket = (await RawSocket.open(bench.url)).write(`${post(event)}rubbish\r\n\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    open();
    const answers = await socket.answers(2);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 400],
    );
    socket.close();
  });

  test('a client that has said all it wants to say still gets its answer', async () => {
    const socket = await RawSocket.open(bench.url);
    socket.socket.end(post(event));
    assert.equal(await socket.status(), 202);
    assert.ok(await socket.ended());
  });

  test('who is refused is counted by what was wrong', async () => {
    const { text } = await bench.ask('GET', '/metrics');
    for (const reason of ['malformed', 'headers_too_large', 'too_slow'])
      assert.match(text, new RegExp(`freshet_http_requests_refused_total\\{reason="${reason}"\\} [1-9]`));
  });
});

test('beyond CONNECTIONS_MAX connections are closed, and the others are not disturbed', async () => {
  const bench = await openBench({ CONNECTIONS_MAX: '3' });
  const held = await Promise.all([1, 2, 3].map(() => RawSocket.open(bench.url)));
  for (const socket of held) assert.equal(await socket.write(get('/healthz')).status(), 200);
  const further = await RawSocket.open(bench.url);
  assert.ok(await further.ended());
  assert.equal((await (held[0] as RawSocket).write(get('/metrics')).answers(2))[1]?.status, 200);
  for (const socket of held) socket.close();
  await bench.close();
});

suite('requests in flight', () => {
  let bench: Bench;
  let open = () => {};
  before(async () => {
    bench = await openBench({ REQUESTS_IN_FLIGHT_MAX: '2' });
    bench.log.gate = new Promise((resolve) => (open = resolve));
  });
  after(() => bench.close());

  test('beyond the limit are 503 at once, health apart, and let in again when there is room', async () => {
    const ask = () => bench.ask('PUT', '/api/v1/items/kettle', { body: { title: 'Kettle' } });
    const held = [ask(), ask()];
    await new Promise((resolve) => setTimeout(resolve, 50));
    const refused = await bench.ask('POST', '/api/v1/interactions', {
      rawBody: event,
      headers: { 'x-request-id': 'mine' },
    });
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1']);
    assert.deepEqual([refused.json['title'], refused.json['request_id']], ['Service Unavailable', 'mine']);
    for (const path of ['/healthz', '/readyz', '/metrics']) assert.equal((await bench.ask('GET', path)).status, 200);
    open();
    for (const each of held) assert.equal((await each).status, 202);
    assert.equal((await ask()).status, 202);
    const { text } = await bench.ask('GET', '/metrics');
    assert.match(text, /freshet_http_requests_refused_total\{reason="in_flight"\} 1/);
  });
});

test('under more load than it can bear some are turned away at once, and afterwards nobody is', async () => {
  const busyMs = 4;
  const busy = {
    method: 'GET',
    path: '/api/v1/busy',
    scope: 'open',
    handle: () => {
      const untilMs = performance.now() + busyMs;
      while (performance.now() < untilMs);
      return { status: 200, body: '{}', contentType: 'application/json; charset=utf-8' };
    },
  } as const;
  const bench = await openBench({ OVERLOAD_DELAY_MS: '20' }, { routes: [busy] });
  const counts = new Map<number, number>();
  let rounds = 0;
  const ask = async () => {
    const { status, headers } = await bench.ask('GET', '/api/v1/busy');
    if (status === 503) assert.equal(headers.get('retry-after'), '1');
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (!counts.has(503) || rounds++ < 100) await ask();
  };
  await Promise.all(Array.from({ length: 60 }, ask));
  assert.ok((counts.get(200) ?? 0) > 0 && (counts.get(503) ?? 0) > 0, JSON.stringify([...counts]));
  assert.deepEqual(
    [...counts.keys()].filter((status) => status !== 200 && status !== 503),
    [],
  );
  while (!bench.logLines.some((line) => line.includes('all requests are answered again')))
    await new Promise((resolve) => setTimeout(resolve, 20));
  for (let asked = 0; asked < 20; asked += 1) assert.equal((await bench.ask('GET', '/api/v1/busy')).status, 200);
  await bench.close();
});

test('HEAD answers what GET would, without its body', async () => {
  const bench = await openBench();
  for (const path of ['/healthz', '/api/v1/recommendations/ada', '/api/v1/items/nothing', '/metrics']) {
    const [head, whole] = await Promise.all([bench.ask('HEAD', path), bench.ask('GET', path)]);
    assert.equal(head.status, whole.status, path);
    assert.equal(head.text, '');
    assert.equal(head.headers.get('content-type'), whole.headers.get('content-type'));
  }
  await bench.close();
});

test('a body that will be too large is refused before it is sent, when the client asks', async () => {
  const bench = await openBench({ REQUEST_BYTES_MAX: '2000' });
  const { port } = new URL(bench.url);
  const asking = request({
    port,
    method: 'POST',
    path: '/api/v1/interactions',
    headers: { 'content-type': 'application/json', 'content-length': '5000', expect: '100-continue' },
  });
  asking.flushHeaders();
  let mayContinue = false;
  asking.on('continue', () => (mayContinue = true));
  const [response] = (await once(asking, 'response')) as [{ statusCode: number }];
  assert.deepEqual([response.statusCode, mayContinue], [413, false]);
  asking.destroy();
  await bench.close();
});
