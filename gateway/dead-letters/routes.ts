// What could not be used, and why. For administrators: original bytes may hold anything about anybody.
import { problemAnswer } from '../contract/common.ts';
import { route } from '../contract/declare.ts';
import { single, wholeNumber } from '../contract/parameters.ts';
import type { GatewayDependencies } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { json } from '../http/answer.ts';
import type { Route } from '../http/route.ts';
import { deadLetterSchema, deadLettersSchema } from './dead-letter-schema.ts';
import { describeDeadLetter } from './describe-dead-letter.ts';
import { deadLetterAt, newestDeadLetters, type Place } from './read-dead-letters.ts';

type Dependencies = Pick<GatewayDependencies, 'log' | 'physicalName' | 'settings'>;

const at = '/api/v1/dead-letters';
const tag = 'Insight';
const place = /^\d{1,4}:\d{1,15}$/;
const places = /^\d{1,4}:\d{1,15}(,\d{1,4}:\d{1,15})*$/;
const placesCharactersMax = 8192;

const before = single<readonly Place[] | null>(
  '`next` of the former answer, for older ones.',
  { type: 'string', pattern: places.source, maxLength: placesCharactersMax, examples: ['0:17,2:5'] },
  null,
  (text, refuse) =>
    text.length <= placesCharactersMax && places.test(text)
      ? text.split(',').map(asPlace)
      : refuse('must be the next of a former answer, such as 0:17,2:5.'),
);

const position = single<Place>(
  'As the list has it.',
  { type: 'string', pattern: place.source, examples: ['2:17'] },
  { partition: 0, offset: 0 },
  (text, refuse) => (place.test(text) ? asPlace(text) : refuse('must be a position of the list, such as 2:17.')),
);

export function deadLetterRoutes(dependencies: Dependencies): Route[] {
  const { physicalName } = dependencies;
  return [
    route({
      method: 'GET',
      at,
      scope: 'admin',
      id: 'listDeadLetters',
      tag,
      summary: 'What could not be used, and why.',
      query: { limit: wholeNumber('How many at most.', { byDefault: 20, max: 100 }), before },
      answers: { 200: { description: 'The newest, with their original bytes.', schema: deadLettersSchema } },
      examples: [
        {
          name: 'none',
          summary: 'Everything could be used',
          status: 200,
          answer: { total: 0, dead_letters: [], next: null },
        },
      ],
      handle: async ({ query }) => {
        const { records, total, older } = await newestDeadLetters(query.limit, query.before, dependencies);
        const next =
          older.length === 0 ? null : older.map(({ partition, offset }) => `${partition}:${offset}`).join(',');
        return json(200, { total, dead_letters: records.map((each) => describeDeadLetter(each, physicalName)), next });
      },
    }),
    route({
      method: 'GET',
      at: `${at}/:position`,
      scope: 'admin',
      id: 'getDeadLetter',
      tag,
      summary: 'One thing that could not be used.',
      path: { position },
      answers: {
        200: { description: 'With its original bytes.', schema: deadLetterSchema },
        404: problemAnswer('There is none at this position, or not any more.'),
      },
      examples: [
        {
          name: 'one',
          summary: 'One that no schema fits',
          path: { position: '2:17' },
          status: 200,
          answer: {
            position: '2:17',
            timestamp: '2026-11-22T20:49:29.987Z',
            reason: 'undecodable',
            message: 'it is no Avro',
            stage: 'customers',
            processor: 'profile',
            source: { topic: 'freshet.interactions.v1', partition: 3, offset: 5984 },
            key: 'anna',
            bytes: 8,
            value: 'PHNjcmlwdD4=',
            event: null,
          },
        },
      ],
      handle: async ({ path }) => {
        const record = await deadLetterAt(path.position, dependencies);
        if (record === undefined) throw new Problem(404, 'There is no dead letter at this position, or not any more.');
        return json(200, describeDeadLetter(record, physicalName));
      },
    }),
  ];
}

function asPlace(text: string): Place {
  const [partition, offset] = text.split(':').map(Number);
  return { partition: partition ?? 0, offset: offset ?? 0 };
}
