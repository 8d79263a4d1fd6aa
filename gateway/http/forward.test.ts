import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { Problem } from '../errors.ts';
import { json } from './answer.ts';
import { forwarded, handlerOfForwarded, isRead, type Forwarded } from './forward.ts';
import { answeredItself, type ApiRequest, type Route } from './route.ts';

const echo: Route = {
  method: 'PUT',
  path: '/things/:id',
  scope: 'ingest',
  handle: async (asked) =>
    json(200, {
      ...asked.params,
      ...Object.fromEntries(asked.query),
      body: await asked.json(),
      mayIngest: asked.may('ingest'),
      mayAdminister: asked.may('admin'),
      key: asked.incoming.headers['idempotency-key'],
      url: asked.incoming.url,
      requestId: asked.requestId,
    }),
};
const refuse: Route = {
  ...echo,
  method: 'POST',
  handle: () => {
    throw new Problem(409, 'Not now.', { headers: { 'retry-after': '1' } });
  },
};
const stream: Route = { ...echo, method: 'DELETE', handle: () => answeredItself };

const request: ApiRequest = {
  params: { id: 'a b' },
  query: new URLSearchParams('one=1&two=%C3%A9'),
  may: (scope) => scope === 'ingest',
  json: async () => ({ value: 7 }),
  incoming: {
    headers: { 'idempotency-key': 'k' },
    url: '/things/a%20b?one=1&two=%C3%A9',
  } as unknown as IncomingMessage,
  outgoing: {} as ServerResponse,
  headers: undefined,
  requestId: 'r-1',
};
const acrossThreads =
  (handle: (request: Forwarded) => ReturnType<ReturnType<typeof handlerOfForwarded>>) => (given: Forwarded) =>
    handle(structuredClone(given));

test('a forwarded request is answered as it would have been here', async () => {
  const elsewhere = acrossThreads(handlerOfForwarded([refuse, echo, stream]));
  assert.deepEqual(await forwarded(echo, elsewhere).handle(request), await echo.handle(request));
});

test('what is wrong with it is an answer, too', async () => {
  const elsewhere = acrossThreads(handlerOfForwarded([refuse, stream]));
  const refused = await forwarded(refuse, elsewhere).handle(request);
  assert.ok(refused !== answeredItself);
  assert.deepEqual([refused.status, refused.headers?.['retry-after']], [409, '1']);
  assert.match(refused.body, /Not now\..*r-1/s);
  for (const route of [echo, stream]) {
    const answer = await forwarded(route, elsewhere).handle(request);
    assert.equal(answer !== answeredItself && answer.status, route === echo ? 404 : 500);
  }
});

test('a body that can’t be read is refused where it arrived', async () => {
  const unreadable = { ...request, json: () => Promise.reject(new Problem(400, 'No JSON.')) };
  const never = () => assert.fail('it was forwarded');
  await assert.rejects(async () => forwarded(echo, never).handle(unreadable), /No JSON/);
});

test('what only reads is not forwarded', () => {
  const ways = [
    { method: 'GET', scope: 'admin' },
    { method: 'POST', scope: 'read' },
    { method: 'POST', scope: 'ingest' },
    { method: 'DELETE', scope: 'admin' },
  ] as const;
  assert.deepEqual(ways.map(isRead), [true, true, false, false]);
});
