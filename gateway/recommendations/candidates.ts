// Where a list's items come from: the customer's own list, the session in the request, or the rankings.
import type { Because, Profile, Recommendations } from '../../schemas/types.ts';
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
}

export type Cause = Pick<Because, 'item_id'> & Partial<Because>;

/** Why the customer's own list could not be used. */
export type FallbackReason = 'unknown_customer' | 'no_consent' | 'no_list_yet';

type Dependencies = Pick<GatewayDependencies, 'scoreSession'> & { readonly reads: ServingReads };

export function ownCandidates({ items, because }: Recommendations): Candidate[] {
  return items.map((item) => ({
    item_id: item.item_id,
    score: item.score,
    algorithm: item.algorithm,
    because: item.because.flatMap((index) => because[index] ?? []),
  }));
}

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

/** The rankings that fit best, one after the other: of the channel, of the segment, then of the whole shop. Without what was bought. */
export async function rankedCandidates(
  { channel, segment, profile }: { channel: string | null; segment: string | null; profile: Profile | undefined },
  { reads }: Dependencies,
): Promise<Candidate[]> {
  const lists = [
    ...(channel === null ? [] : [`popular:channel:${channel}`]),
    ...(segment === null ? [] : [`popular:segment:${segment}`]),
    'trending',
    'popular',
  ];
  const rankings = await reads.rankings(lists);
  const bought = new Set(profile?.bought.map(({ item_id }) => item_id));
  return rankings.flatMap(({ list, items }) =>
    items
      .filter(({ item_id }) => !bought.has(item_id))
      .map(({ item_id, score }) => ({
        item_id,
        score,
        algorithm: list.split(':')[0] ?? list,
        because: [],
        list,
      })),
  );
}
