// Holds answers against the API's document: the status is declared, the headers that are promised are there, and the body is as its
// schema says, without fields that the document does not know.
import assert from 'node:assert/strict';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ApiDocument, ResponseObject } from '../contract/document.ts';

export interface AnswerSeen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Check = (method: string, path: string, answer: AnswerSeen) => void;

/** Problems may carry members of their own, such as the results of each event. */
const openSchemas = new Set(['Problem', 'NotReady']);

const known = new Map<string, Check>();

/** What it answers throws an AssertionError. Paths and methods that the document does not have are not looked at. */
export function heldAgainst(documentText: string): Check {
  const check = known.get(documentText) ?? makeCheck(JSON.parse(documentText) as ApiDocument);
  known.set(documentText, check);
  return check;
}

function makeCheck(document: ApiDocument): Check {
  const operations = Object.entries(document.paths).map(([path, methods]) => ({ pattern: patternOf(path), methods }));
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'api', components: { schemas: closedSchemas(document.components.schemas) } });
  const validators = new Map<unknown, ValidateFunction>();
  const validatorOf = (schema: unknown) => {
    const validator = validators.get(schema) ?? ajv.compile(withAbsoluteReferences(closed(schema)) as object);
    validators.set(schema, validator);
    return validator;
  };
  return (method, path, answer) => {
    const [bare = path] = path.split('?');
    const operation = operations.find(({ pattern }) => pattern.test(bare))?.methods[method.toLowerCase()];
    if (operation === undefined) return;
    const at = `${method} ${operation.operationId} ${answer.status}`;
    const response = operation.responses[answer.status];
    assert.ok(response, `${at}: the document does not know this status; it said ${answer.text.slice(0, 500)}`);
    for (const [name, { required }] of Object.entries(response.headers ?? {}))
      assert.ok(required !== true || answer.headers.has(name), `${at}: the header ${name} is missing`);
    checkBody(at, response, answer, validatorOf);
  };
}

function checkBody(
  at: string,
  { content }: ResponseObject,
  { headers, text }: AnswerSeen,
  validatorOf: (schema: unknown) => ValidateFunction,
): void {
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  if (content === undefined) return assert.equal(text, '', `${at}: a body`);
  const declared = content[type];
  assert.ok(declared, `${at}: the document does not know the type ${type}`);
  const validate = validatorOf(declared.schema);
  const body: unknown = type.endsWith('json') ? JSON.parse(text) : text;
  assert.ok(validate(body), `${at}: ${JSON.stringify(validate.errors)} in ${text.slice(0, 2000)}`);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}

function closedSchemas(schemas: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, openSchemas.has(name) ? schema : closed(schema)]),
  );
}

/** A field that the document does not know makes the answer wrong, where clients have to accept it. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, closed(value)]));
  return 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}

function withAbsoluteReferences(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"api#/')) as unknown;
}
