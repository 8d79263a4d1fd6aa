// A list whose items differ: each place goes to what is relevant and unlike what stands above (Carbonell and Goldstein, "The Use of MMR,
// Diversity-Based Reranking", SIGIR 1998, section 2).

export interface MarginalRelevanceOptions {
  /** 0 leaves the order as it is, 1 looks at nothing but difference. */
  readonly diversity: number;
  readonly limit: number;
  /** Of two items, in [0, 1]. */
  readonly similarity: (one: number, other: number) => number;
}

/** @param items best first. @param scores by place; they are put on a scale from 0 to 1 first. */
export function spreadByRelevance(
  items: ArrayLike<number>,
  scores: ArrayLike<number>,
  { diversity, limit, similarity }: MarginalRelevanceOptions,
): number[] {
  const count = items.length;
  const [most, least] = [scores[0] ?? 0, scores[count - 1] ?? 0];
  const relevance = Float64Array.from(items, (_, at) => (most === least ? 1 : ((scores[at] as number) - least) / (most - least))); // prettier-ignore
  /** By place: the likeness to the most alike of those chosen. */
  const alike = new Float64Array(count);
  const isChosen = new Uint8Array(count);
  const chosen: number[] = [];
  while (chosen.length < Math.min(limit, count)) {
    const next = bestPlace(relevance, alike, isChosen, diversity);
    isChosen[next] = 1;
    const item = items[next] as number;
    chosen.push(item);
    for (let at = 0; at < count; at += 1)
      if (isChosen[at] === 0) alike[at] = Math.max(alike[at] as number, similarity(items[at] as number, item));
  }
  return chosen;
}

/** Of equal ones the first. */
function bestPlace(relevance: Float64Array, alike: Float64Array, isChosen: Uint8Array, diversity: number): number {
  let best = -1;
  let most = -Infinity;
  for (let at = 0; at < relevance.length; at += 1) {
    if (isChosen[at] === 1) continue;
    const gain = (1 - diversity) * (relevance[at] as number) - diversity * (alike[at] as number);
    if (gain > most) [best, most] = [at, gain];
  }
  return best;
}
