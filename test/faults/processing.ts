// The system without its HTTP side, in this process: log, local state, all stages, serving store. For children that are killed,
// and for measurements.
import { join } from 'node:path';
import { stages as allStages } from '../../processors/topology.ts';
import { openEmbeddedServingStore, type EmbeddedServingStore } from '../../serving/embedded.ts';
import { wallClock, type StageDefinition } from '../../streams/index.ts';
import type { EmbeddedLog } from '../../streams/log/embedded/embedded-log.ts';
import { openEmbeddedLog } from '../../streams/log/embedded/open.ts';
import type { Log } from '../../streams/log/log.ts';
import { openKafkaLog } from '../../streams/log/kafka/open.ts';
import type { KafkaClientName } from '../../streams/log/kafka/settings.ts';
import { DEFAULT_QUEUE_LIMITS } from '../../streams/record-queue.ts';
import { runSink, runStages, type RunningStages, type RuntimeObserver } from '../../streams/run.ts';
import { openLmdbStateStore } from '../../streams/store/lmdb.ts';
import { allTopics } from '../../system/open-log.ts';
import { serveSink, servingTarget } from '../../system/serve.ts';

export const prefix = 'freshet';
export const partitions = 4;

export interface OnKafka {
  readonly brokers: string;
  readonly client: KafkaClientName;
}

export interface ProcessingOptions {
  readonly dataDir: string;
  /** @default the data folder's own log */
  readonly kafka?: OnKafka | undefined;
  /** Names the process among others of its groups. @default 'local' */
  readonly instance?: string;
  /** @default all */
  readonly stages?: readonly StageDefinition[];
  readonly observer?: RuntimeObserver;
  readonly batchRecordsMax: number;
  readonly decodedBytesMax: number;
  readonly queueBytesMax: number;
}

export interface Processing {
  readonly log: Log;
  readonly serving: EmbeddedServingStore;
  readonly running: RunningStages;
  stop(): Promise<void>;
}

/** Opens the log of a data folder, with all topics of the product. */
export async function openLog(dataDir: string): Promise<EmbeddedLog> {
  return withTopics(await openEmbeddedLog({ folder: join(dataDir, 'log') }));
}

/** The same on a broker. */
export async function openLogOn({ client, brokers }: OnKafka): Promise<Log> {
  return withTopics(await openKafkaLog({ client, brokers: [brokers], replicationFactor: 1 }));
}

async function withTopics<L extends Log>(log: L): Promise<L> {
  await log.ensureTopics(allTopics({ topicPrefix: prefix, partitions }));
  return log;
}

/** The sink runs only with all stages. */
export async function startProcessing(options: ProcessingOptions): Promise<Processing> {
  const { dataDir, kafka, instance = 'local', stages = allStages, observer = {} } = options;
  const { batchRecordsMax, decodedBytesMax, queueBytesMax } = options;
  const log = kafka === undefined ? await openLog(dataDir) : await openLogOn(kafka);
  const stateStore = await openLmdbStateStore(join(dataDir, 'state'));
  const serving = await openEmbeddedServingStore(join(dataDir, 'serving', log.clusterId));
  const settings = { batchRecordsMax, queue: { ...DEFAULT_QUEUE_LIMITS, bytesMax: queueBytesMax } };
  const running = runStages({ log, stateStore, stages, prefix, instance, observer, settings, decodedBytesMax });
  const definition = serveSink(stages);
  const target = servingTarget({ store: serving, log, prefix });
  const serve =
    stages === allStages
      ? runSink({ definition, target, log, prefix, instance, clock: wallClock, observer })
      : undefined;
  return {
    log,
    serving,
    running,
    stop: async () => {
      await running.stop();
      await serve?.stop();
      await serving.close();
      await stateStore.close();
      await log.close();
    },
  };
}
