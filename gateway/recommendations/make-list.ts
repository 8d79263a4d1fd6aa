// Makes a list: the customer's own one as it was computed, or what can be offered without it. There is always something.
import { hash, randomUUID } from 'node:crypto';
import type { Item, Profile, Recommendations } from '../../schemas/types.ts';
import { whenThere, type MaybePromise } from '../../serving/serving-store.ts';
import type { GatewayDependencies } from '../dependencies.ts';
import { positionToken } from '../position.ts';
import type { Arrangement } from '../rules/arrangement.ts';
import type { Filter, RuleBook } from '../rules/rule-book.ts';
import type { Offer, ServingReads } from '../serving-reads.ts';
import { chooseArranged } from './arranged.ts';
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
  readonly rules: Pick<RuleBook, 'ofLists'>;
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
  const choosing = chosenFrom(ownCandidates(own), further, own.segment, question, dependencies);
  return whenThere(choosing, ({ chosen, arrangement }) => ({
    chosen,
    isOwnAlone: isOwnAlone && arrangement.pinned.length === 0,
    head: headOfOwn(own, arrangement),
  }));
}

function headOfOwn(own: Recommendations, arrangement: Arrangement): MadeList['head'] {
  return {
    recommendation_id: own.recommendation_id,
    customer_id: own.customer_id,
    segment: own.segment,
    experiment: null,
    variant: null,
    as_of: new Date(own.timestamp).toISOString(),
    position: positionToken([{ partition: own.partition, offset: own.position - 1 }]),
    model: modelWith(own.model, arrangement),
    fallback: { used: false, why: null },
  };
}

/** For a customer without a list of their own. */
export async function substitute(
  customerId: string,
  { profile, segment: given }: Offer,
  question: Question,
  dependencies: Dependencies,
): Promise<MadeList> {
  const segment = profile === undefined ? null : (given?.segment ?? null);
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

interface MadeHere extends Arranged {
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
  const made = await chosenFrom(suggestions, further, segment, question, dependencies);
  return { ...made, ofSession: suggestions.length > 0, rankedMs };
}

/** What a list of rankings alone says follows from them, also its id, so that it stays the same until they change. */
function headOf(
  { chosen, arrangement, ofSession, rankedMs }: MadeHere,
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
    model: modelWith(ofSession ? modelOfSession : modelOfFallback, arrangement),
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
  const { categories, campaign, location, channel, session } = question;
  const unseen = (candidates: readonly Candidate[]) =>
    session.length === 0 ? candidates : candidates.filter(({ item_id }) => !session.includes(item_id));
  const fromRankings: Source = async () => {
    const { candidates, updatedMs } = await rankedCandidates(
      { categories, campaign, location, channel, segment, profile: await profileOf() },
      reads,
    );
    ranked(updatedMs);
    return unseen(candidates);
  };
  if (!isSelective(question)) return [fromRankings];
  return [fromRankings, async (seen) => unseen(await categoryCandidates(seen, await profileOf(), reads))];
}

interface Arranged {
  readonly chosen: readonly Chosen[];
  readonly arrangement: Arrangement;
}

function chosenFrom(
  candidates: Candidates,
  further: readonly Source[],
  segment: string | null,
  question: Question,
  { reads, rules, clock }: Dependencies,
): MaybePromise<Arranged> {
  const { limit, diversity, placement } = question;
  const ofLists = rules.ofLists();
  const arrangement = ofLists.arrangement({ segment, placement });
  const choice = {
    limit,
    diversity,
    lets: fitting(question, ofLists.lets),
    isSelective: isSelective(question),
    reads,
    nowMs: clock.nowMs(),
  };
  // As nearly always: then nothing of it is worth any time.
  const choosing =
    arrangement.ruleNames.length === 0
      ? choose(candidates, further, choice)
      : chooseArranged(candidates, further, choice, arrangement, question.session);
  return whenThere(choosing, (chosen) => ({ chosen, arrangement }));
}

/** Lists name what they were made with. */
function modelWith(model: string, { ruleNames }: Arrangement): string {
  return [model, ...ruleNames].join('+');
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
