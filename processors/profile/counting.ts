// Counts by name, with a bound on the names: they come from outside.

const OTHER = 'other';

/** Changes `counts`. Once `namesMax` names are known, new ones count as `other`. */
export function countName(counts: Record<string, number>, name: string, namesMax: number, by = 1): void {
  const counted = Object.hasOwn(counts, name) || Object.keys(counts).length < namesMax ? name : OTHER;
  counts[counted] = (Object.hasOwn(counts, counted) ? (counts[counted] ?? 0) : 0) + by;
}

/** Names that are safe as keys and short enough as labels: a letter first, so never `__proto__`. */
const NAME = /^\p{L}[\p{L}\p{N} _.:/-]{0,63}$/u;

export function isName(text: string): boolean {
  return NAME.test(text);
}

export function nameOrOther(text: string): string {
  return isName(text) ? text : OTHER;
}
