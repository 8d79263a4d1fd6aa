// What the catalogue says of items. Kept for a while: the same ones are shown again and again.
import { get } from '../frame/api.js';

const keptMs = 60_000;
const keptMax = 500;
const kept = new Map();

/** null when the catalogue does not know the item. */
export function itemDetails(itemId) {
  const known = kept.get(itemId);
  if (known !== undefined && Date.now() - known.atMs < keptMs) return known.item;
  const item = get(`/api/v1/items/${encodeURIComponent(itemId)}`).catch(() => {
    kept.delete(itemId);
    return null;
  });
  kept.delete(itemId);
  kept.set(itemId, { item, atMs: Date.now() });
  if (kept.size > keptMax) kept.delete(kept.keys().next().value);
  return item;
}
