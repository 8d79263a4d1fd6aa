// Opens the log that the settings name, with every topic on it.
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { stages } from '../processors/topology.ts';
import { catalogue } from '../schemas/topics.ts';
import { Misconfigured } from '../streams/index.ts';
import { openEmbeddedLog } from '../streams/log/embedded/open.ts';
import type { Log, TopicSpec } from '../streams/log/log.ts';
import { topicSpec, topicsOf } from '../streams/run.ts';
import type { DiskRoom } from './status.ts';
import { translateLog } from './translate-log.ts';

export interface OpenLog {
  readonly log: Log;
  /** Of the disk that the log is on; undefined when it is not ours. */
  readonly room: (() => DiskRoom) | undefined;
  /** Empty, or why records wait for the schema registry; undefined when there is none. */
  readonly registryProblem: (() => string) | undefined;
  /** Names this process among those that share the log. */
  readonly instance: string;
}

/**
 * What is opened is closed with `opened`.
 *
 * @throws DataFolderRefused when the data folder is foreign, newer, corrupt or in use.
 */
export async function openLog(settings: Settings, opened: AsyncDisposableStack): Promise<OpenLog> {
  if (settings.kafkaBrokers.length > 0)
    throw new Misconfigured('KAFKA_BROKERS is set, but Kafka can’t be used yet: unset it.');
  const log = await openEmbeddedLog({ folder: join(settings.dataDir, 'log') });
  opened.defer(() => log.close());
  await log.ensureTopics(allTopics(settings));
  return { ...(await translateLog(log, settings)), room: () => log.room(), instance: 'local' };
}

/** Those of the catalogue, and the runtime's own. */
export function allTopics({ topicPrefix, partitions }: Pick<Settings, 'topicPrefix' | 'partitions'>): TopicSpec[] {
  const specs = [
    ...topicsOf(stages, topicPrefix, partitions),
    ...Object.values(catalogue).map((topic) => topicSpec(topic, topicPrefix, partitions)),
  ];
  return [...new Map(specs.map((spec) => [spec.name, spec])).values()];
}
