// The same stateful count, exactly once on one broker, by Java's Kafka Streams and by our runtime with each Kafka client; and the customers
// stage with scoring beside it. In turns, since the machine is shared: what counts is the ratio.
import { kafkaClientNames, type KafkaClientName } from '../streams/log/kafka/settings.ts';
import { openKafkaLog } from '../streams/log/kafka/open.ts';
import { partitionOf } from '../streams/index.ts';
import type { NewRecord } from '../streams/log/log.ts';
import { openLogOn } from '../test/faults/processing.ts';
import { startKafka, type KafkaServer } from '../test/servers/kafka.ts';
import { fillLog } from './lib/backlog.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { askChild } from './lib/child.ts';
import type { CountStageRun } from './lib/count-stage.ts';
import { countWithKafkaStreams, type CountFigures, type CountRun } from './lib/kafka-streams.ts';
import type { BacklogFigures, ProcessBacklog } from './lib/process-backlog.ts';
import { inTemporaryFolder } from './lib/temporary-folder.ts';

const partitions = 4;
const keys = 50_000;
const valueBytes = 200;
const rounds = 2;
const chunk = 5_000;
/** Of the customers stage. */
const interactions = 100_000;
const baselineName = 'kafka_streams';

export async function run({ events = 1_000_000, sessions = 100_000 }: BenchOptions): Promise<Figures> {
  const counts = await onKafka((kafka) => inTurns(kafka.address(), events));
  const customers: Record<string, BacklogFigures> = {};
  for (const client of kafkaClientNames) customers[client] = await customersStage(client, sessions);
  const ratios = { ratio_to_kafka_streams: { ...ratiosOf(counts), ...stageRatios(counts, customers) } };
  return { events, keys, value_bytes: valueBytes, partitions, counts, customers_stage: customers, ...ratios };
}

async function onKafka<T>(use: (kafka: KafkaServer) => Promise<T>): Promise<T> {
  const kafka = await startKafka();
  if (kafka === undefined) throw new Error('this bench needs Java and Maven');
  try {
    return await use(kafka);
  } finally {
    await kafka.remove();
  }
}

type Runs = Readonly<Record<string, readonly CountFigures[]>>;

async function inTurns(brokers: string, events: number): Promise<Runs> {
  const all: Record<string, CountFigures[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, count] of contestants) {
      const prefix = `bench-${name}-${round}`;
      const input = `${prefix}.events.v1`;
      await fill(brokers, input, events);
      const output = `${prefix}.counted-by-streams.v1`;
      const figures = await inTemporaryFolder((folder) => count({ brokers, prefix, input, output, events, folder }));
      (all[name] ??= []).push(figures);
      console.log(`${name}: ${figures.events_per_second}/s, ${figures.cpu_seconds} s of CPU`);
    }
  }
  return all;
}

/** The demo shop's traffic through the stage that serves customers, scoring included, on a broker of its own. */
function customersStage(client: KafkaClientName, sessions: number): Promise<BacklogFigures> {
  return onKafka((server) =>
    inTemporaryFolder(async (dataDir) => {
      const kafka = { brokers: server.address(), client };
      const log = await openLogOn(kafka);
      await fillLog(log, { workload: 'shop', events: interactions, sessions });
      await log.close();
      const task: ProcessBacklog = { dataDir, everything: false, kafka };
      const figures = await askChild<BacklogFigures>(new URL('./lib/process-backlog.ts', import.meta.url), task);
      console.log(`customers stage, ${client}: ${figures.events_per_second}/s, ${figures.cpu_seconds} s of CPU`);
      return figures;
    }),
  );
}

type Count = (run: CountRun & { readonly prefix: string }) => Promise<CountFigures>;

const ours = (client: KafkaClientName): Count => {
  return (run) => {
    const task: CountStageRun = { ...run, client, partitions };
    return askChild<CountFigures>(new URL('./lib/count-stage.ts', import.meta.url), task);
  };
};

const contestants: readonly [string, Count][] = [
  [baselineName, countWithKafkaStreams],
  ...kafkaClientNames.map((client): [string, Count] => [client, ours(client)]),
];

/** The input, and the topic that the baseline does not make itself. */
async function fill(brokers: string, input: string, events: number): Promise<void> {
  const log = await openKafkaLog({ brokers: [brokers], replicationFactor: 1 });
  const output = input.replace('.events.', '.counted-by-streams.');
  await log.ensureTopics([input, output].map((name) => ({ name, partitions, cleanup: 'delete' })));
  const value = Buffer.alloc(valueBytes, 'x');
  for (let from = 0; from < events; from += chunk) {
    const count = Math.min(chunk, events - from);
    await log.append(Array.from({ length: count }, (_, index) => record(input, from + index, value)));
  }
  await log.close();
}

/** In an order without pattern. */
function record(topic: string, number: number, value: Buffer): NewRecord {
  const key = Buffer.from(`k${(Math.imul(number, 0x9e3779b1) >>> 0) % keys}`);
  return { topic, partition: partitionOf(key, partitions), key, value, timestampMs: 1_700_000_000_000 + number };
}

function ratiosOf(counts: Runs): Figures {
  return Object.fromEntries(Object.keys(counts).map((name) => [name, ratio(bestOf(counts, name), counts)]));
}

function stageRatios(counts: Runs, customers: Readonly<Record<string, BacklogFigures>>): Figures {
  const ratios = Object.entries(customers).map(([client, { events_per_second }]) => [
    `customers_stage_${client}`,
    ratio(events_per_second, counts),
  ]);
  return Object.fromEntries(ratios) as Figures;
}

function ratio(eventsPerSecond: number, counts: Runs): number {
  return Math.round((eventsPerSecond / bestOf(counts, baselineName)) * 100) / 100;
}

function bestOf(counts: Runs, name: string): number {
  return Math.max(...(counts[name] ?? []).map((figures) => figures.events_per_second));
}
