// The log that a training reads and makes its model known to, whether or not a server is using it.
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { modelsDirOf, readSettings, type Settings } from '../../config/settings.ts';
import { openKafkaLog } from '../../streams/log/kafka/open.ts';
import { visitEmbeddedLog } from '../../streams/log/embedded/visited-folder.ts';
import { kafkaSettings } from '../../system/kafka-settings.ts';
import { translateLog } from '../../system/translate-log.ts';
import type { HistoryLog } from '../../training/read-history.ts';
import { learntRecords, type Learnt } from '../../training/learnt-records.ts';
import { Misused, textOption, type Arguments } from '../command.ts';
import { urlOption } from '../server-address.ts';
import { publishToFolder } from './publish-to-folder.ts';

export interface TrainingLog {
  /** For people. */
  readonly name: string;
  readonly log: HistoryLog;
  readonly prefix: string;
  /** Where artefacts lie. */
  readonly modelsDir: string;
  publish(learnt: Learnt): Promise<void>;
  close(): Promise<void>;
}

export async function openTrainingLog(args: Arguments): Promise<TrainingLog> {
  const { settings } = readSettings();
  const folder = textOption(args, 'data-dir');
  if (settings.kafkaBrokers.length === 0) return inFolder(args, settings, resolve(folder ?? settings.dataDir));
  if (folder !== undefined || urlOption(args) !== undefined)
    throw new Misused('with KAFKA_BROKERS the log is on the brokers: leave --data-dir and --url out');
  return onBrokers(settings);
}

async function inFolder(args: Arguments, settings: Settings, dataDir: string): Promise<TrainingLog> {
  const log = await visitEmbeddedLog(join(dataDir, 'log'));
  return {
    name: join(dataDir, 'log'),
    log,
    prefix: settings.topicPrefix,
    modelsDir: modelsDirOf({ ...settings, dataDir }),
    publish: (learnt) => publishToFolder(learnt, dataDir, settings, args),
    close: () => log.close(),
  };
}

async function onBrokers(settings: Settings): Promise<TrainingLog> {
  const { topicPrefix: prefix, partitions, kafkaBrokers } = settings;
  const opened = await openKafkaLog(kafkaSettings(settings, 'freshet-train', pino({ level: 'silent' })));
  const { log } = await translateLog(opened, settings);
  return {
    name: kafkaBrokers.join(', '),
    log,
    prefix,
    modelsDir: modelsDirOf(settings),
    publish: async (learnt) => {
      await log.append(learntRecords(learnt, prefix, partitions));
    },
    close: () => log.close(),
  };
}
