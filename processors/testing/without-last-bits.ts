// For comparing what was added up in different orders.

/** A copy of a record with its numbers, also those in maps, as text of six decimals. */
export function withoutLastBits(record: object): object {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, rounded(value)]));
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return value.toFixed(6);
  return value instanceof Map ? new Map([...value].map(([key, one]) => [key, rounded(one)])) : value;
}
