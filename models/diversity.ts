// A list that isn't all of one kind: every further item of a category counts for less. This is the gain of α-nDCG (Clarke et al.,
// "Novelty and Diversity in Information Retrieval Evaluation", SIGIR 2008, section 3) with categories in the place of its nuggets.

export interface Spread {
  /** Places in the original ranking, best first. */
  readonly order: number[];
  /** By place in the original ranking: what the item counts now. */
  readonly scores: number[];
}

/** Items of no known category are all of different kinds. */
export const NO_CATEGORY = -1;

/**
 * Ranks anew, best first and of equals the one ranked higher before. An item that j better ones of its category precede counts
 * `keep ** j` of its score, so the greedy choice at every place is simply the order of what the items count now.
 *
 * @param scores not negative, falling.
 * @param categories by place, as the scores.
 * @param keep in [0, 1]; 1 changes nothing.
 */
export function spreadCategories(scores: readonly number[], categories: readonly number[], keep: number): Spread {
  const before = new Map<number, number>();
  const spread = [...scores];
  for (let place = 0; place < spread.length; place += 1) {
    const category = categories[place] as number;
    if (category === NO_CATEGORY) continue;
    const share = before.get(category) ?? 1;
    before.set(category, share * keep);
    spread[place] = (spread[place] as number) * share;
  }
  return { order: inOrder(spread), scores: spread };
}

/** Insertion sort: the ranking is nearly in order already. */
function inOrder(scores: readonly number[]): number[] {
  const order: number[] = [];
  for (let place = 0; place < scores.length; place += 1) {
    const score = scores[place] as number;
    let at = place;
    while (at > 0 && (scores[order[at - 1] as number] as number) < score) {
      order[at] = order[at - 1] as number;
      at -= 1;
    }
    order[at] = place;
  }
  return order;
}
