// Mounts the imports' server side in the gateway.
import { problemAnswer } from '../gateway/contract/common.ts';
import { route, type Body } from '../gateway/contract/declare.ts';
import { named } from '../gateway/contract/json-schema.ts';
import { idInPath } from '../gateway/contract/parameters.ts';
import * as shown from '../gateway/contract/shown.ts';
import { Problem } from '../gateway/errors.ts';
import { json, type Answer } from '../gateway/http/answer.ts';
import type { Route } from '../gateway/http/route.ts';
import type { ImportAnswer, ImportServer } from '../imports/server.ts';

const tag = 'Imports';
const path = {
  import_id: idInPath('Stands for one run through one file: letters, digits, dots, hyphens, underscores.'),
};

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
      examples: [],
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
          answer: {
            import_id: 'orders-1',
            file: 'orders.csv',
            lines: 2,
            accepted: 0,
            rejected: 2,
            bytes: 120,
            finished: false,
            updated_at: 1_795_380_000_000,
          },
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

/** The import's server reads it: it says what is wrong with a chunk, as a Problem 400. */
const chunk: Body<unknown> = {
  schema: named('ImportChunk', {
    ...shown.shape({
      file: shown.text('The file’s name.'),
      from_line: shown.whole('`lines` of the progress.'),
      to_line: shown.whole('The line after the last one.'),
      to_byte: shown.whole('Where `to_line` begins in the file.'),
      rejected: shown.whole('How many of the lines could not be used.'),
      finished: shown.flag('True for the last chunk.'),
      records: shown.list(
        shown.shape({
          target: shown.choice(['interactions', 'items', 'customers']),
          value: { type: 'object', description: 'With every field, as the schemas of the topics have them.' },
        }),
      ),
    }),
    additionalProperties: false,
  }),
  read: (raw) => raw,
};

/** The real progress travels with 409, so that the client goes on from there. */
function answerOf({ status, body }: ImportAnswer): Answer {
  if (!('detail' in body)) {
    if (status === 200) return json(200, body);
    throw new Problem(status, 'The import stands elsewhere: go on from its progress.', { members: { ...body } });
  }
  throw new Problem(status, body.detail, status === 503 ? { headers: { 'retry-after': '1' } } : {});
}
