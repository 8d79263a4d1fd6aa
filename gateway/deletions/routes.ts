// DELETE of a customer, and how far it is. The deletion is a record of the log, so its place there is all that must be known of it.
import { position, problemAnswer } from '../contract/common.ts';
import { route } from '../contract/declare.ts';
import { named, nullable } from '../contract/json-schema.ts';
import { idInPath, single } from '../contract/parameters.ts';
import * as shown from '../contract/shown.ts';
import { writeUpdate, type Updating } from '../customers/write-update.ts';
import type { GatewayClock } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { json, type Answer } from '../http/answer.ts';
import type { Route } from '../http/route.ts';
import { positionToken } from '../position.ts';

type Dependencies = Updating & { readonly clock: GatewayClock };

interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** Where the deletion stands. */
const topic = 'customers';
const tag = 'Customers';
const at = '/api/v1/customers/:customer_id';
const customerInPath = idInPath('Yours.', ['dora']);

/** Said in every answer, so that nobody takes it for more than it is. */
const removes = ['profile', 'segment', 'recommendations', 'sessions'];
const remains =
  'The events themselves stay in the log, and what they added to the counts of items, which say nothing of the customer. Erasing them from the log comes later. Events that happened or came before the deletion are not learnt again; later ones start afresh. A refusal of consent stays.';

const deletionSchema = named(
  'Deletion',
  shown.shape({
    status: shown.choice(['pending', 'done']),
    customer_id: shown.text(),
    erased_at: nullable(shown.time('What is of a time up to then is forgotten. null while it is pending.')),
    removes: shown.list(shown.text(), 'What is gone when it is done.'),
    remains: shown.text('What is not.'),
  }),
);

export function deletionRoutes(dependencies: Dependencies): Route[] {
  return [
    route({
      method: 'DELETE',
      at,
      scope: 'admin',
      id: 'deleteCustomer',
      tag,
      summary: 'Forgets a customer.',
      description: `Removes the profile, segment, list and sessions, and keeps earlier events from being learnt again; also of a customer who is not known. ${remains}`,
      path: { customer_id: customerInPath },
      answers: {
        202: {
          description: 'The deletion is in the log. `Location` leads to how far it is.',
          schema: named(
            'DeletionAccepted',
            shown.shape({
              status: shown.choice(['pending']),
              customer_id: shown.text(),
              position,
              deletion: shown.text('The same address as in `Location`.'),
              removes: shown.list(shown.text()),
              remains: shown.text(),
            }),
          ),
          headers: { Location: { description: 'Where the deletion says how far it is.', schema: shown.text() } },
        },
      },
      examples: [
        {
          name: 'deletion',
          summary: 'Somebody wants to be forgotten',
          path: { customer_id: 'dora' },
          status: 202,
          answer: {
            status: 'pending',
            customer_id: 'dora',
            position: 'customers/1:13',
            deletion: '/api/v1/customers/dora/deletions/1:13',
            removes,
            remains,
          },
        },
      ],
      handle: (asked) => erase(asked.path.customer_id, dependencies),
    }),
    route({
      method: 'GET',
      at: `${at}/deletions/:deletion`,
      scope: 'admin',
      id: 'getDeletion',
      tag,
      summary: 'How far a deletion is.',
      description: 'It is done when no answer shows anything of the customer from before any more.',
      path: { customer_id: customerInPath, deletion: deletionInPath() },
      answers: {
        200: { description: 'pending or done.', schema: deletionSchema },
        404: problemAnswer('There is no such deletion of this customer.'),
      },
      examples: [
        {
          name: 'done',
          summary: 'It is done',
          path: { customer_id: 'dora', deletion: '1:13' },
          status: 200,
          answer: {
            status: 'done',
            customer_id: 'dora',
            erased_at: '2026-11-22T20:49:31.245Z',
            removes,
            remains,
          },
        },
      ],
      handle: (asked) => show(asked.path.customer_id, asked.path.deletion, dependencies),
    }),
  ];
}

async function erase(customerId: string, dependencies: Dependencies): Promise<Answer> {
  const { clock, erasures } = dependencies;
  const erasedAtMs = clock.nowMs();
  const places = await writeUpdate(
    {
      customer_id: customerId,
      updated_at: erasedAtMs,
      age: null,
      gender: null,
      location: null,
      language: null,
      preferences: {},
      segment: null,
      consent: null,
      erased_at: erasedAtMs,
    },
    dependencies,
  );
  erasures.add(customerId, erasedAtMs);
  const deletion = `/api/v1/customers/${encodeURIComponent(customerId)}/deletions/${positionToken(places)}`;
  return json(
    202,
    {
      status: 'pending',
      customer_id: customerId,
      position: positionToken(places, topic),
      deletion,
      removes,
      remains,
    },
    { location: deletion },
  );
}

async function show(
  customerId: string,
  place: Place,
  { reads, log, physicalName, partitionOf }: Dependencies,
): Promise<Answer> {
  const ownPartition = partitionOf(Buffer.from(customerId));
  if (place.partition !== ownPartition) throw noDeletion();
  const { end } = await log.offsets({ topic: physicalName(topic), partition: place.partition });
  if (place.offset >= end) throw noDeletion();
  const isDone = await reads.waitForProgress({ topic, ...place }, 0);
  const erasure = isDone ? await reads.erasure(customerId) : undefined;
  // What stands at that place was something else.
  if (isDone && erasure === undefined) throw noDeletion();
  return json(200, {
    status: isDone ? 'done' : 'pending',
    customer_id: customerId,
    erased_at: erasure === undefined ? null : new Date(erasure.erased_at).toISOString(),
    removes,
    remains,
  });
}

function noDeletion(): Problem {
  return new Problem(404, 'There is no such deletion of this customer. Take the address from the answer to DELETE.');
}

function deletionInPath() {
  const schema = { type: 'string', pattern: deletionName.source, examples: ['1:13'] };
  return single<Place>('As `Location` names it.', schema, { partition: 0, offset: 0 }, (text, refuse) => {
    const match = deletionName.exec(text);
    if (match === null) return refuse('must be as the answer to DELETE names it, such as 1:13.');
    return { partition: Number(match[1]), offset: Number(match[2]) };
  });
}

const deletionName = /^(\d{1,4}):(\d{1,15})$/;
