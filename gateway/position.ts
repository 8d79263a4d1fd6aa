// Position tokens: where in the log something stands, as text. "3:1234" is offset 1234 of partition 3 of the interactions,
// "customers/3:12" of another topic; several are separated by commas. A read given such a token waits until its answer reflects it.
export interface Position {
  readonly topic: PositionTopic;
  readonly partition: number;
  readonly offset: number;
}

/** The topics that are written over HTTP, by their logical names. */
export type PositionTopic = (typeof topics)[number];

const topics = ['interactions', 'customers', 'items'] as const;

/** Whose name a token leaves out. */
const unnamed = 'interactions' satisfies PositionTopic;
export const positionsMax = 256;

/** The furthest offset of each partition. */
export function positionToken(
  places: readonly { readonly partition: number; readonly offset: number }[],
  topic: PositionTopic = unnamed,
): string {
  const furthest = new Map<number, number>();
  for (const { partition, offset } of places) furthest.set(partition, Math.max(offset, furthest.get(partition) ?? 0));
  const name = topic === unnamed ? '' : `${topic}/`;
  return [...furthest]
    .sort(([a], [b]) => a - b)
    .map(([partition, offset]) => `${name}${partition}:${offset}`)
    .join(',');
}

/** undefined when it is no token. */
export function parsePositionToken(token: string): Position[] | undefined {
  const parts = token.split(',', positionsMax + 1);
  if (parts.length > positionsMax) return undefined;
  const positions = parts.map(parsePosition);
  return positions.every((position) => position !== undefined) ? positions : undefined;
}

function parsePosition(part: string): Position | undefined {
  const match = /^(?:([a-z]+)\/)?(0|[1-9]\d{0,3}):(\d{1,15})$/.exec(part);
  const topic = topics.find((name) => name === (match?.[1] ?? unnamed));
  if (match === null || topic === undefined) return undefined;
  return { topic, partition: Number(match[2]), offset: Number(match[3]) };
}
