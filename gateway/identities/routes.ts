// POST /api/v1/identify: a visitor turned out to be a customer. POST /api/v1/unidentify: that was a mistake.
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

const takenBack = object({
  anonymous_id: required(about('The visitor.', id)),
  customer_id: required(about('Who it is not.', id)),
});

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
        'What the visitor did so far counts as the customer’s moments later, each event once, and so does what comes under the visitor’s id from now on. A visitor who turns out to be a second customer, as on a shared device, brings the second one only what follows. Telling it again changes nothing.',
      body: objectBody(told, { what: 'anonymous_id and customer_id' }),
      answers: {
        202: {
          description: 'It is in the log, unless one of them has refused consent.',
          schema: accepted(
            'IdentityAccepted',
            shown.choice(['accepted', 'not_kept'], 'not_kept: the customer or the visitor has refused consent.'),
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
    route({
      method: 'POST',
      at: '/api/v1/unidentify',
      scope: 'admin',
      id: 'unidentify',
      tag: 'Interactions',
      summary: 'Takes back that a visitor turned out to be a customer.',
      description:
        'As if it had never been told of these two: what the visitor did is no longer part of the customer, and events to come do not follow. Nothing happens when it was not told. For mistakes, not for logging out.',
      body: objectBody(takenBack, { what: 'anonymous_id and customer_id' }),
      answers: {
        202: {
          description: 'It is in the log, and in the profiles moments later.',
          schema: accepted('UnidentifyAccepted', shown.choice(['accepted'])),
        },
      },
      examples: [
        {
          name: 'mistake',
          summary: 'It was somebody else',
          body: { anonymous_id: 'visitor-8', customer_id: 'anna' },
          status: 202,
          answer: { status: 'accepted', anonymous_id: 'visitor-8', customer_id: 'anna' },
        },
      ],
      handle: ({ body }) => unidentify(body, dependencies),
    }),
  ];
}

function accepted(name: string, status: ReturnType<typeof shown.choice>) {
  return named(name, shown.shape({ status, anonymous_id: shown.text(), customer_id: shown.text() }, { ignored }));
}

async function identify({ value, ignored: unread }: ObjectRead<Told>, dependencies: Dependencies): Promise<Answer> {
  const { anonymous_id, customer_id } = value;
  const nowMs = dependencies.clock.nowMs();
  const timestamp = value.timestamp === null ? nowMs : correctedTime(value.timestamp, value.sent_at, nowMs);
  const problem = timeProblem(timestamp, nowMs, true, dependencies.settings);
  if (problem !== undefined) throw unusable('/timestamp', problem);
  await refuseChain(value, dependencies);
  const withoutConsent = await customersWithoutConsent(new Set([customer_id, anonymous_id]), dependencies);
  const status = withoutConsent.size > 0 ? 'not_kept' : 'accepted';
  if (status === 'accepted') await append(value, { timestamp, nowMs, withdrawn: false }, dependencies);
  return json(202, { status, anonymous_id, customer_id, ...(unread.length > 0 && { ignored: unread }) });
}

async function unidentify(
  { value, ignored: unread }: ObjectRead<ValuesIn<typeof takenBack>>,
  dependencies: Dependencies,
): Promise<Answer> {
  const nowMs = dependencies.clock.nowMs();
  await append(value, { timestamp: nowMs, nowMs, withdrawn: true }, dependencies);
  const { anonymous_id, customer_id } = value;
  return json(202, { status: 'accepted', anonymous_id, customer_id, ...(unread.length > 0 && { ignored: unread }) });
}

/** Histories go one step. What was written a moment ago may not show yet: then they go one step as well, and no further. */
async function refuseChain({ anonymous_id, customer_id }: Told, { reads }: Dependencies): Promise<void> {
  const [visitor, customer] = await Promise.all([reads.profile(anonymous_id), reads.profile(customer_id)]);
  if ((customer?.links.length ?? 0) > 0)
    throw unusable('/customer_id', 'is a visitor that turned out to be somebody: name that customer.');
  if ((visitor?.anonymous_ids.length ?? 0) > 0)
    throw unusable('/anonymous_id', 'is a customer that visitors turned out to be: it can’t be a visitor as well.');
}

function unusable(pointer: string, detail: string): Problem {
  return new Problem(422, 'It can’t be used as it is: see errors.', { errors: [{ pointer, detail }] });
}

function append(
  { anonymous_id, customer_id }: { readonly anonymous_id: string; readonly customer_id: string },
  { timestamp, nowMs, withdrawn }: { timestamp: number; nowMs: number; withdrawn: boolean },
  dependencies: Dependencies,
) {
  return appendValues(
    topic,
    [{ anonymous_id, customer_id, timestamp, received_at: nowMs, withdrawn }],
    { keyOf: () => anonymous_id, timeMsOf: () => nowMs },
    dependencies,
  );
}
