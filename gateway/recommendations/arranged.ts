// Puts a list into the order that the shop's rules ask for, while it is made: pins in front, and scores that count for more or less.
import type { ServingReads } from '../serving-reads.ts';
import type { Arrangement } from '../rules/arrangement.ts';
import { isAvailable } from '../catalogue/available.ts';
import type { Filter } from '../rules/rule-book.ts';
import type { Candidate } from './candidates.ts';
import type { Chosen } from './choose.ts';

/** The pinned items that may be shown; one that the catalogue does not know is a mistake rather than an offer. Their scores are given when the rest is known: they must not be below it. */
export async function pinnedOf(
  { pinned }: Arrangement,
  { limit, lets, reads, nowMs }: { limit: number; lets: Filter; reads: ServingReads; nowMs: number },
): Promise<readonly Chosen[]> {
  if (pinned.length === 0) return [];
  const items = await reads.items(pinned);
  return pinned
    .map((item_id, index) => ({ item_id, item: items[index], score: 0, algorithm: 'pinned', because: [] }))
    .filter(({ item_id, item }) => item !== undefined && isAvailable(item, nowMs) && lets(item_id, item))
    .slice(0, limit);
}

/** In front of the others, with the best score of these; a list of pins alone has 1. */
export function withPinned(pinned: readonly Chosen[], others: readonly Chosen[]): readonly Chosen[] {
  if (pinned.length === 0) return others;
  const score = others[0]?.score ?? 1;
  return [...pinned.map((each) => ({ ...each, score })), ...others];
}

/** Best first by the weighed scores. Those of different rankings are not compared: one ranking stays behind the other. */
export async function weighed(
  candidates: readonly Candidate[],
  { weighs, factorOf }: Arrangement,
  reads: ServingReads,
): Promise<readonly Candidate[]> {
  if (!weighs) return candidates;
  const items = await reads.items(candidates.map(({ item_id }) => item_id));
  const counted = candidates.map((each, index) => ({
    ...each,
    score: Math.max(0, each.score) * factorOf(each.item_id, items[index]),
  }));
  return [...Map.groupBy(counted, ({ list }) => list).values()].flatMap((ofOne) =>
    ofOne.toSorted((one, other) => other.score - one.score),
  );
}
