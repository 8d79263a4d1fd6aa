// How soon a process on Kafka has its state again: from the log alone, with an empty data folder, and with the folder it had, after
// kill -9. Many customers, by each client.
import { join } from 'node:path';
import { kafkaClientNames } from '../streams/log/kafka/settings.ts';
import { stages } from '../processors/topology.ts';
import { openLogOn, partitions, prefix, type OnKafka } from '../test/faults/processing.ts';
import { physicalName } from '../streams/index.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { cpuSecondsOf, ownMibOf } from './lib/process-cost.ts';
import { rounded } from './lib/quantiles.ts';
import { seedCustomersOn } from './lib/seed-customers.ts';
import { startIn, withServers, type Servers } from './lib/shop-on-servers.ts';
import { inTemporaryFolder } from './lib/temporary-folder.ts';

const READY_WITHIN_MS = 1_200_000;
const command = ['run', ...stages.map(({ name }) => name)];
const seeder = kafkaClientNames[0];

export async function run({ customers = 1_000_000 }: BenchOptions): Promise<Figures> {
  return withServers(seeder, (servers) =>
    inTemporaryFolder(async (folder) => {
      const kafka: OnKafka = { brokers: servers.kafka.address(), client: seeder };
      const startMs = performance.now();
      await seedCustomersOn(kafka, join(folder, 'seeding'), customers);
      const seeding_seconds = rounded((performance.now() - startMs) / 1000);
      const table_records = await recordsOfTables(kafka);
      console.log(
        `${customers.toLocaleString('en')} customers, ${table_records.toLocaleString('en')} records of tables`,
      );
      const clients: Record<string, Figures> = {};
      for (const client of kafkaClientNames) {
        clients[client] = await restoreTwice(servers, join(folder, client), client);
        console.log(`${client}:`, clients[client]);
      }
      return { customers, table_records, seeding_seconds, goal_restart_ms: 5_000, ...clients };
    }),
  );
}

async function restoreTwice(servers: Servers, dataDir: string, client: string): Promise<Figures> {
  const environment = { ...servers.environment, KAFKA_CLIENT: client };
  const fromNothing = await startIn(dataDir, environment, command);
  const restoreMs = await fromNothing.ready(READY_WITHIN_MS);
  const cpu = cpuSecondsOf(fromNothing.pid);
  await fromNothing.kill();
  const again = await startIn(dataDir, environment, command);
  const restartMs = await again.ready(READY_WITHIN_MS);
  const figures = {
    from_the_log_ms: rounded(restoreMs),
    from_the_log_cpu_seconds: cpu,
    with_its_folder_ms: rounded(restartMs),
    with_its_folder_cpu_seconds: cpuSecondsOf(again.pid),
    own_mib: ownMibOf(again.pid),
  };
  await again.stop();
  return figures;
}

async function recordsOfTables(kafka: OnKafka): Promise<number> {
  const log = await openLogOn(kafka);
  let records = 0;
  for (const name of stages.flatMap((stage) => [...stage.tables.keys()])) {
    for (let partition = 0; partition < partitions; partition += 1) {
      records += (await log.offsets({ topic: physicalName(prefix, name), partition })).end;
    }
  }
  await log.close();
  return records;
}
