// POST /api/v1/interactions: what customers did, onto the log. A bad event never takes its neighbours down.
import { interactions as topic } from '../../schemas/topics.ts';
import type { Interaction } from '../../schemas/types.ts';
import { appendValues, type Appending } from '../append-values.ts';
import { allRejected, listIn, listSchema, objectIn, type Parsed, type Rejected } from '../contract/bodies.ts';
import { bulkOutcome, bulkSchema, ignored, position, problemExample } from '../contract/common.ts';
import { route } from '../contract/declare.ts';
import { named, nullable } from '../contract/json-schema.ts';
import * as shown from '../contract/shown.ts';
import type { ConsentDecisions } from '../customers/consent-decisions.ts';
import type { GatewayClock } from '../dependencies.ts';
import { json, type Answer } from '../http/answer.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import type { GatewayMetrics } from '../metrics.ts';
import { positionToken } from '../position.ts';
import type { ServingReads } from '../serving-reads.ts';
import { interactionSchema, parseInteraction } from './parse-interaction.ts';

type Dependencies = Appending & {
  readonly reads: ServingReads;
  readonly clock: GatewayClock;
  readonly decisions: ConsentDecisions;
  readonly count: GatewayMetrics['events'];
};

/** What became of one event. `ignored` names fields that are not known, so that a typo is not lost in silence. */
type Outcome =
  | Rejected
  | {
      readonly status: 'accepted' | 'not_kept';
      readonly interaction_id: string;
      readonly ignored?: readonly string[];
    };

/** One event, or the list of them; each is read when the caller's scopes are known. */
type Told = { readonly many: boolean; readonly raw: readonly unknown[] };

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
        'A bad event never takes its neighbours down. All accepted events of a request are written together, or none. An event whose `interaction_id` is among the customer’s latest 128 is not counted again.',
      body: {
        description: 'One event, or `{"events": [...]}`.',
        schema: { anyOf: [interactionSchema, listSchema('events', interactionSchema, eventsPerRequestMax)] },
        read: (raw) => toldIn(raw, eventsPerRequestMax),
      },
      answers: {
        202: {
          description: 'At least one was accepted, or may not be kept as the customer has refused consent.',
          schema: { anyOf: [oneOutcome, outcomes] },
        },
      },
      examples,
      handle: ({ body }, request) => receive(body, request, dependencies),
    }),
  ];
}

const used = {
  status: shown.choice(['accepted', 'not_kept'], 'not_kept: the customer has refused consent.'),
  interaction_id: shown.text(),
};
const oneOutcome = named('InteractionAccepted', shown.shape({ ...used, position: nullable(position) }, { ignored }));
const outcomes = bulkSchema(
  'InteractionsAccepted',
  ['accepted', 'rejected', 'not_kept'],
  bulkOutcome('InteractionOutcome', shown.shape(used)),
);

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
  return { many, raw: many ? listIn(body, 'events', eventsMax) : [body] };
}

async function receive({ many, raw }: Told, request: ApiRequest, dependencies: Dependencies): Promise<Answer> {
  const context = { nowMs: dependencies.clock.nowMs(), mayBackfill: request.may('admin') };
  const parsed = raw.map((event, index) => parseInteraction(event, many ? `/events/${index}` : '', context));

  const { results, kept } = judged(parsed, await customersWithoutConsent(parsed, dependencies));
  const places = await appendValues(topic, kept, { keyOf: customerOf, timeMsOf: receivedAt }, dependencies);
  const position = places.length === 0 ? null : positionToken(places);
  const totals = totalsOf(results);
  for (const [outcome, count] of Object.entries(totals)) dependencies.count(outcome, count);

  const summary = { ...totals, position, results };
  if (totals.rejected === results.length) throw allRejected(results, many ? summary : undefined);
  return json(202, many ? summary : { ...results[0], position });
}

function judged(parsed: readonly Parsed<Interaction>[], withoutConsent: ReadonlySet<string>) {
  const kept: Interaction[] = [];
  const results = parsed.map((each): Outcome => {
    if (!each.ok) return { status: 'rejected', errors: each.errors };
    const { value: interaction, ignored: unread } = each;
    const status = withoutConsent.has(interaction.customer_id) ? 'not_kept' : 'accepted';
    if (status === 'accepted') kept.push(interaction);
    return { status, interaction_id: interaction.interaction_id, ...(unread.length > 0 && { ignored: unread }) };
  });
  return { results, kept };
}

/** Of those nothing may be kept, so their events must not even reach the log. */
async function customersWithoutConsent(
  parsed: readonly Parsed<Interaction>[],
  { reads, decisions }: Dependencies,
): Promise<Set<string>> {
  const customers = new Set(parsed.flatMap((each) => (each.ok ? [each.value.customer_id] : [])));
  const withoutConsent = new Set<string>();
  for (const customer of customers) {
    if (decisions.underWay(customer) !== undefined) await decisions.ofCustomer(customer);
    const profile = await reads.profile(customer);
    if (!(decisions.underWay(customer) ?? profile?.consent ?? true)) withoutConsent.add(customer);
  }
  // A withdrawal of one of them may have come while the others were looked up.
  for (const customer of customers) if (decisions.underWay(customer) === false) withoutConsent.add(customer);
  return withoutConsent;
}

function totalsOf(outcomes: readonly Outcome[]): Record<Outcome['status'], number> {
  const of = (status: Outcome['status']) => outcomes.filter((outcome) => outcome.status === status).length;
  return { accepted: of('accepted'), rejected: of('rejected'), not_kept: of('not_kept') };
}

function customerOf({ customer_id }: Interaction): string {
  return customer_id;
}

function receivedAt({ received_at }: Interaction): number {
  return received_at;
}
