// POST /api/v1/impressions: which lists were put in front of whom. Kept for what will be computed from them: which lists led to what.
import { impressions as topic } from '../../schemas/topics.ts';
import type { Impression } from '../../schemas/types.ts';
import { allRejected, listIn, listSchema, objectIn } from '../contract/bodies.ts';
import { bulkOutcome, ignored } from '../contract/common.ts';
import { route, type Example } from '../contract/declare.ts';
import { named } from '../contract/json-schema.ts';
import * as shown from '../contract/shown.ts';
import type { GatewayClock } from '../dependencies.ts';
import { outcomes, takeEvents, type EventTopic, type Taking } from '../events/take-events.ts';
import { json, type Answer } from '../http/answer.ts';
import type { Route } from '../http/route.ts';
import { impressionSchema, parseImpression } from './parse-impression.ts';

type Dependencies = Taking & { readonly clock: GatewayClock };

/** One impression, or the list of them. */
type Told = { readonly many: boolean; readonly raw: readonly unknown[] };

const impressionTopic: EventTopic<Impression> = { topic, idName: 'impression_id' };

const used = {
  status: shown.choice(
    outcomes.filter((outcome) => outcome !== 'rejected'),
    'duplicate: it was accepted before. not_kept: the customer has refused consent.',
  ),
  impression_id: shown.text(),
};
const one = named('ImpressionAccepted', shown.shape(used, { ignored }));
const many = named(
  'ImpressionsAccepted',
  shown.shape({
    ...Object.fromEntries(outcomes.map((outcome) => [outcome, shown.whole()])),
    results: shown.list(bulkOutcome('ImpressionOutcome', shown.shape(used)), 'In the order of the request.'),
  }),
);

const examples: readonly Example[] = [
  {
    name: 'seen',
    summary: 'Two items that were on the screen',
    body: {
      customer_id: 'anna',
      placement: 'home',
      items: [{ item_id: 'home-lighting-02', propensity: 0.9 }, { item_id: 'kitchen-baking-01' }],
    },
    status: 202,
    answer: { status: 'accepted', impression_id: '0b6e1d0e-6b0f-4d0c-8f43-5a0e6a1d3f11' },
  },
];

export function impressionRoutes(dependencies: Dependencies): Route[] {
  const { eventsPerRequestMax } = dependencies.settings;
  return [
    route({
      method: 'POST',
      at: '/api/v1/impressions',
      scope: 'ingest',
      id: 'postImpressions',
      tag: 'Interactions',
      summary: 'Takes which items were shown to whom, and where.',
      description:
        'One impression is one list of items that was put in front of a customer. They are kept in the topic `impressions` for 180 days; training learns from them what each source of lists is worth in a placement.',
      body: {
        description: 'One impression, or `{"impressions": [...]}`.',
        schema: { anyOf: [impressionSchema, listSchema('impressions', impressionSchema, eventsPerRequestMax)] },
        read: (raw) => toldIn(raw, eventsPerRequestMax),
      },
      answers: { 202: { description: 'At least one can be used.', schema: { anyOf: [one, many] } } },
      examples,
      handle: ({ body }) => receive(body, dependencies),
    }),
  ];
}

function toldIn(raw: unknown, impressionsMax: number): Told {
  const body = objectIn(raw, 'Send one impression as an object, or {"impressions": [...]}.');
  const isList = Object.hasOwn(body, 'impressions');
  return { many: isList, raw: isList ? listIn(body, 'impressions', impressionsMax) : [body] };
}

async function receive({ many: isList, raw }: Told, dependencies: Dependencies): Promise<Answer> {
  const nowMs = dependencies.clock.nowMs();
  const parsed = raw.map((each, index) =>
    parseImpression(each, isList ? `/impressions/${index}` : '', nowMs, dependencies.settings),
  );
  const { results, totals } = await takeEvents(parsed, impressionTopic, dependencies);
  const summary = { ...totals, results };
  if (totals.rejected === results.length) throw allRejected(results, isList ? summary : undefined);
  return json(202, isList ? summary : results[0]);
}
