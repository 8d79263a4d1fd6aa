// Which items may be shown right now. Asked at every read, so that an item sold out or withdrawn is gone from all lists at once.
import type { Item } from '../../schemas/types.ts';

/** An item that the catalogue does not know may be shown: a shop need not upload its catalogue to be served. */
export function isAvailable(item: Item | undefined, nowMs: number): boolean {
  if (item === undefined) return true;
  return item.in_stock && !item.hidden && (item.published_at ?? 0) <= nowMs && (item.expires_at ?? Infinity) > nowMs;
}
