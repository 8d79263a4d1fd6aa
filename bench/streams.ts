// The same stateful count, exactly once on one broker, by Java's Kafka Streams and by our runtime with each Kafka client; and the customers
// stage with scoring beside it. In turns, since the machine is shared: what counts is the ratio.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaClientNames, type KafkaClientName } from '../streams/log/kafka/settings.ts';
import { openKafkaLog } from '../streams/log/kafka/open.ts';
import { partitionOf } from '../streams/index.ts';
import type { NewRecord } from '../streams/log/log.ts';
import { openLogOn } from '../test/faults/processing.ts';
import { startKafka, type KafkaServer } from '../test/servers/kafka.ts';
import { fillPast, READY_FILE, waitingOf } from './lib/backlog.ts';
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
/** Of the customers stage, for each of its processes: together they take about as long as the baseline takes to count. */
const interactions = 300_000;
/** Of the customers stage, which handles events in one thread each. */
const processCounts = [1, 2];
const baselineName = 'kafka_streams';

export async function run({ events = 1_000_000, sessions = 100_000 }: BenchOptions): Promise<Figures> {
  const counts = await onKafka((kafka) => inTurns(kafka.address(), events));
  const customers: Record<string, StageFigures> = {};
  for (const client of kafkaClientNames)
    for (const processes of processCounts)
      customers[`${client}_${processes}`] = await customersStage(client, sessions, processes);
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

interface StageFigures {
  readonly events_per_second: number;
  readonly cpu_seconds: number;
  readonly by_process: readonly BacklogFigures[];
}

/**
 * The demo shop's traffic through the stage that serves customers, scoring included, on a broker of its own. It all becomes readable at once,
 * when each process has its share of the tasks.
 */
function customersStage(client: KafkaClientName, sessions: number, processes: number): Promise<StageFigures> {
  return onKafka(async (server) => {
    const kafka = { brokers: server.address(), client };
    const log = await openLogOn(kafka);
    await fillPast(log, { sessions });
    const events = processes * interactions;
    const started = Array.from({ length: processes }, () => startShare({ kafka, shared: { processes, events } }));
    await Promise.all(started.map(({ hasTasks }) => hasTasks));
    const transactor = await log.openTransactor('backlog');
    await transactor.commit({ records: [...waitingOf({ workload: 'shop', events })] });
    const figures = together(await Promise.all(started.map((share) => share.figures)));
    await transactor.close();
    await log.close();
    const { events_per_second: perSecond, cpu_seconds: cpu } = figures;
    console.log(`customers stage, ${client}, processes: ${processes}: ${perSecond}/s, ${cpu} s of CPU`);
    return figures;
  });
}

function startShare(of: Pick<ProcessBacklog, 'kafka' | 'shared'>) {
  const hasTasks = Promise.withResolvers<void>();
  const figures = inTemporaryFolder((dataDir) => {
    const task: ProcessBacklog = { dataDir, everything: false, ...of };
    const answer = askChild<BacklogFigures>(new URL('./lib/process-backlog.ts', import.meta.url), task);
    const looking = setInterval(() => {
      if (existsSync(join(dataDir, READY_FILE))) hasTasks.resolve();
    }, 100);
    return answer.finally(() => clearInterval(looking));
  });
  figures.catch(hasTasks.reject);
  return { hasTasks: hasTasks.promise, figures };
}

/** From the first one's first batch to the last one's last: that they share the work out counts too. */
function together(all: readonly BacklogFigures[]): StageFigures {
  const fromMs = Math.min(...all.map(({ from_ms }) => from_ms));
  const untilMs = Math.max(...all.map(({ until_ms }) => until_ms));
  const sum = (of: (figures: BacklogFigures) => number) => all.reduce((total, each) => total + of(each), 0);
  return {
    events_per_second: Math.round((sum(({ events }) => events) * 1000) / (untilMs - fromMs)),
    cpu_seconds: Math.round(10 * sum(({ cpu_seconds }) => cpu_seconds)) / 10,
    by_process: all,
  };
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

function stageRatios(counts: Runs, customers: Readonly<Record<string, StageFigures>>): Figures {
  const ratios = Object.entries(customers).map(([name, { events_per_second }]) => [
    `customers_stage_${name}`,
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
