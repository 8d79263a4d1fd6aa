// A process of the bench `streams`: counts per key with our runtime, as the Kafka Streams baseline does it: state on disk with its
// table on the log, each new count written to a topic, everything exactly once. Prints one line of JSON.
import { join } from 'node:path';
import { jsonCodec, processor, stage, table, topic } from '../../streams/index.ts';
import { openKafkaLog } from '../../streams/log/kafka/open.ts';
import type { KafkaClientName } from '../../streams/log/kafka/settings.ts';
import { runStages, topicsOf } from '../../streams/run.ts';
import { openLmdbStateStore } from '../../streams/store/lmdb.ts';
import { collectRarely } from '../../system/garbage-collection.ts';
import type { CountFigures, CountRun } from './kafka-streams.ts';

export interface CountStageRun extends CountRun {
  readonly client: KafkaClientName;
  readonly prefix: string;
  readonly partitions: number;
}

/** The events' own text is not read, as the baseline does not read it either. */
const events = topic<string>({ name: 'events', cleanup: 'delete', codec: text() });
const counts = table<number>({ name: 'counts', codec: jsonCodec<number>() });
const counted = topic<number>({ name: 'counted', cleanup: 'delete', codec: jsonCodec<number>() });

const count = processor({
  name: 'count',
  reads: { events },
  keeps: { counts },
  on: {
    events: ({ key }, { tables }) => tables.counts.set(key, (tables.counts.get(key) ?? 0) + 1),
  },
});

/** Once per key and transaction, as the baseline's cache does it. */
const report = processor({
  name: 'report',
  reads: { counts },
  writes: { counted },
  conflates: ['counts'],
  on: {
    counts: ({ key, value }, { out }) => out.counted.send(key, value),
  },
});

const transactionMs = 100;
/** All keys find room, as in the baseline's cache of 10 MiB: an entry is estimated at 0.7 kB, and the older half may be gone. */
const decodedBytesMax = 128 * 2 ** 20;

collectRarely();
const run = JSON.parse(process.argv[2] ?? '') as CountStageRun; // written by the bench
const stages = [stage('count', [count, report])];
const log = await openKafkaLog({ client: run.client, brokers: [run.brokers], replicationFactor: 1 });
await log.ensureTopics(topicsOf(stages, run.prefix, run.partitions));
const stateStore = await openLmdbStateStore(join(run.folder, 'state'));
const done = Promise.withResolvers<void>();
let [firstMs, committed] = [0, 0];
const running = runStages({
  log,
  stateStore,
  stages,
  prefix: run.prefix,
  settings: {
    batchMsMax: transactionMs,
    backlogMsMax: transactionMs,
    batchRecordsMax: 20_000,
    conflatedMax: 20_000,
    queue: { recordsMax: 20_000, bytesMax: 16 * 2 ** 20 },
  },
  decodedBytesMax,
  observer: {
    batch: ({ byTopic }) => {
      committed += byTopic.get(events.name) ?? 0;
      if (committed >= run.events) done.resolve();
    },
    taskState: (_stage, _partition, state) => {
      if (state === 'running' && firstMs === 0) firstMs = performance.now();
    },
  },
});
await running.started;
await done.promise;
const seconds = (performance.now() - firstMs) / 1000;
const { user, system } = process.cpuUsage();
await running.stop();
await stateStore.close();
await log.close();
const figures: CountFigures = {
  events_per_second: Math.round(run.events / seconds),
  seconds: Math.round(seconds * 100) / 100,
  cpu_seconds: Math.round((user + system) / 1e5) / 10,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function text() {
  return { encode: (value: string) => Buffer.from(value), decode: (bytes: Buffer) => bytes.toString('latin1') };
}
