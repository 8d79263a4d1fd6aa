// Of each item those that are described alike.
import { ContentIndex } from '../models/content-index.ts';
import { ItemRowsBuilder, type ItemRows } from '../models/item-rows.ts';
import { SparseScores } from '../models/sparse-scores.ts';
import type { Item } from '../schemas/types.ts';

const ALIKE_MAX = 20;

/** @param ids the numbering of the rows; whoever is not described has an empty one. */
export function contentRows(ids: readonly string[], described: ReadonlyMap<string, Item>): ItemRows {
  const index = new ContentIndex({ itemsMax: Infinity });
  for (const id of ids) index.describe(id, described.get(id) ?? null);
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const rows = new ItemRowsBuilder();
  const scores = new SparseScores(ids.length);
  for (const id of ids) {
    for (const { itemId, score } of index.alike(id, ALIKE_MAX)) scores.add(numbers.get(itemId) as number, score);
    rows.addBest(scores, ALIKE_MAX);
  }
  return rows.build();
}
