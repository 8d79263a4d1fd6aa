// Where a list's items come from: the customer's own list, the session in the request, or the rankings.
import type { Because, Profile, Ranking, Recommendations } from '../../schemas/types.ts';
import type { GatewayDependencies } from '../dependencies.ts';
import type { ServingReads } from '../serving-reads.ts';

export interface Candidate {
  readonly item_id: string;
  readonly score: number;
  readonly algorithm: string;
  /** What the customer did that led here. An interaction without id happened in the request's session only. */
  readonly because: readonly Cause[];
  /** The ranking it comes from. */
  readonly list?: string;
  /** Probability with which it was put in its place. Left out: 1, nothing is left to chance. */
  readonly propensity?: number;
}

export type Cause = Pick<Because, 'item_id'> & Partial<Because>;

/** Why it is not the list that was asked for. */
export const fallbackReasons = [
  'unknown_customer',
  'no_consent',
  'no_list_yet',
  'unknown_items',
  'store_unavailable',
] as const;
export type FallbackReason = (typeof fallbackReasons)[number];

type Dependencies = Pick<GatewayDependencies, 'scoreSession'> & { readonly reads: ServingReads };

export interface Ranked {
  readonly candidates: readonly Candidate[];
  /** Event time of the newest of the rankings; null when there was none. */
  readonly updatedMs: number | null;
}

/** In order, best first. */
export type Candidates = Pick<readonly Candidate[], 'length' | 'slice'>;

/** Each is made when it is looked at: a list is longer than what most ask for. */
export function ownCandidates({ items, because }: Recommendations): Candidates {
  const candidateOf = (item: Recommendations['items'][number]): Candidate => ({
    item_id: item.item_id,
    score: item.score,
    algorithm: item.algorithm,
    propensity: item.propensity,
    because: item.because.length === 0 ? noCauses : item.because.flatMap((index) => because[index] ?? []),
  });
  return { length: items.length, slice: (start, end) => items.slice(start, end).map(candidateOf) };
}

const noCauses: readonly Cause[] = [];

/** Computed from the request alone: nothing of it is kept. */
export async function sessionCandidates(
  session: readonly string[],
  limit: number,
  { scoreSession }: Dependencies,
): Promise<Candidate[]> {
  if (session.length === 0) return [];
  const suggestions = await scoreSession(session, limit);
  return suggestions.map(({ item_id, score, algorithm, because }) => ({
    item_id,
    score,
    algorithm,
    because: because.map((item) => ({ item_id: item })),
  }));
}

export interface RankingsOf {
  readonly categories: readonly string[];
  readonly campaign: string | null;
  readonly location: string | null;
  readonly channel: string | null;
  readonly segment: string | null;
  readonly profile: Profile | undefined;
}

/**
 * The rankings that fit best, one after the other: of the categories asked for, of the campaign, of the location, of the channel, of the segment, then of the whole shop.
 * Without what was bought.
 */
export async function rankedCandidates(
  { categories, campaign, location, channel, segment, profile }: RankingsOf,
  reads: ServingReads,
): Promise<Ranked> {
  const place = location ?? profile?.location ?? null;
  const rankings = await reads.knownRankings([
    ...categories.map(ofCategory),
    ...(campaign === null ? [] : [`popular:campaign:${campaign}`]),
    ...(place === null ? [] : [`popular:location:${place}`]),
    ...(channel === null ? [] : [`popular:channel:${channel}`]),
    ...(segment === null ? [] : [`popular:segment:${segment}`]),
    'trending',
    'popular',
  ]);
  return { candidates: inRankings(rankings, profile), updatedMs: newestOf(rankings) };
}

/** What is popular in categories, for a list whose conditions the other rankings don't fulfil. */
export async function categoryCandidates(
  categories: Iterable<string>,
  profile: Profile | undefined,
  reads: ServingReads,
): Promise<readonly Candidate[]> {
  return inRankings(await reads.knownRankings([...categories].map(ofCategory)), profile);
}

function inRankings(rankings: readonly Ranking[], profile: Profile | undefined): readonly Candidate[] {
  const all = rankings.flatMap(candidatesOf);
  if (profile === undefined || profile.bought.length === 0) return all;
  const bought = new Set(profile.bought.map(({ item_id }) => item_id));
  return all.filter(({ item_id }) => !bought.has(item_id));
}

/** A ranking's candidates are the same for everybody, and there are hundreds of them. */
const ofRanking = new WeakMap<Ranking, readonly Candidate[]>();

function candidatesOf(ranking: Ranking): readonly Candidate[] {
  const known = ofRanking.get(ranking);
  if (known !== undefined) return known;
  const { list, items } = ranking;
  const algorithm = list.split(':')[0] ?? list;
  const candidates = items.map(({ item_id, score }) => ({ item_id, score, algorithm, because: [], list }));
  ofRanking.set(ranking, candidates);
  return candidates;
}

function ofCategory(name: string): string {
  return `popular:category:${name}`;
}

function newestOf(rankings: readonly Ranking[]): number | null {
  return rankings.length === 0 ? null : Math.max(...rankings.map(({ updated_at }) => updated_at));
}
