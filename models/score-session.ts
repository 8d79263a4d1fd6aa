// A list for somebody of whom only the items of one session are known: neighbours of these items, then what is popular. For visitors
// who haven't consented to more; nothing is looked up by who they are.
//
// The weights are those of sequential rules (Ludewig and Jannach, "Evaluation of session-based recommendation algorithms", UMUAI
// 2018, section 3.1): an item `distance` steps back counts 1 ÷ distance.
import { placeScore } from './popularity.ts';

export interface SessionScoring {
  /** Item ids, oldest first. */
  readonly session: readonly string[];
  /** Similar items; scores are positive. */
  readonly neighboursOf: (itemId: string) => readonly { readonly item_id: string; readonly score: number }[];
  /** Item ids, the most popular first. */
  readonly fallback: readonly string[];
  /** Items wanted. */
  readonly limit: number;
  /** What may be offered. @default everything */
  readonly isOffered?: (itemId: string) => boolean;
}

export interface ScoredItem {
  readonly item_id: string;
  /** In (0, 1], falling. */
  readonly score: number;
  readonly algorithm: 'co_visitation' | 'popular';
  /** The items of the session that led to it, the strongest first. */
  readonly because: readonly string[];
}

/** Latest distinct items of the session that count. */
const STEPS_MAX = 10;

/** What an item counts that the session has already seen. */
const SEEN_FACTOR = 0.5;

/** Of the best one's score: less says nothing. */
const LEAST_SHARE = 1e-9;

const REASONS_MAX = 2;

/** Best first; equal scores by smaller id. The item last looked at is left out. */
export function scoreSession({
  session,
  neighboursOf,
  fallback,
  limit,
  isOffered = () => true,
}: SessionScoring): ScoredItem[] {
  const latestFirst = [...new Set(session.toReversed())].slice(0, STEPS_MAX);
  const seen = new Set(latestFirst);
  const found = new Map<string, { score: number; parts: { from: string; score: number }[] }>();
  for (const [step, from] of latestFirst.entries()) {
    for (const { item_id, score } of neighboursOf(from)) {
      if (item_id === latestFirst[0] || !(score > 0 && score < Infinity) || !isOffered(item_id)) continue;
      const part = (score / (step + 1)) * (seen.has(item_id) ? SEEN_FACTOR : 1);
      if (part === 0) continue; // too small for a number
      const sum = found.get(item_id) ?? { score: 0, parts: [] };
      sum.score += part;
      sum.parts.push({ from, score: part });
      found.set(item_id, sum);
    }
  }
  const best = [...found]
    .sort(([a, one], [b, other]) => other.score - one.score || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([item_id, { score, parts }]) => ({ item_id, score, because: strongest(parts) }));
  const most = best[0]?.score ?? 1;
  const similar = best
    .map((one) => ({ ...one, score: one.score / most, algorithm: 'co_visitation' as const }))
    .filter(({ score }) => score >= LEAST_SHARE);
  const taken = new Set(similar.map(({ item_id }) => item_id));
  if (latestFirst[0] !== undefined) taken.add(latestFirst[0]);
  const popular = [...new Set(fallback)].filter((itemId) => !taken.has(itemId) && isOffered(itemId));
  const least = similar.at(-1)?.score ?? 1;
  return [
    ...similar,
    ...popular.slice(0, limit - similar.length).map((itemId, place) => popularItem(itemId, place, least)),
  ];
}

function strongest(parts: readonly { from: string; score: number }[]): string[] {
  return parts
    .toSorted((one, other) => other.score - one.score)
    .slice(0, REASONS_MAX)
    .map(({ from }) => from);
}

function popularItem(item_id: string, place: number, least: number): ScoredItem {
  return { item_id, score: least * placeScore(place + 1), algorithm: 'popular', because: [] };
}
