// What a customer sees while work moves between processes on Kafka, and what many tasks take: connections and memory. By each client.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stages } from '../processors/topology.ts';
import { kafkaClientNames } from '../streams/log/kafka/settings.ts';
import type { FreshetProcess } from '../test/end-to-end/freshet-process.ts';
import type { Figures } from './lib/bench.ts';
import { ownMibOf, rssMibOf } from './lib/process-cost.ts';
import { rounded } from './lib/quantiles.ts';
import { gatewayCommand, stagesCommand, startIn, withServers, type Servers } from './lib/shop-on-servers.ts';
import { inTemporaryFolder } from './lib/temporary-folder.ts';

/** Their events fall on all partitions. */
const CUSTOMERS = 16;
const LOOK_EVERY_MS = 10;
const QUIET_MS = 5_000;
const MOVES_WITHIN_MS = 60_000;
const MANY_PARTITIONS = 16;
const SETTLE_MS = 10_000;

export async function run(): Promise<Figures> {
  const figures: Record<string, Figures> = {};
  for (const client of kafkaClientNames) {
    const pauses = await withServers(client, (servers) => inTemporaryFolder((folder) => moveWork(servers, folder)));
    const tasks = await withServers(client, (servers) => inTemporaryFolder((folder) => manyTasks(servers, folder)));
    figures[client] = { longest_wait_ms: pauses, many_tasks: tasks };
    console.log(`${client}:`, figures[client]);
  }
  return figures;
}

/** The longest that any of the customers waited for a list that knows the latest click. */
async function moveWork({ environment }: Servers, folder: string): Promise<Figures> {
  const start = (name: string) => startIn(join(folder, name), environment, stagesCommand);
  const first = await start('first');
  const second = await start('second');
  const gateway = await startIn(join(folder, 'gateway'), environment, gatewayCommand);
  await Promise.all([gateway.ready(), second.ready()]);
  const figures: Record<string, number> = { nothing_happens: await longestWait(gateway, () => sleep(QUIET_MS)) };
  let third: FreshetProcess | undefined;
  figures['one_is_added'] = await longestWait(gateway, async () => {
    third = await start('third');
    await third.ready();
  });
  figures['one_is_stopped'] = await longestWait(gateway, async () => void (await third?.stop()));
  figures['one_is_killed'] = await longestWait(gateway, async () => void (await second.kill()));
  await Promise.all([gateway.stop(), first.stop()]);
  return figures;
}

/** Customers click all the time, each as soon as the last click shows, until some time after `happens`. */
async function longestWait(gateway: FreshetProcess, happens: () => Promise<void>): Promise<number> {
  let isOver = false;
  let longestMs = 0;
  const click = async (number: number) => {
    while (!isOver) {
      const startMs = performance.now();
      await untilItShows(gateway, `customer-${number}`);
      longestMs = Math.max(longestMs, performance.now() - startMs);
    }
  };
  const clicking = Array.from({ length: CUSTOMERS }, (_, number) => click(number));
  await sleep(QUIET_MS);
  longestMs = 0;
  await happens();
  await sleep(QUIET_MS);
  isOver = true;
  await Promise.all(clicking);
  return rounded(longestMs);
}

/** @throws Error when it does not for a minute. */
async function untilItShows(gateway: FreshetProcess, customer_id: string): Promise<void> {
  const event = { customer_id, event_type: 'view', item_id: 'lamp' };
  const posted = await gateway.ask('POST', '/api/v1/interactions', event);
  if (posted.status !== 202) throw new Error(`${posted.status} for a good event: ${posted.text}`);
  const { position } = posted.json<{ position: string }>();
  const path = `/api/v1/customers/${customer_id}?min_position=${position}`;
  for (const untilMs = performance.now() + MOVES_WITHIN_MS; performance.now() < untilMs; await sleep(LOOK_EVERY_MS)) {
    const answer = await gateway.ask('GET', path);
    if (answer.status === 200 && answer.json<{ position_reached: boolean | null }>().position_reached === true) return;
  }
  throw new Error(`the click of ${customer_id} does not show`);
}

/** One process with a task of each stage for each of many partitions. */
async function manyTasks({ environment, kafka }: Servers, folder: string): Promise<Figures> {
  const all = { ...environment, PARTITIONS: String(MANY_PARTITIONS) };
  const worker = await startIn(join(folder, 'many'), all, stagesCommand);
  await worker.ready();
  await sleep(SETTLE_MS);
  const figures = {
    tasks: stages.length * MANY_PARTITIONS,
    connections_to_the_broker: connectionsTo(kafka.address()),
    rss_mib: rssMibOf(worker.pid),
    own_mib: ownMibOf(worker.pid),
  };
  await worker.stop();
  return figures;
}

/** Open ones on this machine, as Linux lists them. */
function connectionsTo(address: string): number {
  const established = '01';
  const port = Number(address.split(':').at(-1)).toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote, state]) => state === established && remote?.endsWith(`:${port}`) === true).length;
}
