// What a transaction on Kafka costs, by each client library: in turns on the same broker, each round on topics of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import type { NewRecord, Transactor } from '../streams/log/log.ts';
import { openKafkaLog } from '../streams/log/kafka/open.ts';
import type { KafkaClientName } from '../streams/log/kafka/settings.ts';
import { startKafka } from '../test/servers/kafka.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { quantiles, rounded } from './lib/quantiles.ts';

const CLIENTS: readonly KafkaClientName[] = ['kafkajs', 'platformatic'];
const ROUNDS = 3;
const PARTITIONS = 4;
const VALUE_BYTES = 200;
const WARM_UP = 20;
/** As far apart as batches of a task that has little to do. */
const PACE_MS = 20;
const BULK_RECORDS = 10_000;

interface Load {
  readonly name: string;
  readonly records: number;
  readonly share: number;
  readonly pauseMs: number;
}

/** `share` of the seconds of a round. */
const LOADS: readonly Load[] = [
  { name: 'one_record_back_to_back', records: 1, share: 0.35, pauseMs: 0 },
  { name: 'one_record_paced', records: 1, share: 0.25, pauseMs: PACE_MS },
  { name: 'bulk', records: BULK_RECORDS, share: 0.4, pauseMs: 0 },
];

export async function run({ seconds = 8 }: BenchOptions): Promise<Figures> {
  const kafka = await startKafka();
  if (kafka === undefined) throw new Error('This needs a Kafka broker: install java and mvn.');
  try {
    const rounds: Figures[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const client of CLIENTS) {
        const figures = await measure(client, kafka.address(), `round-${round}-${client}`, seconds * 1000);
        rounds.push({ round, client, ...figures });
        console.log(rounds.at(-1));
      }
    }
    return { rounds };
  } finally {
    await kafka.remove();
  }
}

async function measure(client: KafkaClientName, address: string, topic: string, budgetMs: number): Promise<Figures> {
  const log = await openKafkaLog({ client, brokers: [address] });
  await log.ensureTopics([{ name: topic, partitions: PARTITIONS, cleanup: 'delete' }]);
  const transactor = await log.openTransactor(topic);
  const figures: Record<string, Figures> = {};
  for (const load of LOADS) figures[load.name] = await measureLoad(transactor, topic, load, budgetMs * load.share);
  await log.close();
  return figures;
}

async function measureLoad(transactor: Transactor, topic: string, load: Load, forMs: number): Promise<Figures> {
  const records = recordsFor(topic, load.records);
  for (let commit = 0; commit < WARM_UP; commit += 1) await transactor.commit({ records: records.slice(0, 1) });
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  const tookMs: number[] = [];
  while (performance.now() - startMs < forMs) {
    if (load.pauseMs > 0) await sleep(load.pauseMs);
    const beginMs = performance.now();
    await transactor.commit({ records });
    tookMs.push(performance.now() - beginMs);
  }
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    commits_per_second: rounded(tookMs.length / seconds),
    records_per_second: Math.round((tookMs.length * load.records) / seconds),
    commit_ms: quantiles(tookMs),
    cpu_us_per_commit: Math.round((user + system) / tookMs.length),
  };
}

function recordsFor(topic: string, count: number): NewRecord[] {
  const value = Buffer.alloc(VALUE_BYTES, 'v');
  return Array.from({ length: count }, (_, number) => {
    const partition = number % PARTITIONS;
    return { topic, partition, key: Buffer.from(`key-${number}`), value, timestampMs: number };
  });
}
