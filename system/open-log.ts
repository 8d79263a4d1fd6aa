// Opens the log that the settings name, with every topic on it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { stages } from '../processors/topology.ts';
import { catalogue } from '../schemas/topics.ts';
import { Misconfigured } from '../streams/index.ts';
import { openEmbeddedLog } from '../streams/log/embedded/open.ts';
import type { KafkaLog } from '../streams/log/kafka/kafka-log.ts';
import { openKafkaLog } from '../streams/log/kafka/open.ts';
import type { Log, TopicSpec } from '../streams/log/log.ts';
import { takeOwnership } from '../streams/ownership.ts';
import { topicSpec, topicsOf } from '../streams/run.ts';
import { instanceOf } from './instance.ts';
import { kafkaSettings } from './kafka-settings.ts';
import { lateLog, openedInTime } from './late-log.ts';
import type { Roles } from './roles.ts';
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
 * @throws Misconfigured when the brokers refuse us, or have topics of other partition counts.
 */
export async function openLog(
  settings: Settings,
  roles: Roles,
  logger: Logger,
  opened: AsyncDisposableStack,
): Promise<OpenLog> {
  return settings.kafkaBrokers.length === 0 ? embedded(settings, opened) : onBrokers(settings, roles, logger, opened);
}

async function embedded(settings: Settings, opened: AsyncDisposableStack): Promise<OpenLog> {
  const log = await openEmbeddedLog({ folder: join(settings.dataDir, 'log') });
  opened.defer(() => log.close());
  await log.ensureTopics(allTopics(settings));
  return { log, room: () => log.room(), registryProblem: undefined, instance: 'local' };
}

async function onBrokers(
  settings: Settings,
  roles: Roles,
  logger: Logger,
  opened: AsyncDisposableStack,
): Promise<OpenLog> {
  mkdirSync(settings.dataDir, { recursive: true });
  // Here no log in the folder keeps other processes out of it.
  opened.defer(await takeOwnership(settings.dataDir));
  const instance = instanceOf(settings.dataDir);
  let registryProblem = () => '';
  const open = async () => {
    const opening = await openKafkaLog(kafkaSettings(settings, instance, logger));
    try {
      await checkTopics(opening, settings);
      const translated = await translateLog(opening, settings);
      registryProblem = translated.registryProblem ?? registryProblem;
      return translated.log;
    } catch (error) {
      await opening.close();
      throw error;
    }
  };
  const onlyReads = roles.stages.length === 0 && !roles.serve;
  const log = onlyReads
    ? await lateLog(open, logger, (error) => logger.error({ err: error }, 'there is no log: only reads are answered'))
    : await openedInTime(open, logger);
  opened.defer(() => log.close());
  const hasRegistry = settings.schemaRegistryUrl !== '';
  return { log, room: undefined, registryProblem: hasRegistry ? () => registryProblem() : undefined, instance };
}

/** @throws Misconfigured when they are not as they must be. */
async function checkTopics(log: KafkaLog, settings: Settings): Promise<void> {
  const topics = allTopics(settings);
  if (settings.kafkaCreateTopics) return log.ensureTopics(topics);
  const { missing, partitions } = await log.topics.diff(topics);
  const wrong = [
    ...missing.map(({ name }) => `${name} is missing`),
    ...partitions.map(({ topic, wanted, found }) => `${topic} has ${found} partitions, not ${wanted}`),
  ];
  if (wrong.length > 0) throw new Misconfigured(`Topics: ${wrong.join('; ')}. See freshet topics diff.`);
}

/** Those of the catalogue, and the runtime's own. */
export function allTopics({ topicPrefix, partitions }: Pick<Settings, 'topicPrefix' | 'partitions'>): TopicSpec[] {
  const specs = [
    ...topicsOf(stages, topicPrefix, partitions),
    ...Object.values(catalogue).map((topic) => topicSpec(topic, topicPrefix, partitions)),
  ];
  return [...new Map(specs.map((spec) => [spec.name, spec])).values()];
}
