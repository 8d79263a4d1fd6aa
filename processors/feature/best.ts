// The best few of many items, best first, without sorting the many: an item is described at every batch in which it is touched.

export interface Scored {
  readonly item_id: string;
  readonly score: number;
}

/** Changes `best`: takes the item in if it is among the best `countMax`. Of two alike the smaller id is better. */
export function offer(best: Scored[], item_id: string, score: number, countMax: number): void {
  if (best.length >= countMax) {
    if (!isBetter(item_id, score, best[countMax - 1] as Scored)) return;
    best.pop();
  }
  let place = best.length;
  while (place > 0 && isBetter(item_id, score, best[place - 1] as Scored)) {
    best[place] = best[place - 1] as Scored;
    place -= 1;
  }
  best[place] = { item_id, score };
}

function isBetter(item_id: string, score: number, other: Scored): boolean {
  return score > other.score || (score === other.score && item_id < other.item_id);
}
