// What is known of a customer: told by the shop (PUT), and told plus learnt (GET).
import { objectBody, type ObjectRead } from '../contract/bodies.ts';
import { acceptedSchema, position, problemAnswer } from '../contract/common.ts';
import { route } from '../contract/declare.ts';
import { about, flag, id, number, text, textMap, word } from '../contract/kinds.ts';
import { object, optional, type ValuesIn } from '../contract/object-kind.ts';
import { idInPath } from '../contract/parameters.ts';
import * as shown from '../contract/shown.ts';
import type { GatewayClock } from '../dependencies.ts';
import { Problem } from '../errors.ts';
import { json, type Answer } from '../http/answer.ts';
import type { Route } from '../http/route.ts';
import { minPosition, waitedFor, type MinPosition } from '../min-position.ts';
import { positionToken } from '../position.ts';
import { customerExample, customerSchema } from './customer-schema.ts';
import { describeCustomer, recentOf } from './describe-customer.ts';
import { writeUpdate, type Told, type Updating } from './write-update.ts';

type Dependencies = Updating & { readonly clock: GatewayClock };

const at = '/api/v1/customers/:customer_id';
const tag = 'Customers';
const path = { customer_id: idInPath('Yours.', ['anna']) };
const ageMax = 150;
const nameBytesMax = 200;

export function customerRoutes(dependencies: Dependencies): Route[] {
  return [
    route({
      method: 'GET',
      at,
      scope: 'read',
      id: 'getCustomer',
      tag,
      summary: 'What is known of a customer.',
      description: 'What the shop has told, and what was learnt from interactions.',
      path,
      query: { min_position: minPosition(['interactions', 'customers'], dependencies.settings) },
      answers: {
        200: { description: 'The profile and the segment.', schema: customerSchema },
        404: problemAnswer('Nothing is known of this customer.'),
      },
      examples: [
        {
          name: 'customer',
          summary: 'A customer of whom only the shop has told',
          path: { customer_id: 'bert' },
          status: 200,
          answer: customerExample,
        },
      ],
      handle: (asked) => show(asked.path.customer_id, asked.query.min_position, dependencies),
    }),
    route({
      method: 'PUT',
      at,
      scope: 'admin',
      id: 'putCustomer',
      tag,
      summary: 'Tells what the shop knows of a customer, consent among it.',
      description:
        'It replaces what an earlier PUT said, as a whole: a field that is left out is no longer known. Only `consent` stays as it was when it is left out; a new customer has given it. What was learnt from interactions stays.',
      path,
      body: objectBody(told, { what: 'the customer', idName: 'customer_id' }),
      answers: {
        202: {
          description: 'It is in the log, and in the profile moments later.',
          schema: acceptedSchema('CustomerAccepted', { customer_id: shown.text(), position }),
        },
      },
      examples: [
        {
          name: 'customer',
          summary: 'Age, consent, and a segment set by hand',
          path: { customer_id: 'bert' },
          body: { age: 41, segment: 'Friends', consent: true },
          status: 202,
          answer: { status: 'accepted', customer_id: 'bert', position: 'customers/1:12' },
        },
      ],
      handle: (asked) => replace(asked.path.customer_id, asked.body, dependencies),
    }),
  ];
}

const told = object({
  customer_id: optional(about('If given, the one of the address.', id)),
  age: optional(number({ min: 0, max: ageMax, whole: true })),
  gender: optional(word),
  location: optional(text(nameBytesMax)),
  language: optional(word),
  preferences: optional(about('Texts by name.', textMap), {}),
  consent: optional(about('Whether anything of the customer may be kept. Left out: as it was.', flag)),
  segment: optional(about('Set by hand, instead of the computed one.', word)),
});

async function show(customerId: string, positions: MinPosition, dependencies: Dependencies): Promise<Answer> {
  const { reads } = dependencies;
  const reached = await waitedFor(positions, customerId, dependencies);
  const profile = await reads.profile(customerId);
  if (profile === undefined) throw new Problem(404, 'Nothing is known of this customer.');
  const titleOf = await reads.titles(recentOf(profile).flatMap(({ item_id }) => item_id ?? []));
  return json(200, { ...describeCustomer(profile, await reads.segment(customerId), titleOf), ...reached });
}

async function replace(
  customerId: string,
  { value, ignored }: ObjectRead<ValuesIn<typeof told>>,
  dependencies: Dependencies,
): Promise<Answer> {
  const update: Told = {
    ...value,
    customer_id: customerId,
    updated_at: dependencies.clock.nowMs(),
    erased_at: null,
  };
  const places = await writeUpdate(update, dependencies);
  return json(202, {
    status: 'accepted',
    customer_id: customerId,
    position: positionToken(places, 'customers'),
    ...(ignored.length > 0 && { ignored }),
  });
}
