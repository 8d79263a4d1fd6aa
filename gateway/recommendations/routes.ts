// GET /api/v1/recommendations/{customer_id}: what to offer this customer now, with reasons. There is always an answer.
import { randomUUID } from 'node:crypto';
import type { Profile, Recommendations } from '../../schemas/types.ts';
import type { GatewayDependencies } from '../dependencies.ts';
import { wrongParameter } from '../errors.ts';
import { json, type Answer } from '../http/answer.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import type { GatewayMetrics } from '../metrics.ts';
import { checkedId, idParameter, idsParameter, numberParameter, parameter } from '../parameters.ts';
import { minPositionOf, waitedFor } from '../min-position.ts';
import { positionToken, type Position } from '../position.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import type { ServingReads } from '../serving-reads.ts';
import { ownCandidates, rankedCandidates, sessionCandidates, type FallbackReason } from './candidates.ts';
import { choose, type Chosen } from './choose.ts';
import { reasonsFor, type Explain } from './reasons.ts';

type Dependencies = Pick<GatewayDependencies, 'clock' | 'partitionOf' | 'settings' | 'scoreSession'> & {
  readonly reads: ServingReads;
  readonly rules: RuleBook;
  readonly count: GatewayMetrics['served'];
};

interface Question {
  readonly customerId: string;
  readonly limit: number;
  readonly explain: Explain;
  readonly minPosition: readonly Position[] | null;
  /** Items of a session that is not kept, latest last. */
  readonly session: readonly string[];
  readonly channel: string | null;
}

const limitByDefault = 10;
const sessionItemsMax = 50;
/** The model's name of a list that was made here, without anything of the customer. */
const modelOfFallback = 'rankings';
const modelOfSession = 'session';

export function recommendationRoutes(dependencies: Dependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/recommendations/:customer_id',
      scope: 'read',
      handle: (request) => answer(questionOf(request, dependencies.settings.recommendationsMax), dependencies),
    },
  ];
}

async function answer(question: Question, dependencies: Dependencies): Promise<Answer> {
  const { reads } = dependencies;
  const reached = await waitedFor(question.minPosition, question.customerId, dependencies);
  const own = await reads.recommendations(question.customerId);
  const list =
    own === undefined ? await substitute(question, dependencies) : await ownList(own, question, dependencies);
  dependencies.count(list.chosen[0]?.algorithm ?? 'none', list.body.fallback.used);
  const items = await described(list.chosen, question.explain, dependencies);
  return json(200, { ...list.body, ...reached, items });
}

async function ownList(own: Recommendations, question: Question, dependencies: Dependencies) {
  const { customerId, channel } = question;
  const further = async () => {
    const profile = await dependencies.reads.profile(customerId);
    return rankedCandidates({ channel, segment: own.segment, profile }, dependencies);
  };
  return {
    chosen: await chosenFrom(ownCandidates(own), further, question, dependencies),
    body: {
      recommendation_id: own.recommendation_id,
      customer_id: customerId,
      segment: own.segment,
      as_of: new Date(own.timestamp).toISOString(),
      position: positionToken([{ partition: own.partition, offset: own.position - 1 }]),
      model: own.model,
      fallback: { used: false, why: null as FallbackReason | null },
    },
  };
}

/** For a customer without a list of their own. */
async function substitute(question: Question, dependencies: Dependencies) {
  const { customerId, channel, session, limit } = question;
  const profile = await dependencies.reads.profile(customerId);
  const segment = profile === undefined ? undefined : await dependencies.reads.segment(customerId);
  const suggestions = await sessionCandidates(session, limit, dependencies);
  const further = () => rankedCandidates({ channel, segment: segment?.segment ?? null, profile }, dependencies);
  return {
    chosen: await chosenFrom(suggestions, further, question, dependencies),
    body: {
      recommendation_id: `f-${randomUUID()}`,
      customer_id: customerId,
      segment: segment?.segment ?? null,
      as_of: new Date(dependencies.clock.nowMs()).toISOString(),
      position: null,
      model: suggestions.length > 0 ? modelOfSession : modelOfFallback,
      fallback: { used: true, why: fallbackReason(profile) },
    },
  };
}

function fallbackReason(profile: Profile | undefined): FallbackReason {
  if (profile === undefined) return 'unknown_customer';
  return profile.consent ? 'no_list_yet' : 'no_consent';
}

function chosenFrom(
  candidates: Parameters<typeof choose>[0],
  further: Parameters<typeof choose>[1],
  { limit }: Question,
  { reads, rules, clock }: Dependencies,
): Promise<Chosen[]> {
  return choose(candidates, further, limit, { reads, lets: rules.filter(), nowMs: clock.nowMs() });
}

async function described(chosen: readonly Chosen[], explain: Explain, { reads }: Dependencies) {
  const titles =
    explain === 'none'
      ? () => null
      : await reads.titles(chosen.flatMap(({ because }) => because.map(({ item_id }) => item_id)));
  return chosen.map((each, index) => ({
    item_id: each.item_id,
    title: each.item?.title ?? null,
    score: each.score,
    rank: index + 1,
    algorithm: each.algorithm,
    ...(explain !== 'none' && { reasons: reasonsFor(each, explain, titles) }),
  }));
}

function questionOf({ params, query }: ApiRequest, limitMax: number): Question {
  return {
    customerId: checkedId('customer_id', params['customer_id']),
    limit: numberParameter(query, 'limit', limitByDefault, limitMax),
    explain: explainOf(query),
    minPosition: minPositionOf(query, ['interactions', 'customers']),
    session: idsParameter(query, 'session', sessionItemsMax),
    channel: idParameter(query, 'channel'),
  };
}

const explanations = new Map<string | null, Explain>([
  [null, 'summary'],
  ['false', 'none'],
  ['none', 'none'],
  ['summary', 'summary'],
  ['true', 'full'],
  ['full', 'full'],
]);

function explainOf(query: URLSearchParams): Explain {
  const explain = explanations.get(parameter(query, 'explain'));
  if (explain === undefined) throw wrongParameter('explain', 'must be none, summary or full (or false, true).');
  return explain;
}
