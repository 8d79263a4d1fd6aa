// Takes the best candidates that may be shown, each item once, with what the catalogue says of it.
import type { Item } from '../../schemas/types.ts';
import { isAvailable } from '../catalogue/available.ts';
import type { Filter } from '../rules/rule-book.ts';
import type { ServingReads } from '../serving-reads.ts';
import type { Candidate } from './candidates.ts';

export interface Chosen extends Candidate {
  readonly item: Item | undefined;
}

/**
 * `further` is asked for only when `candidates` don't fill the list. Their scores measure something else: they are put below those
 * of the candidates, and in an answer scores never rise.
 */
export async function choose(
  candidates: readonly Candidate[],
  further: () => Promise<readonly Candidate[]>,
  limit: number,
  { reads, lets, nowMs }: { reads: ServingReads; lets: Filter; nowMs: number },
): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  const seen = new Set<string>();
  await fill(candidates);
  if (chosen.length === limit) return chosen;
  const own = chosen.length;
  await fill(await further());
  return own === 0 ? neverRising(chosen) : scaledBelow(chosen, own);

  /** Reads only as many items as the list still needs: most of them can be shown. */
  async function fill(from: readonly Candidate[]): Promise<void> {
    for (let start = 0; start < from.length && chosen.length < limit;) {
      const some = from.slice(start, start + limit - chosen.length);
      start += some.length;
      const fresh = some.filter(({ item_id }) => !seen.has(item_id) && seen.add(item_id));
      const items = await reads.items(fresh.map(({ item_id }) => item_id));
      fresh.forEach((candidate, index) => {
        const item = items[index];
        if (isAvailable(item, nowMs) && lets(candidate.item_id, item)) chosen.push({ ...candidate, item });
      });
    }
  }
}

/** One ranking follows on another, each with scores of its own. */
function neverRising(chosen: readonly Chosen[]): Chosen[] {
  let score = Infinity;
  return chosen.map((each) => ({ ...each, score: (score = Math.min(score, each.score)) }));
}

/** From place `own` on only the order means something: a half, a third, a quarter … of the last score before. */
function scaledBelow(chosen: readonly Chosen[], own: number): Chosen[] {
  const last = Math.max(0, chosen[own - 1]?.score ?? 0);
  return chosen.map((each, place) => (place < own ? each : { ...each, score: last / (place - own + 2) }));
}
