// GET /openapi.json and the page that is made of it, GET /docs. Both are made once.
import { readFileSync } from 'node:fs';
import { route } from '../contract/declare.ts';
import type { ApiDocument } from '../contract/document.ts';
import { openApiDocument } from '../contract/openapi.ts';
import * as shown from '../contract/shown.ts';
import { jsonText } from '../http/answer.ts';
import type { Route } from '../http/route.ts';
import { referencePage } from './reference-page.ts';

/** Only what comes from here is shown and run. */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const headers = { 'cache-control': 'no-cache', 'content-security-policy': contentSecurityPolicy };
const styles = '/docs/reference.css';

/** `routes`: all others. */
export function referenceRoutes(routes: readonly Route[], version: string): Route[] {
  let document = '';
  const openApi = route({
    method: 'GET',
    at: '/openapi.json',
    scope: 'open',
    id: 'getOpenApi',
    tag: 'Operations',
    summary: 'This document.',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: shown.mapOf({}) } },
    examples: [
      { name: 'document', summary: 'This document', status: 200, answer: { openapi: '3.1.1', info: {}, paths: {} } },
    ],
    handle: () => jsonText(200, document, { 'cache-control': 'no-cache' }),
  });
  document = JSON.stringify(openApiDocument([...routes, openApi], version));
  // The document was made by the line above, and its shape is what `ApiDocument` says.
  const page = referencePage(JSON.parse(document) as ApiDocument, ['/page/styles/base.css', styles]);
  return [
    openApi,
    file('/docs', 'text/html; charset=utf-8', page),
    file(styles, 'text/css; charset=utf-8', readFileSync(new URL('reference.css', import.meta.url), 'utf8')),
  ];
}

function file(path: string, contentType: string, body: string): Route {
  const answer = { status: 200, body, contentType, headers };
  return { method: 'GET', path, scope: 'open', handle: () => answer };
}
