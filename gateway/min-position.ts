// The parameter `min_position`: a read that is to reflect a write waits for it, for a bounded time, and says whether it does.
import { single, type Parameter } from './contract/parameters.ts';
import type { GatewayDependencies } from './dependencies.ts';
import { Problem } from './errors.ts';
import { parsePositionToken, positionsMax, type Position, type PositionTopic } from './position.ts';
import type { ServingReads } from './serving-reads.ts';

type Dependencies = Pick<GatewayDependencies, 'partitionOf' | 'settings'> & { readonly reads: ServingReads };

export type MinPosition = readonly Position[] | null;

/** Positions of topics that the answer is not made from are refused: nobody could keep the promise. */
export function minPosition(
  topics: readonly PositionTopic[],
  { partitions }: Pick<GatewayDependencies['settings'], 'partitions'>,
): Parameter<MinPosition> {
  const description = `A position that a write has answered, or several with commas between them: the read waits, at most \`MIN_POSITION_WAIT_MS\`, until its answer reflects those in its own partition, and says in \`position_reached\` whether it does. There are partitions 0 to ${partitions - 1}; a position in another one is answered 400, as no write here has answered it.`;
  const schema = {
    type: 'string',
    maxLength: tokenCharactersMax,
    pattern: patternOf(topics, partitions),
    examples: [exampleOf[topics[0] ?? 'interactions']],
  };
  return single<MinPosition>(description, schema, null, (token, refuse) => {
    const positions = token.length > tokenCharactersMax ? undefined : parsePositionToken(token);
    if (positions === undefined) return refuse('must be a position that a write has answered, such as 3:1234.');
    if (!positions.every(({ topic }) => topics.includes(topic)))
      return refuse(`must be of a write that this answer reflects: of ${topics.join(' or ')}.`);
    const foreign = positions.find(({ partition }) => partition >= partitions);
    return foreign === undefined
      ? positions
      : refuse(`names partition ${foreign.partition}, but there are only 0 to ${partitions - 1}.`);
  });
}

const tokenCharactersMax = 8192;

/** Only positions of interactions may leave out the name of their topic. */
function patternOf(topics: readonly PositionTopic[], partitions: number): string {
  const mayBeUnnamed = topics.includes('interactions') ? '?' : '';
  const partition = Array.from({ length: partitions }, (_, number) => number).join('|');
  const one = `(?:(?:${topics.join('|')})/)${mayBeUnnamed}(?:${partition}):\\d{1,15}`;
  return `^${one}(?:,${one}){0,${positionsMax - 1}}$`;
}

const exampleOf: Record<PositionTopic, string> = {
  interactions: '3:1234',
  customers: 'customers/3:12',
  items: 'items/0:7',
};

/**
 * What the answer says of it. Only the key's own partition matters for what is read of the key: null when none of the positions is in
 * it, since then nothing was promised.
 */
export async function waitedFor(
  positions: MinPosition,
  key: string,
  { partitionOf, reads, settings }: Dependencies,
): Promise<{ readonly position_reached?: boolean | null }> {
  if (positions === null) return {};
  const partition = partitionOf(Buffer.from(key));
  const concerned = positions.filter((each) => each.partition === partition);
  if (concerned.length === 0) return { position_reached: null };
  const furthest = Map.groupBy(concerned, ({ topic }) => topic);
  const reached = await Promise.all(
    [...furthest].map(([topic, of]) => {
      const offset = Math.max(...of.map((each) => each.offset));
      return reads.waitForProgress({ topic, partition, offset }, settings.minPositionWaitMs);
    }),
  );
  return { position_reached: reached.every(Boolean) };
}

/** For who would rather have no answer than an old one. */
export function refuseNotReached({ position_reached }: { readonly position_reached?: boolean | null }): void {
  if (position_reached !== false) return;
  throw new Problem(409, 'The answer does not reflect min_position yet. Try again, or leave out strict.', {
    headers: { 'retry-after': '1' },
    members: { position_reached },
  });
}
