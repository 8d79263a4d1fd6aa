// Chooses a list's items in the order that the shop's rules ask for: pins in front, scores that count for more or less, caps.
import { isAvailable } from '../catalogue/available.ts';
import { Caps, type Arrangement } from '../rules/arrangement.ts';
import type { ServingReads } from '../serving-reads.ts';
import type { Candidate, Candidates } from './candidates.ts';
import { choose, type Choice, type Chosen, type Source } from './choose.ts';

/** As `choose`. What is in `session` somebody has before their eyes: it is not pinned. */
export async function chooseArranged(
  candidates: Candidates,
  further: readonly Source[],
  choice: Choice,
  arrangement: Arrangement,
  session: readonly string[],
): Promise<readonly Chosen[]> {
  const { limit, lets, reads } = choice;
  const pinned = await pinnedOf(arrangement, choice, session);
  const caps = new Caps(arrangement);
  for (const { item } of pinned) caps.take(item);
  const isPinned = new Set(pinned.map(({ item_id }) => item_id));
  const others = await choose(
    await weighed(candidates, arrangement, reads),
    further.map(
      (source): Source =>
        async (seen) =>
          weighed(await source(seen), arrangement, reads),
    ),
    {
      ...choice,
      caps,
      limit: limit - pinned.length,
      lets: (itemId, item) => !isPinned.has(itemId) && lets(itemId, item),
    },
  );
  return withPinned(pinned, others);
}

/** Those that may be shown; one that the catalogue does not know is a mistake rather than an offer. */
async function pinnedOf(
  { pinned }: Arrangement,
  { limit, lets, reads, nowMs }: Choice,
  session: readonly string[],
): Promise<readonly Chosen[]> {
  if (pinned.length === 0) return [];
  const items = await reads.items(pinned);
  return pinned
    .map((item_id, index) => ({ item_id, item: items[index], score: 0, algorithm: 'pinned', because: [] }))
    .filter(({ item_id, item }) => item !== undefined && isAvailable(item, nowMs) && lets(item_id, item))
    .filter(({ item_id }) => !session.includes(item_id))
    .slice(0, limit);
}

/** In front of the others, with the best score of these; a list of pins alone has 1. */
function withPinned(pinned: readonly Chosen[], others: readonly Chosen[]): readonly Chosen[] {
  if (pinned.length === 0) return others;
  const score = others[0]?.score ?? 1;
  return [...pinned.map((each) => ({ ...each, score })), ...others];
}

/** Best first by the weighed scores. Those of different rankings are not compared: one ranking stays behind the other. */
async function weighed(
  unweighed: Candidates,
  { weighs, factorOf }: Arrangement,
  reads: ServingReads,
): Promise<readonly Candidate[]> {
  const candidates = unweighed.slice(0, unweighed.length);
  if (!weighs) return candidates;
  const items = await reads.items(candidates.map(({ item_id }) => item_id));
  const counted = candidates.map((each, index) => ({
    ...each,
    score: Math.max(0, each.score) * factorOf(each.item_id, items[index], each.algorithm),
  }));
  return [...Map.groupBy(counted, ({ list }) => list).values()].flatMap(ordered);
}

/** What is tried out stays in its place: its propensity is that of the place. */
function ordered(candidates: readonly Candidate[]): Candidate[] {
  const isTried = ({ algorithm }: Candidate) => algorithm === 'exploration';
  const others = candidates.filter((one) => !isTried(one)).sort((one, other) => other.score - one.score).values(); // prettier-ignore
  return candidates.map((one) => (isTried(one) ? one : (others.next().value as Candidate)));
}
