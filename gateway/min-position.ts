// The parameter `min_position`: a read that is to reflect a write waits for it, for a bounded time, and says whether it does.
import type { GatewayDependencies } from './dependencies.ts';
import { wrongParameter } from './errors.ts';
import { parameter } from './parameters.ts';
import { parsePositionToken, type Position, type PositionTopic } from './position.ts';
import type { ServingReads } from './serving-reads.ts';

type Dependencies = Pick<GatewayDependencies, 'partitionOf' | 'settings'> & { readonly reads: ServingReads };

/** null when it isn't asked for. Positions of topics that the answer is not made from are refused: nobody could keep the promise. */
export function minPositionOf(query: URLSearchParams, topics: readonly PositionTopic[]): readonly Position[] | null {
  const token = parameter(query, 'min_position');
  if (token === null) return null;
  const positions = parsePositionToken(token);
  if (positions === undefined)
    throw wrongParameter('min_position', 'must be a position that a write has answered, such as 3:1234.');
  if (!positions.every(({ topic }) => topics.includes(topic)))
    throw wrongParameter('min_position', `must be of a write that this answer reflects: of ${topics.join(' or ')}.`);
  return positions;
}

/** What the answer says of it. Only the key's own partition matters for what is read of the key. */
export async function waitedFor(
  minPosition: readonly Position[] | null,
  key: string,
  { partitionOf, reads, settings }: Dependencies,
): Promise<{ readonly position_reached?: boolean }> {
  if (minPosition === null) return {};
  const partition = partitionOf(Buffer.from(key));
  const concerned = minPosition.filter((each) => each.partition === partition);
  const furthest = Map.groupBy(concerned, ({ topic }) => topic);
  const reached = await Promise.all(
    [...furthest].map(([topic, positions]) => {
      const offset = Math.max(...positions.map((each) => each.offset));
      return reads.waitForProgress({ topic, partition, offset }, settings.minPositionWaitMs);
    }),
  );
  return { position_reached: reached.every(Boolean) };
}
