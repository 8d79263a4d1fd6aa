// Mounts the imports' server side in the gateway.
import { problemAnswer } from '../gateway/contract/common.ts';
import { route, type Body } from '../gateway/contract/declare.ts';
import { named } from '../gateway/contract/json-schema.ts';
import { single, type Parameter } from '../gateway/contract/parameters.ts';
import * as shown from '../gateway/contract/shown.ts';
import { Problem } from '../gateway/errors.ts';
import { json, type Answer } from '../gateway/http/answer.ts';
import type { Route } from '../gateway/http/route.ts';
import { importIds, type ImportAnswer, type ImportServer } from '../imports/server.ts';
import { chunkSchema } from '../imports/wire.ts';

const tag = 'Imports';
const path = { import_id: importIdInPath() };

/** `GET /api/v1/imports/:import_id` and `POST …/chunks`; both need the scope admin. */
export function importRoutes(server: Pick<ImportServer, 'progress' | 'commitChunk'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      at: '/api/v1/imports/:import_id',
      scope: 'admin',
      id: 'getImport',
      tag,
      summary: 'How far an import is.',
      path,
      answers: {
        200: { description: 'Its progress.', schema: progress },
        404: problemAnswer('Nothing has been imported under this name.'),
      },
      examples: [
        {
          name: 'progress',
          summary: 'An import that goes on at the third line',
          path: { import_id: 'orders-1' },
          status: 200,
          answer: progressExample,
        },
      ],
      handle: async (asked) => answerOf(await server.progress(asked.path.import_id)),
    }),
    route({
      method: 'POST',
      at: '/api/v1/imports/:import_id/chunks',
      scope: 'admin',
      id: 'postImportChunk',
      tag,
      summary: 'The next part of an import.',
      description:
        'The records and the progress commit together. A chunk that was committed already changes nothing and is answered 200, so send again after a lost answer.',
      path,
      body: chunk,
      answers: {
        200: { description: 'The progress after it.', schema: progress },
        409: problemAnswer('The import stands elsewhere: the problem has its progress, go on from there.'),
      },
      examples: [
        {
          name: 'first',
          summary: 'The first two lines of a file, of which one could not be used',
          path: { import_id: 'orders-1' },
          body: { ...place, records: [] },
          status: 200,
          answer: progressExample,
        },
      ],
      handle: async (asked) => answerOf(await server.commitChunk(asked.path.import_id, asked.body)),
    }),
  ];
}

const place = { file: 'orders.csv', from_line: 0, to_line: 2, to_byte: 120, rejected: 2, finished: false };

const progress = named(
  'ImportProgress',
  shown.shape({
    import_id: shown.text(),
    file: shown.text(),
    lines: shown.whole(),
    accepted: shown.whole(),
    rejected: shown.whole(),
    bytes: shown.whole(),
    finished: shown.flag(),
    updated_at: shown.whole('Milliseconds since 1970.'),
  }),
);

const progressExample = {
  import_id: 'orders-1',
  file: 'orders.csv',
  lines: 2,
  accepted: 0,
  rejected: 2,
  bytes: 120,
  finished: false,
  updated_at: 1_795_380_000_000,
};

/** The import's server reads it, and says what is wrong with a chunk. */
const chunk: Body<unknown> = { schema: named('ImportChunk', chunkSchema), read: (raw) => raw };

function importIdInPath(): Parameter<string> {
  const schema = { type: 'string', pattern: importIds.source, examples: ['orders-1'] };
  return single('Stands for one run through one file.', schema, '', (given, refuse) =>
    importIds.test(given) ? given : refuse('has up to 128 letters, digits, dots, hyphens and underscores.'),
  );
}

/** The real progress travels with 409, so that the client goes on from there. */
function answerOf({ status, body }: ImportAnswer): Answer {
  if (!('detail' in body)) {
    if (status === 200) return json(200, body);
    throw new Problem(status, 'The import stands elsewhere: go on from its progress.', { members: { ...body } });
  }
  throw new Problem(status, body.detail, {
    ...(body.errors && { errors: body.errors }),
    ...(status === 503 && { headers: { 'retry-after': '1' } }),
  });
}
