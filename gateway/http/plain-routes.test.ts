// What is found here must be what Express would find: both lead to the same route, with the same parts of the path.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import express, { type Request } from 'express';
import { PlainRoutes } from './plain-routes.ts';

const paths = [
  '/',
  '/healthz',
  '/items',
  '/items/:item_id',
  '/items/:item_id/similar',
  '/items/:item_id/bought-together',
];

function found(url: string, method = 'GET') {
  const plain = new PlainRoutes<string>();
  for (const path of paths) plain.add('GET', path, path);
  plain.add('POST', '/items', 'a write');
  return plain.find(method, url);
}

suite('routes of plain addresses', () => {
  test('are found with the parts of their path', () => {
    assert.deepEqual(found('/'), { of: '/', params: {} });
    assert.deepEqual(found('/items?limit=1'), { of: '/items', params: {} });
    assert.deepEqual(found('/items/lamp:7'), { of: '/items/:item_id', params: { item_id: 'lamp:7' } });
    assert.deepEqual(found('/items/lamp/similar?x=%20'), {
      of: '/items/:item_id/similar',
      params: { item_id: 'lamp' },
    });
    assert.deepEqual(found('/items', 'POST'), { of: 'a write', params: {} });
  });

  test('what is not plain is left to Express', () => {
    for (const url of [
      '',
      '/items/',
      '/items//similar',
      '//items',
      '/items/a%2Fb',
      '/items/ü',
      '/ITEMS',
      '*',
      'http://x/items',
    ])
      assert.equal(found(url), undefined, url);
    assert.equal(found('/items', 'HEAD'), undefined);
    assert.equal(found('/items', 'DELETE'), undefined);
  });

  test('routes that Express would tell apart by their order are refused', () => {
    const plain = new PlainRoutes<string>();
    plain.add('GET', '/items/:item_id', 'one');
    for (const path of ['/items/new', '/items/:id/similar', '/items/:item_id'])
      assert.throws(() => plain.add('GET', path, 'other'), path);
  });

  test('Express finds the same', () => {
    const segment = fc.constantFrom(
      'items',
      'similar',
      'lamp',
      'a.b',
      "it's",
      '~',
      '',
      'healthz',
      '__proto__',
      ':item_id',
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), fc.constantFrom('', '?', '?limit=3'), (segments, query) => {
        const url = `/${segments.join('/')}${query}`;
        const { of, params } = found(url) ?? {};
        assert.deepEqual({ of, params: { ...params } }, byExpress(url), url);
      }),
      { numRuns: 1000 },
    );
  });
});

function byExpress(url: string): { of: string | undefined; params: object } {
  const router = express.Router({ strict: true, caseSensitive: true });
  let result: { of: string | undefined; params: object } = { of: undefined, params: {} };
  for (const path of paths) router.get(path, (request) => void (result = { of: path, params: { ...request.params } }));
  // As much of a request and its answer as the router looks at.
  router({ method: 'GET', url } as Request, {} as never, () => undefined);
  return result;
}
