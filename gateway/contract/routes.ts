// GET /openapi.json: the API's document, made once.
import { jsonText } from '../http/answer.ts';
import type { Route } from '../http/route.ts';
import { route } from './declare.ts';
import { openApiDocument } from './openapi.ts';
import * as shown from './shown.ts';

/** `routes`: all others. */
export function documentRoutes(routes: readonly Route[], version: string): Route[] {
  let text = '';
  const own = route({
    method: 'GET',
    at: '/openapi.json',
    scope: 'open',
    id: 'getOpenApi',
    tag: 'Operations',
    summary: 'This document.',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: shown.mapOf({}) } },
    examples: [],
    handle: () => jsonText(200, text, { 'cache-control': 'no-cache' }),
  });
  text = JSON.stringify(openApiDocument([...routes, own], version));
  return [own];
}
