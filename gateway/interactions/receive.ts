// POST /api/v1/interactions: what customers did, onto the log. A bad event never takes its neighbours down.
import { interactions as topic } from '../../schemas/topics.ts';
import type { Interaction } from '../../schemas/types.ts';
import { appendValues, type Appending } from '../append-values.ts';
import { allRejected, listOf, objectBody, type Rejected } from '../bulk.ts';
import type { ConsentDecisions } from '../customers/consent-decisions.ts';
import type { GatewayClock } from '../dependencies.ts';
import { json, type Answer } from '../http/answer.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import type { GatewayMetrics } from '../metrics.ts';
import { positionToken } from '../position.ts';
import type { ServingReads } from '../serving-reads.ts';
import { parseInteraction, type Parsed } from './parse-interaction.ts';

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

export function interactionRoutes(dependencies: Dependencies): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/v1/interactions',
      scope: 'ingest',
      handle: (request) => receive(request, dependencies),
    },
  ];
}

async function receive(request: ApiRequest, dependencies: Dependencies): Promise<Answer> {
  const body = objectBody(await request.json(), 'Send one event as an object, or {"events": [...]}.');
  const many = Object.hasOwn(body, 'events');
  const raw = many ? listOf(body, 'events', dependencies.settings.eventsPerRequestMax) : [body];
  const context = { nowMs: dependencies.clock.nowMs(), mayBackfill: request.may('admin') };
  const parsed = raw.map((event, index) => parseInteraction(event, many ? `/events/${index}` : '', context));

  const { outcomes, kept } = judged(parsed, await customersWithoutConsent(parsed, dependencies));
  const places = await appendValues(topic, kept, { keyOf: customerOf, timeMsOf: receivedAt }, dependencies);
  const position = places.length === 0 ? null : positionToken(places);
  const totals = totalsOf(outcomes);
  for (const [outcome, count] of Object.entries(totals)) dependencies.count(outcome, count);

  const summary = { ...totals, position, results: outcomes };
  if (totals.rejected === outcomes.length) throw allRejected(outcomes, many ? summary : undefined);
  return json(202, many ? summary : { ...outcomes[0], position });
}

function judged(parsed: readonly Parsed[], withoutConsent: ReadonlySet<string>) {
  const kept: Interaction[] = [];
  const outcomes = parsed.map((each): Outcome => {
    if (!each.ok) return { status: 'rejected', errors: each.errors };
    const { interaction, ignored } = each;
    const status = withoutConsent.has(interaction.customer_id) ? 'not_kept' : 'accepted';
    if (status === 'accepted') kept.push(interaction);
    return { status, interaction_id: interaction.interaction_id, ...(ignored.length > 0 && { ignored }) };
  });
  return { outcomes, kept };
}

/** Of those nothing may be kept, so their events must not even reach the log. */
async function customersWithoutConsent(
  parsed: readonly Parsed[],
  { reads, decisions }: Dependencies,
): Promise<Set<string>> {
  const customers = new Set(parsed.flatMap((each) => (each.ok ? [each.interaction.customer_id] : [])));
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
