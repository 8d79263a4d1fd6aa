// `npm run load -- --minutes 30`: a shop's traffic on a real broker and Redis, with two processes for the stages and one for the API.
// Meanwhile one of the two is killed with SIGKILL and started again, and a model is trained and put to use. It ends with a report, and
// with 1 when anything is wrong: an answer, a dead letter, a model that nobody uses, and, unless `--times reported`, requests that were
// turned away (503) at first and times or memory out of budget. `--rate` is requests per second.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Environment, FreshetProcess } from '../../test/end-to-end/freshet-process.ts';
import { openLogOn } from '../../test/faults/processing.ts';
import type { KafkaClientName } from '../../streams/log/kafka/settings.ts';
import { describeMachine } from '../lib/machine.ts';
import { fillPast } from '../lib/shop-folder.ts';
import { gatewayCommand, stagesCommand, startIn, withServers } from '../lib/shop-on-servers.ts';
import { inTemporaryFolder } from '../lib/temporary-folder.ts';
import { workedOff } from '../lib/worked-off.ts';
import { builtK6, sendTraffic } from './k6.ts';
import { watchMemory } from './memory.ts';
import { trainAndUse } from './model.ts';
import { Report } from './report.ts';

/** Shares of the run at which it happens. */
const KILL_AT = 0.3;
const TRAIN_AT = 0.6;
const AWAY_S = 5;
/** So long after the kill freshness is told apart: the session's end, the move of the tasks, what waited. */
const AWAY_TOLD_S = 45;
const SESSION_TIMEOUT_MS = '6000';
const READY_WITHIN_MS = 120_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '100' },
    client: { type: 'string', default: 'platformatic' },
    /** `held` against the budget, or only `reported`: for machines that are busy with other things. */
    times: { type: 'string', default: 'held' },
  },
});
const minutes = Number(values.minutes);
const seconds = Math.round(minutes * 60);
const requestsPerSecond = Number(values.rate);
const client: KafkaClientName = values.client === 'kafkajs' ? 'kafkajs' : 'platformatic';
const report = new Report(values.times === 'held');

const k6 = await builtK6();
const machine = describeMachine();
console.log(
  `${minutes} minutes, ${requestsPerSecond} requests/s and 2 probes/s, ${client}, load ${machine.load_average}`,
);
await withServers(client, ({ kafka, environment }) =>
  inTemporaryFolder(async (folder) => {
    const log = await openLogOn({ client, brokers: kafka.address() });
    await fillPast(log);
    await log.close();
    const all = { ...environment, KAFKA_SESSION_TIMEOUT_MS: SESSION_TIMEOUT_MS, MODELS_DIR: join(folder, 'models') };
    await loaded(folder, all);
  }),
);
const { complaints } = report;
for (const complaint of complaints) console.log(`WRONG: ${complaint}`);
console.log(complaints.length === 0 ? 'Load: passed' : `Load: ${complaints.length} things are wrong`);
process.exit(complaints.length === 0 ? 0 : 1);

async function loaded(folder: string, environment: Environment): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const start = async (name: string, command: readonly string[]) => {
    const started = await startIn(join(folder, name), environment, command);
    opened.defer(async () => void (await started.stop()));
    return started;
  };
  const staying = await start('stages-1', stagesCommand);
  const killed = await start('stages-2', stagesCommand);
  const gateway = await start('gateway', gatewayCommand);
  await Promise.all([staying, killed, gateway].map((each) => each.ready(READY_WITHIN_MS)));
  await Promise.all([staying, killed].map((each) => workedOff(each)));
  await trainAndUse(environment, gateway);
  console.log('all is ready: the traffic begins');

  const memory = watchMemory({ gateway: gateway.pid, 'stages that stay': staying.pid });
  const killAt = Math.round(seconds * KILL_AT);
  const traffic = sendTraffic(k6, {
    folder,
    url: gateway.url,
    requestsPerSecond,
    seconds,
    away: { from: killAt - 1, to: killAt + AWAY_TOLD_S },
  });
  const happening = (async () => {
    await sleep(killAt * 1000);
    const again = await killedAndStarted(killed, () => start('stages-2', stagesCommand));
    await sleep(Math.max(0, seconds * TRAIN_AT - killAt - AWAY_S) * 1000);
    await swapModel(environment, gateway).catch((error: unknown) => report.complain(String(error)));
    return again;
  })();
  const [measured, again] = await Promise.all([traffic, happening]);
  const memories = memory();
  await Promise.all([staying, again].map((each) => workedOff(each)));
  report.traffic(measured);
  report.memory(memories, minutes);
  const { dead_letters: letters } = (await gateway.ask('GET', '/api/v1/dead-letters')).json<{
    dead_letters: unknown[];
  }>();
  console.log(`left to process 0, dead letters ${letters.length}`);
  if (letters.length > 0) report.complain(`${letters.length} dead letters, the first ${JSON.stringify(letters[0])}`);
}

async function killedAndStarted(process: FreshetProcess, start: () => Promise<FreshetProcess>) {
  await process.kill();
  await sleep(AWAY_S * 1000);
  const again = await start();
  const readyMs = await again.ready(READY_WITHIN_MS);
  console.log(
    `a process of the stages was killed, started ${AWAY_S} s later, and ready after ${Math.round(readyMs)} ms`,
  );
  return again;
}

async function swapModel(environment: Environment, gateway: FreshetProcess): Promise<void> {
  const startedMs = performance.now();
  const version = await trainAndUse(environment, gateway);
  console.log(`trained and in use after ${Math.round((performance.now() - startedMs) / 1000)} s: ${version}`);
}
