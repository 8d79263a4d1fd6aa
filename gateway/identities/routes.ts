// POST /api/v1/identify: a visitor turned out to be a customer. Written down; merging what both did is still to come.
import { identities as topic } from '../../schemas/topics.ts';
import { appendValues, type Appending } from '../append-values.ts';
import { objectBody, type ObjectRead } from '../contract/bodies.ts';
import { ignored } from '../contract/common.ts';
import { route } from '../contract/declare.ts';
import { named } from '../contract/json-schema.ts';
import { about, id, time } from '../contract/kinds.ts';
import { object, optional, required, type ValuesIn } from '../contract/object-kind.ts';
import * as shown from '../contract/shown.ts';
import type { GatewayClock } from '../dependencies.ts';
import { correctedTime, timeProblem } from '../events/event-time.ts';
import { customersWithoutConsent, type ConsentKnown } from '../events/without-consent.ts';
import { json, type Answer } from '../http/answer.ts';
import { Problem } from '../errors.ts';
import type { Route } from '../http/route.ts';

type Dependencies = Appending & ConsentKnown & { readonly clock: GatewayClock };

const told = object(
  {
    anonymous_id: required(about('The visitor, as in the events until now.', id)),
    customer_id: required(about('Who it turned out to be.', id)),
    timestamp: optional(about('When it turned out. Left out: now.', time)),
    sent_at: optional(about('What the device’s clock shows now: corrects the timestamp.', time)),
  },
  {
    check: ({ anonymous_id, customer_id }, note) => {
      if (anonymous_id !== undefined && anonymous_id === customer_id)
        note(['anonymous_id'], 'is the customer_id: there is nothing to tell.');
    },
  },
);
type Told = ValuesIn<typeof told>;

export function identityRoutes(dependencies: Dependencies): Route[] {
  return [
    route({
      method: 'POST',
      at: '/api/v1/identify',
      scope: 'ingest',
      id: 'identify',
      tag: 'Interactions',
      summary: 'Tells that a visitor turned out to be a customer.',
      description:
        'It is kept in the topic `identities`. Nothing is merged yet: what the visitor did stays the visitor’s. So send the events from now on with the `customer_id`.',
      body: objectBody(told, { what: 'anonymous_id and customer_id' }),
      answers: {
        202: {
          description: 'It is in the log, unless the customer has refused consent.',
          schema: named(
            'IdentityAccepted',
            shown.shape(
              {
                status: shown.choice(['accepted', 'not_kept'], 'not_kept: the customer has refused consent.'),
                anonymous_id: shown.text(),
                customer_id: shown.text(),
              },
              { ignored },
            ),
          ),
        },
      },
      examples: [
        {
          name: 'login',
          summary: 'A visitor has logged in',
          body: { anonymous_id: 'visitor-7', customer_id: 'anna' },
          status: 202,
          answer: { status: 'accepted', anonymous_id: 'visitor-7', customer_id: 'anna' },
        },
      ],
      handle: ({ body }) => identify(body, dependencies),
    }),
  ];
}

async function identify({ value, ignored: unread }: ObjectRead<Told>, dependencies: Dependencies): Promise<Answer> {
  const { anonymous_id, customer_id } = value;
  const nowMs = dependencies.clock.nowMs();
  const timestamp = value.timestamp === null ? nowMs : correctedTime(value.timestamp, value.sent_at, nowMs);
  const problem = timeProblem(timestamp, nowMs, true, dependencies.settings);
  if (problem !== undefined)
    throw new Problem(422, 'It can’t be used as it is: see errors.', {
      errors: [{ pointer: '/timestamp', detail: problem }],
    });
  const withoutConsent = await customersWithoutConsent(new Set([customer_id]), dependencies);
  const status = withoutConsent.has(customer_id) ? 'not_kept' : 'accepted';
  if (status === 'accepted') {
    await appendValues(
      topic,
      [{ anonymous_id, customer_id, timestamp, received_at: nowMs, withdrawn: false }],
      { keyOf: () => anonymous_id, timeMsOf: () => nowMs },
      dependencies,
    );
  }
  return json(202, { status, anonymous_id, customer_id, ...(unread.length > 0 && { ignored: unread }) });
}
