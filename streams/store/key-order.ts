// The order of keys in every store: that of their UTF-8 bytes. JavaScript's own differs, as it compares UTF-16 units.

/** Compares two texts as their UTF-8 bytes would compare, without encoding them. */
export function compareKeys(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const difference = rank(one.charCodeAt(at)) - rank(other.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Surrogates stand for code points above all others, but U+E000 to U+FFFF have higher units: swap the two. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x0800;
}
