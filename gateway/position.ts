// Position tokens: where in the log something stands, as text. "3:1234" is offset 1234 of partition 3; several are
// separated by commas. A read given such a token waits until its answer reflects them.
export interface Position {
  readonly partition: number;
  readonly offset: number;
}

const positionsMax = 256;

/** The furthest offset of each partition. */
export function positionToken(places: readonly Position[]): string {
  const furthest = new Map<number, number>();
  for (const { partition, offset } of places) furthest.set(partition, Math.max(offset, furthest.get(partition) ?? 0));
  return [...furthest]
    .sort(([a], [b]) => a - b)
    .map(([partition, offset]) => `${partition}:${offset}`)
    .join(',');
}

/** undefined when it is no token. */
export function parsePositionToken(token: string): Position[] | undefined {
  const parts = token.split(',', positionsMax + 1);
  if (parts.length > positionsMax || !parts.every((part) => /^\d{1,4}:\d{1,15}$/.test(part))) return undefined;
  return parts.map((part) => {
    const [partition, offset] = part.split(':').map(Number);
    return { partition: partition ?? 0, offset: offset ?? 0 };
  });
}
