// How good one list is, as pure functions of where the items that were right stand in it. Ranks count from 1 and rise; items that are
// not in the list have none. All relevance is binary.

/** 1 when one of the first `k` is right, else 0. */
export function hitAt(ranks: readonly number[], k: number): number {
  return ranks[0] !== undefined && ranks[0] <= k ? 1 : 0;
}

/** 1 ÷ the rank of the first that is right, 0 past `k`. */
export function reciprocalRankAt(ranks: readonly number[], k: number): number {
  return ranks[0] !== undefined && ranks[0] <= k ? 1 / ranks[0] : 0;
}

/** Which part of the `relevant` right items is among the first `k`. */
export function recallAt(ranks: readonly number[], relevant: number, k: number): number {
  return relevant === 0 ? 0 : countWithin(ranks, k) / relevant;
}

/** Discounted gain over that of the best list of `k` (Järvelin and Kekäläinen 2002, with log2(rank + 1)). */
export function ndcgAt(ranks: readonly number[], relevant: number, k: number): number {
  let ideal = 0;
  for (let rank = 1; rank <= Math.min(k, relevant); rank += 1) ideal += gainAt(rank);
  let gained = 0;
  for (const rank of ranks) if (rank <= k) gained += gainAt(rank);
  return ideal === 0 ? 0 : gained / ideal;
}

/** Mean of the precisions at each right item, over min(k, relevant): its mean over lists is MAP at `k`. */
export function averagePrecisionAt(ranks: readonly number[], relevant: number, k: number): number {
  let sum = 0;
  ranks.forEach((rank, found) => {
    if (rank <= k) sum += (found + 1) / rank;
  });
  return relevant === 0 ? 0 : sum / Math.min(k, relevant);
}

function countWithin(ranks: readonly number[], k: number): number {
  let count = 0;
  for (const rank of ranks) if (rank <= k) count += 1;
  return count;
}

function gainAt(rank: number): number {
  return 1 / Math.log2(rank + 1);
}
