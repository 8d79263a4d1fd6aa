// Opens the brokers of the settings for commands about their topics.
import { pino } from 'pino';
import { readSettings } from '../../config/settings.ts';
import { openKafkaLog } from '../../streams/log/kafka/open.ts';
import type { TopicTools } from '../../streams/log/kafka/topic-tools.ts';
import type { TopicSpec } from '../../streams/log/log.ts';
import { kafkaSettings } from '../../system/kafka-settings.ts';
import { allTopics } from '../../system/open-log.ts';
import { Misused } from '../command.ts';

/** @throws Misused without KAFKA_BROKERS: the embedded log makes its topics itself. */
export async function withTopics<T>(act: (topics: TopicTools, wanted: readonly TopicSpec[]) => Promise<T>): Promise<T> {
  const { settings } = readSettings();
  if (settings.kafkaBrokers.length === 0)
    throw new Misused('which brokers? Set KAFKA_BROKERS. A log in a data folder makes its topics itself.');
  const log = await openKafkaLog(kafkaSettings(settings, 'freshet-topics', pino({ level: 'silent' })));
  try {
    return await act(log.topics, allTopics(settings));
  } finally {
    await log.close();
  }
}
