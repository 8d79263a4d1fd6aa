// Makes a list: the customer's own one as it was computed, or what can be offered without it. There is always something.
import { hash, randomUUID } from 'node:crypto';
import type { Item, Profile, Recommendations } from '../../schemas/types.ts';
import { whenThere, type MaybePromise } from '../../serving/serving-store.ts';
import type { GatewayDependencies } from '../dependencies.ts';
import { positionToken } from '../position.ts';
import type { Filter, RuleBook } from '../rules/rule-book.ts';
import type { ServingReads } from '../serving-reads.ts';
import {
  categoryCandidates,
  ownCandidates,
  rankedCandidates,
  sessionCandidates,
  type Candidate,
  type Candidates,
  type FallbackReason,
} from './candidates.ts';
import { choose, type Chosen, type Source } from './choose.ts';
import type { Question } from './question.ts';

export type Dependencies = Pick<GatewayDependencies, 'clock' | 'scoreSession'> & {
  readonly reads: ServingReads;
  readonly rules: Pick<RuleBook, 'filter'>;
};

export interface MadeList {
  readonly head: {
    readonly recommendation_id: string;
    readonly customer_id: string | null;
    readonly segment: string | null;
    /** There are no experiments yet. */
    readonly experiment: null;
    readonly variant: null;
    readonly as_of: string;
    readonly position: string | null;
    readonly model: string;
    readonly fallback: { readonly used: boolean; readonly why: FallbackReason | null };
  };
  readonly chosen: readonly Chosen[];
  /** Whether it follows from the customer's own list and its items: from no ranking, profile or session. */
  readonly isOwnAlone: boolean;
}

/** The model's name of a list that was made here, without anything of the customer. */
const modelOfFallback = 'rankings';
const modelOfSession = 'session';
/** Suggestions that a session is asked for when not all of them may fit. */
const suggestionsWhenSelective = 100;

/** The customer's own list, with what may be shown of it now. */
export function ownList(own: Recommendations, question: Question, dependencies: Dependencies): MaybePromise<MadeList> {
  const profile = () => dependencies.reads.profile(own.customer_id);
  let isOwnAlone = true;
  const further = furtherOf(question, own.segment, profile, dependencies, () => (isOwnAlone = false));
  return whenThere(chosenFrom(ownCandidates(own), further, question, dependencies), (chosen) => ({
    chosen,
    isOwnAlone,
    head: headOfOwn(own),
  }));
}

function headOfOwn(own: Recommendations): MadeList['head'] {
  return {
    recommendation_id: own.recommendation_id,
    customer_id: own.customer_id,
    segment: own.segment,
    experiment: null,
    variant: null,
    as_of: new Date(own.timestamp).toISOString(),
    position: positionToken([{ partition: own.partition, offset: own.position - 1 }]),
    model: own.model,
    fallback: { used: false, why: null },
  };
}

/** For a customer without a list of their own. */
export async function substitute(
  customerId: string,
  question: Question,
  dependencies: Dependencies,
): Promise<MadeList> {
  const { reads } = dependencies;
  const profile = await reads.profile(customerId);
  const segment = (profile === undefined ? undefined : await reads.segment(customerId))?.segment ?? null;
  const made = await withoutOwnList(question, segment, profile, dependencies);
  const head = { customer_id: customerId, segment, fallback: { used: true, why: fallbackReason(profile) } };
  return { chosen: made.chosen, isOwnAlone: false, head: headOf(made, head, dependencies) };
}

/** For a session of somebody unknown. */
export async function sessionList(question: Question, dependencies: Dependencies): Promise<MadeList> {
  const made = await withoutOwnList(question, null, undefined, dependencies);
  const isKnown = made.chosen.some(({ because }) => because.length > 0);
  const fallback = isKnown ? { used: false, why: null } : { used: true, why: 'unknown_items' as const };
  return {
    chosen: made.chosen,
    isOwnAlone: false,
    head: headOf(made, { customer_id: null, segment: null, fallback }, dependencies),
  };
}

/** Of rankings alone, as `dependencies` remember them: nothing is known of the customer just now. */
export async function rememberedList(
  customerId: string | null,
  question: Question,
  dependencies: Dependencies,
): Promise<MadeList> {
  const made = await withoutOwnList(question, null, undefined, dependencies);
  const fallback = { used: true, why: 'store_unavailable' as const };
  const head = headOf(made, { customer_id: customerId, segment: null, fallback }, dependencies);
  return { chosen: made.chosen, isOwnAlone: false, head };
}

interface MadeHere {
  readonly chosen: readonly Chosen[];
  readonly ofSession: boolean;
  /** Event time of the rankings that it was filled up from. */
  readonly rankedMs: number | null;
}

async function withoutOwnList(
  question: Question,
  segment: string | null,
  profile: Profile | undefined,
  dependencies: Dependencies,
): Promise<MadeHere> {
  const wanted = isSelective(question) ? suggestionsWhenSelective : question.limit;
  const suggestions = await sessionCandidates(question.session, wanted, dependencies);
  let rankedMs: number | null = null;
  const further = furtherOf(
    question,
    segment,
    () => profile,
    dependencies,
    (updatedMs) => (rankedMs = updatedMs),
  );
  const chosen = await chosenFrom(suggestions, further, question, dependencies);
  return { chosen, ofSession: suggestions.length > 0, rankedMs };
}

/** What a list of rankings alone says follows from them, also its id, so that it stays the same until they change. */
function headOf(
  { chosen, ofSession, rankedMs }: MadeHere,
  head: Pick<MadeList['head'], 'customer_id' | 'segment' | 'fallback'>,
  { clock }: Dependencies,
): MadeList['head'] {
  const as_of = new Date(ofSession ? clock.nowMs() : (rankedMs ?? clock.nowMs())).toISOString();
  const content = JSON.stringify([head.customer_id, as_of, chosen.map(({ item_id }) => item_id)]);
  return {
    recommendation_id: ofSession ? `f-${randomUUID()}` : `f-${hash('sha256', content, 'base64url').slice(0, 22)}`,
    customer_id: head.customer_id,
    segment: head.segment,
    experiment: null,
    variant: null,
    as_of,
    position: null,
    model: ofSession ? modelOfSession : modelOfFallback,
    fallback: head.fallback,
  };
}

function fallbackReason(profile: Profile | undefined): FallbackReason {
  if (profile === undefined) return 'unknown_customer';
  return profile.consent ? 'no_list_yet' : 'no_consent';
}

/**
 * The rankings; and for a list with conditions that they may not fulfil, what is popular in the categories that came up. Without the
 * items of the session: what somebody has before their eyes is no offer.
 */
function furtherOf(
  question: Question,
  segment: string | null,
  profileOf: () => Profile | undefined | Promise<Profile | undefined>,
  { reads }: Dependencies,
  ranked: (updatedMs: number | null) => void = () => {},
): Source[] {
  const { categories, channel, session } = question;
  const unseen = (candidates: readonly Candidate[]) =>
    session.length === 0 ? candidates : candidates.filter(({ item_id }) => !session.includes(item_id));
  const fromRankings: Source = async () => {
    const { candidates, updatedMs } = await rankedCandidates(
      { categories, channel, segment, profile: await profileOf() },
      reads,
    );
    ranked(updatedMs);
    return unseen(candidates);
  };
  if (!isSelective(question)) return [fromRankings];
  return [fromRankings, async (seen) => unseen(await categoryCandidates(seen, await profileOf(), reads))];
}

function chosenFrom(
  candidates: Candidates,
  further: readonly Source[],
  question: Question,
  { reads, rules, clock }: Dependencies,
): MaybePromise<readonly Chosen[]> {
  const { limit, diversity } = question;
  const lets = fitting(question, rules.filter());
  return choose(candidates, further, {
    limit,
    diversity,
    lets,
    isSelective: isSelective(question),
    reads,
    nowMs: clock.nowMs(),
  });
}

function isSelective({ categories, filter }: Question): boolean {
  return categories.length > 0 || filter !== null;
}

/** What the rules let through and the question asks for. Of an item that the catalogue does not know nothing fits. */
function fitting({ categories, filter, exclude }: Question, rules: Filter): Filter {
  if (categories.length === 0 && filter === null && exclude.length === 0) return rules;
  const excluded = new Set(exclude);
  const wanted = new Set(categories);
  const fits = (item: Item | undefined) =>
    item !== undefined &&
    (wanted.size === 0 || item.categories.some((name) => wanted.has(name))) &&
    (filter === null || filter(item));
  const asksForMore = wanted.size > 0 || filter !== null;
  return (itemId, item) => rules(itemId, item) && !excluded.has(itemId) && (!asksForMore || fits(item));
}
