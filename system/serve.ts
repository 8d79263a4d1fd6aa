// The serve sink: which topics the gateway's read model holds, and how it is written.
import { sink, type SinkDefinition, type SinkTarget } from '../streams/index.ts';
import { physicalName, type StageDefinition } from '../streams/index.ts';
import type { ServingStore } from '../serving/serving-store.ts';
import type { Log, TopicOffset } from '../streams/log/log.ts';
import * as topics from '../schemas/topics.ts';
import { isStorable } from '../streams/store/stored-key.ts';

/** Never changed: the group of the sink is named after it, and the progress of what it copies. */
const SINK = 'serve';

/** Collections of the serving store have the topics' logical names. */
export function serveSink(stages: readonly StageDefinition[]): SinkDefinition {
  return sink({
    name: SINK,
    reads: [
      topics.recommendations,
      topics.profiles,
      topics.erasures,
      topics.segments,
      topics.items,
      topics.itemFeatures,
      topics.basketTotals,
      topics.rankings,
    ],
    follows: stages,
  });
}

export interface ServingTargetOptions {
  readonly store: ServingStore;
  readonly log: Pick<Log, 'offsets'>;
  readonly prefix: string;
  /** Hears why the store was emptied, to be filled anew. */
  readonly onReset?: (reason: string) => void;
}

export function servingTarget({ store, log, prefix, onReset }: ServingTargetOptions): SinkTarget {
  return {
    positions: async () => {
      const positions = await store.positions();
      const ahead = await firstAhead(positions, log);
      if (ahead === undefined) return positions;
      onReset?.(`it is ahead of ${ahead.topic}/${ahead.partition}`);
      await store.reset();
      return [];
    },
    ...(store.onLost !== undefined && { onLost: store.onLost.bind(store) }),
    write: (batches, progress) =>
      store.write(
        batches.map(({ topic, topicName, partition, from, records, nextOffset }) => ({
          topic,
          partition,
          from,
          nextOffset,
          entries: records
            .map((record) => ({
              collection: topicName,
              key: String(record.key ?? ''),
              value: record.value,
              offset: record.offset,
            }))
            .filter(isReadable),
        })),
        [
          ...progress.flatMap(({ stage, partition, inputs }) =>
            Object.entries(inputs).map(([input, offset]) => ({
              stage,
              partition,
              topic: physicalName(prefix, input),
              offset,
            })),
          ),
          // Items come straight from outside: who has written one may wait until its copy is readable.
          ...batches
            .filter(({ topicName }) => topicName === topics.items.name)
            .map(({ topic, partition, nextOffset }) => ({ stage: SINK, topic, partition, offset: nextOffset })),
        ],
      ),
  };
}

/** A store may know records that the log has lost in a crash of the machine, or be that of another log. */
async function firstAhead(
  positions: readonly TopicOffset[],
  log: Pick<Log, 'offsets'>,
): Promise<TopicOffset | undefined> {
  const ends = await Promise.all(positions.map(async (position) => (await log.offsets(position)).end));
  return positions.find(({ offset }, index) => offset > (ends[index] ?? 0));
}

/**
 * Items are written by anybody. What is no item is left out, as the lookups do (who say so): the gateway could not show it, and a
 * key that can't be stored would hold up the sink for ever.
 */
function isReadable({ collection, key, value }: { collection: string; key: string; value: Buffer | null }): boolean {
  if (collection !== topics.items.name) return true;
  if (key === '' || !isStorable(key)) return false;
  if (value === null) return true;
  try {
    topics.items.codec.decode(value);
    return true;
  } catch {
    return false; // left out, see above
  }
}
