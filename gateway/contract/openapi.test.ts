// The API's document is OpenAPI 3.1, has every route, and its examples are as its schemas say.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { openBench, type Bench } from '../testing/gateway-bench.ts';
import { heldAgainst } from '../testing/held-against-document.ts';
import { route } from './declare.ts';
import type { ApiDocument } from './document.ts';
import { documentedExamples } from './documented-examples.ts';
import { openApiDocument } from './openapi.ts';
import { idInPath } from './parameters.ts';

suite('GET /openapi.json', () => {
  let bench: Bench;
  let text: string;
  let document: ApiDocument;
  before(async () => {
    bench = await openBench();
    ({ text } = await bench.ask('GET', '/openapi.json'));
    document = JSON.parse(text) as ApiDocument;
  });
  after(() => bench.close());

  test('is valid against the schema of OpenAPI 3.1', async () => {
    const result = await new Validator().validate(JSON.parse(text) as Record<string, unknown>);
    assert.ok(result.valid, JSON.stringify(result.errors, null, 1));
  });

  test('names each operation once, and every part of a path', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, ...operation })),
    );
    assert.ok(operations.length > 20);
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
    for (const { path, operationId, parameters } of operations) {
      const inPath = parameters.filter((each) => each.in === 'path').map(({ name }) => `{${name}}`);
      assert.deepEqual(path.match(/\{\w+\}/g) ?? [], inPath, operationId);
    }
  });

  test('has an example of each call', () => {
    const shown = new Set(documentedExamples(document).map(({ operationId }) => operationId));
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    assert.deepEqual(
      operations.map(({ operationId }) => operationId).filter((id) => !shown.has(id)),
      [],
    );
  });

  test('says of each status what its examples show', () => {
    const check = heldAgainst(text);
    const examples = documentedExamples(document);
    assert.ok(examples.length > 20);
    for (const { method, path, status, contentType, answer } of examples) {
      const headers = new Headers({
        'content-type': contentType,
        ...Object.fromEntries(promisedHeaders.map((name) => [name, 'x'])),
      });
      check(method, path, { status, headers, text: typeof answer === 'string' ? answer : JSON.stringify(answer) });
    }
  });

  test('needs no key', async () => {
    const guarded = await openBench({ API_KEYS: 'a-key-that-may-only-read:read' });
    assert.equal((await guarded.ask('GET', '/openapi.json')).status, 200);
    await guarded.close();
  });
});

/** Of the examples only the bodies are shown. */
const promisedHeaders = ['x-request-id', 'etag', 'cache-control', 'retry-after', 'location'];

test('a schema that has a name stands in one place', () => {
  const routes = ['one', 'two'].map((id) =>
    route({
      method: 'GET',
      at: `/${id}/:thing`,
      scope: 'open',
      id,
      tag: 'Things',
      summary: 'A thing.',
      path: { thing: idInPath('Its id.') },
      answers: {},
      examples: [],
      handle: () => ({ status: 204, body: '', contentType: 'text/plain' }),
    }),
  );
  const text = JSON.stringify(openApiDocument(routes, '1'));
  assert.equal(text.split('"An error after RFC 9457').length, 2);
  assert.match(text, /"\/two\/\{thing\}"/);
});
