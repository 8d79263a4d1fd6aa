// Mounts the imports' server side in the gateway.
import { Problem } from '../gateway/errors.ts';
import { json, type Answer } from '../gateway/http/answer.ts';
import type { Route } from '../gateway/http/route.ts';
import type { ImportAnswer, ImportServer } from '../imports/server.ts';

/** `GET /api/v1/imports/:import_id` and `POST …/chunks`; both need the scope admin. */
export function importRoutes(server: ImportServer): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/imports/:import_id',
      scope: 'admin',
      handle: async ({ params }) => answerOf(await server.progress(params['import_id'] ?? '')),
    },
    {
      method: 'POST',
      path: '/api/v1/imports/:import_id/chunks',
      scope: 'admin',
      handle: async (request) =>
        answerOf(await server.commitChunk(request.params['import_id'] ?? '', await request.json())),
    },
  ];
}

/** The real progress travels with 409, so that the client goes on from there. */
function answerOf({ status, body }: ImportAnswer): Answer {
  if (!('detail' in body)) {
    if (status === 200) return json(200, body);
    throw new Problem(status, 'The import stands elsewhere: go on from its progress.', { members: { ...body } });
  }
  throw new Problem(status, body.detail, status === 503 ? { headers: { 'retry-after': '1' } } : {});
}
