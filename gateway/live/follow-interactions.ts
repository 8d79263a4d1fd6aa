// Follows the interactions at the end of the log, for those who watch. Nothing is read while nobody does.
import { interactions as topic } from '../../schemas/topics.ts';
import type { Interaction } from '../../schemas/types.ts';
import type { GatewayDependencies, Placed } from '../dependencies.ts';

type Dependencies = Pick<GatewayDependencies, 'log' | 'physicalName' | 'settings' | 'clock' | 'logger'>;

export interface Seen {
  readonly interaction: Interaction;
  readonly partition: number;
  readonly offset: number;
}

const waitMs = 500;
const pauseAfterErrorMs = 2000;
/** So many records of each partition are shown from before somebody began to watch. */
const formerRecords = 8;

/** Calls `each` until `signal` is aborted. Goes on after errors: whoever watches can do nothing about them. */
export async function followInteractions(
  dependencies: Dependencies,
  each: (seen: Seen) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await readOn(dependencies, each, signal);
    } catch (error) {
      dependencies.logger.warn({ err: error }, 'the live stream of interactions was interrupted');
      await dependencies.clock.sleep(pauseAfterErrorMs, signal);
    }
  }
}

async function readOn(dependencies: Dependencies, each: (seen: Seen) => void, signal: AbortSignal): Promise<void> {
  const reader = dependencies.log.openReader(await nearTheEnd(dependencies));
  try {
    while (!signal.aborted) {
      for (const { records } of await reader.read(waitMs)) {
        for (const { partition, offset, value } of records) {
          const interaction = readable(value);
          if (interaction !== undefined) each({ interaction, partition, offset });
        }
      }
    }
  } finally {
    await reader.close();
  }
}

/** What can't be read goes to the dead letters, where it is shown with its reason. */
function readable(value: Buffer | null): Interaction | undefined {
  if (value === null) return undefined;
  try {
    return topic.codec.decode(value);
  } catch {
    return undefined;
  }
}

function nearTheEnd({ log, physicalName, settings }: Dependencies): Promise<Placed[]> {
  const name = physicalName(topic.name);
  const partitions = Array.from({ length: settings.partitions }, (_, partition) => ({ topic: name, partition }));
  return Promise.all(
    partitions.map(async (partition) => {
      const { start, end } = await log.offsets(partition);
      return { ...partition, offset: Math.max(start, end - formerRecords) };
    }),
  );
}
