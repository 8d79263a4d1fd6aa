// Takes the best candidates that may be shown, each item once, with what the catalogue says of it.
import type { Item } from '../../schemas/types.ts';
import { isAvailable } from '../catalogue/available.ts';
import type { ServingReads } from '../serving-reads.ts';
import type { Candidate } from './candidates.ts';

export interface Chosen extends Candidate {
  readonly item: Item | undefined;
}

/** `further` is asked for only when `candidates` don't fill the list. */
export async function choose(
  candidates: readonly Candidate[],
  further: () => Promise<readonly Candidate[]>,
  limit: number,
  { reads, nowMs }: { reads: ServingReads; nowMs: number },
): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  const seen = new Set<string>();
  await fill(candidates);
  if (chosen.length < limit) await fill(await further());
  return chosen;

  /** Reads only as many items as the list still needs: most of them can be shown. */
  async function fill(from: readonly Candidate[]): Promise<void> {
    for (let start = 0; start < from.length && chosen.length < limit;) {
      const some = from.slice(start, start + limit - chosen.length);
      start += some.length;
      const fresh = some.filter(({ item_id }) => !seen.has(item_id) && seen.add(item_id));
      const items = await reads.items(fresh.map(({ item_id }) => item_id));
      fresh.forEach((candidate, index) => {
        const item = items[index];
        if (isAvailable(item, nowMs)) chosen.push({ ...candidate, item });
      });
    }
  }
}
