// POST /api/v1/interactions: what customers did, onto the log. A bad event never takes its neighbours down.
import { interactions as topic } from '../../schemas/topics.ts';
import type { Interaction } from '../../schemas/types.ts';
import { allRejected, listIn, listSchema, objectIn } from '../contract/bodies.ts';
import { bulkOutcome, bulkSchema, ignored, position, problemExample } from '../contract/common.ts';
import { route } from '../contract/declare.ts';
import { named, nullable, type JsonSchema } from '../contract/json-schema.ts';
import { about, time } from '../contract/kinds.ts';
import * as shown from '../contract/shown.ts';
import type { GatewayClock } from '../dependencies.ts';
import { Problem, type Wrong } from '../errors.ts';
import { outcomes, takeEvents, type EventTopic, type Taking } from '../events/take-events.ts';
import { json, type Answer } from '../http/answer.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import { idempotencyKeyOf } from '../idempotency/idempotency-key.ts';
import type { GatewayMetrics } from '../metrics.ts';
import { positionToken } from '../position.ts';
import { interactionSchema, parseInteraction, type ParseContext } from './parse-interaction.ts';

type Dependencies = Taking & { readonly clock: GatewayClock; readonly count: GatewayMetrics['events'] };

const interactionTopic: EventTopic<Interaction> = { topic, idName: 'interaction_id' };

/** One event, or the list of them; each is read when the caller's scopes are known. */
type Told = { readonly many: boolean; readonly raw: readonly unknown[]; readonly sentAtMs: number | null };

export function interactionRoutes(dependencies: Dependencies): Route[] {
  const { eventsPerRequestMax } = dependencies.settings;
  return [
    route({
      method: 'POST',
      at: '/api/v1/interactions',
      scope: 'ingest',
      id: 'postInteractions',
      tag: 'Interactions',
      summary: 'Takes what customers did, one event or many.',
      description:
        'A bad event never takes its neighbours down. All accepted events of a request are written together, or none. An event whose `interaction_id` is among the customer’s latest 128 is not counted again; within some minutes it is answered `duplicate`.',
      body: {
        description: 'One event, or `{"events": [...]}`.',
        schema: { anyOf: [interactionSchema, eventsSchema(eventsPerRequestMax)] },
        read: (raw) => toldIn(raw, eventsPerRequestMax),
      },
      answers: {
        202: {
          description: 'At least one was accepted, is known already, or may not be kept.',
          schema: { anyOf: [oneOutcome, manyOutcomes] },
        },
      },
      examples,
      handle: ({ body }, request) => receive(body, request, dependencies),
    }),
  ];
}

const used = {
  status: shown.choice(
    outcomes.filter((outcome) => outcome !== 'rejected'),
    'duplicate: it was accepted before. not_kept: the customer has refused consent.',
  ),
  interaction_id: shown.text(),
};
const oneOutcome = named('InteractionAccepted', shown.shape({ ...used, position: nullable(position) }, { ignored }));
const manyOutcomes = bulkSchema('InteractionsAccepted', outcomes, bulkOutcome('InteractionOutcome', shown.shape(used)));

const sentAt = about('What the sender’s clock shows now: corrects the timestamps of all events.', time);

function eventsSchema(eventsMax: number): JsonSchema {
  const list = listSchema('events', interactionSchema, eventsMax);
  return { ...list, properties: { ...(list['properties'] as object), sent_at: nullable(sentAt.schema) } };
}

const examples = [
  {
    name: 'one',
    summary: 'One event',
    body: { customer_id: 'anna', event_type: 'view', item_id: 'home-lighting-02' },
    status: 202,
    answer: { status: 'accepted', interaction_id: 'f2f3e5b2-53a7-4a5b-8e79-2f0a6b0b8f6d', position: '3:6576' },
  },
  {
    name: 'many',
    summary: 'Two, of which one can be used',
    body: {
      events: [
        { customer_id: 'anna', event_type: 'add_to_cart', item_id: 'home-lighting-02', chanel: 'web' },
        { customer_id: 'anna', event_type: 'view' },
      ],
    },
    status: 202,
    answer: {
      accepted: 1,
      duplicate: 0,
      rejected: 1,
      not_kept: 0,
      position: '3:6577',
      results: [
        {
          status: 'accepted',
          interaction_id: '57b5e269-82cd-432a-a0bf-4681ba78a0a1',
          ignored: ['/events/0/chanel'],
        },
        {
          status: 'rejected',
          errors: [{ pointer: '/events/1/item_id', detail: 'is missing: view needs an item.' }],
        },
      ],
    },
  },
  {
    name: 'unusable',
    summary: 'One that cannot be used',
    body: { customer_id: 'anna', event_type: 'view' },
    status: 422,
    answer: problemExample(422, 'Unprocessable Entity', 'It can’t be used as it is: see errors.', [
      { pointer: '/item_id', detail: 'is missing: view needs an item.' },
    ]),
  },
];

function toldIn(raw: unknown, eventsMax: number): Told {
  const body = objectIn(raw, 'Send one event as an object, or {"events": [...]}.');
  const many = Object.hasOwn(body, 'events');
  return many
    ? { many, raw: listIn(body, 'events', eventsMax), sentAtMs: sentAtIn(body) }
    : { many, raw: [body], sentAtMs: null };
}

/** @throws Problem 422: without it, nobody knows when any of the events was. */
function sentAtIn(body: Readonly<Record<string, unknown>>): number | null {
  const value = Object.hasOwn(body, 'sent_at') ? body['sent_at'] : null;
  if (value === null || value === undefined) return null;
  const wrong: Wrong[] = [];
  const sentAtMs = sentAt.read(value, 'sent_at', { pointer: '', wrong });
  if (sentAtMs === undefined) throw new Problem(422, 'The time sent_at is wrong: see errors.', { errors: wrong });
  return sentAtMs;
}

async function receive(
  { many, raw, sentAtMs }: Told,
  request: ApiRequest,
  dependencies: Dependencies,
): Promise<Answer> {
  const context: ParseContext = {
    nowMs: dependencies.clock.nowMs(),
    mayBackfill: request.may('admin'),
    sentAtMs,
    requestKey: idempotencyKeyOf(request.incoming),
    settings: dependencies.settings,
  };
  const parsed = raw.map((event, index) => parseInteraction(event, many ? `/events/${index}` : '', context));
  const { results, totals, places } = await takeEvents(parsed, interactionTopic, dependencies);
  const position = places.length === 0 ? null : positionToken(places);
  for (const [outcome, count] of Object.entries(totals)) dependencies.count(outcome, count);

  const summary = { ...totals, position, results };
  if (totals.rejected === results.length) throw allRejected(results, many ? summary : undefined);
  return json(202, many ? summary : { ...results[0], position });
}
