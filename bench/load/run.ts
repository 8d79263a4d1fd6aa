// `npm run load -- --minutes 30`: a shop's traffic on a real broker and Redis, with two processes for the stages and one for the API.
// Meanwhile one of the two is killed with SIGKILL and started again, and a model is trained and put to use. It ends with a report, and
// with 1 when anything is wrong: an answer, a dead letter, a model that nobody uses, and, unless `--times reported`, requests that were
// turned away (503) at first and times or memory out of budget. `--rate` is requests per second.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runFreshet, type Environment, type FreshetProcess } from '../../test/end-to-end/freshet-process.ts';
import { openLogOn } from '../../test/faults/processing.ts';
import type { KafkaClientName } from '../../streams/log/kafka/settings.ts';
import { describeMachine } from '../lib/machine.ts';
import { rounded } from '../lib/quantiles.ts';
import { fillPast } from '../lib/shop-folder.ts';
import { gatewayCommand, stagesCommand, startIn, withServers } from '../lib/shop-on-servers.ts';
import { inTemporaryFolder } from '../lib/temporary-folder.ts';
import { workedOff } from '../lib/worked-off.ts';
import { builtK6, sendTraffic, type Times, type TrafficReport } from './k6.ts';
import { watchMemory, type MemoryOf } from './memory.ts';

/** Shares of the run at which it happens. */
const KILL_AT = 0.3;
const TRAIN_AT = 0.6;
const AWAY_S = 5;
/** So long after the kill freshness is told apart: the session's end, the move of the tasks, what waited. */
const AWAY_TOLD_S = 45;
const SESSION_TIMEOUT_MS = '6000';
const MODEL_IN_USE_WITHIN_MS = 120_000;
const READY_WITHIN_MS = 120_000;

/** On a machine that is not used for anything else. */
const BUDGET = {
  readP99Ms: 85,
  writeP99Ms: 150,
  freshnessP99Ms: 2_000,
  freshnessWhileAwayMs: 30_000,
  memoryGrowth: 0.1,
  /** In less time memory is still on its way to where it stays. */
  memoryMinutesMin: 10,
};

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
const complaints: string[] = [];

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
  await trained(environment, gateway);
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
    await swapped(environment, gateway);
    return again;
  })();
  const [report, again] = await Promise.all([traffic, happening]);
  const memories = memory();
  await Promise.all([staying, again].map((each) => workedOff(each)));
  tellTraffic(report);
  tellMemory(memories);
  const { dead_letters: letters } = (await gateway.ask('GET', '/api/v1/dead-letters')).json<{
    dead_letters: unknown[];
  }>();
  console.log(`left to process 0, dead letters ${letters.length}`);
  if (letters.length > 0) complaints.push(`${letters.length} dead letters, the first ${JSON.stringify(letters[0])}`);
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

/** Trains from all that is in the log, and puts the model to use. Answers its version. */
async function trained(environment: Environment, gateway: FreshetProcess): Promise<string> {
  const run = await runFreshet(['train', 'recommend', '--force', '--json'], environment);
  if (run.code !== 0) throw new Error(`the training failed:\n${run.output}`);
  const { version } = JSON.parse(run.output.slice(run.output.indexOf('{'))) as { version: string };
  for (const untilMs = Date.now() + MODEL_IN_USE_WITHIN_MS; !(await isInUse(gateway, version)); await sleep(200)) {
    if (Date.now() > untilMs) {
      complaints.push(`no list was made with the model ${version}`);
      break;
    }
  }
  return version;
}

async function swapped(environment: Environment, gateway: FreshetProcess): Promise<void> {
  const startedMs = performance.now();
  const version = await trained(environment, gateway);
  console.log(`trained and in use after ${Math.round((performance.now() - startedMs) / 1000)} s: ${version}`);
}

/** A new event makes a new list, which names the model. */
async function isInUse(gateway: FreshetProcess, version: string): Promise<boolean> {
  const event = { customer_id: 'who-asks-for-the-model', event_type: 'search' };
  const { position } = (await gateway.ask('POST', '/api/v1/interactions', event)).json<{ position: string }>();
  const path = `/api/v1/recommendations/${event.customer_id}?min_position=${position}`;
  return (await gateway.ask('GET', path)).json<{ model: string }>().model.includes(version);
}

function tellTraffic(report: TrafficReport): void {
  console.table(
    report.routes.map(({ name, count, wrong, turnedAway, p50, p99, max }) => ({
      what: name,
      requests: count,
      wrong,
      'turned away': turnedAway,
      'p50 ms': rounded(p50),
      'p99 ms': rounded(p99),
      'max ms': rounded(max),
    })),
  );
  for (const line of report.wrongAnswers) console.log(line);
  const wrong = report.routes.reduce((sum, route) => sum + route.wrong, 0);
  if (wrong > 0) complaints.push(`${wrong} answers were not as they must be`);
  const turnedAway = report.routes.reduce((sum, route) => sum + route.turnedAway, 0);
  if (turnedAway > 0) late(`${turnedAway} requests were turned away before they were answered`);
  console.log(`${report.dropped} requests could not be sent at their time`);
  tellFreshness('freshness', report.freshness, BUDGET.freshnessP99Ms);
  tellFreshness('freshness while a process was away', report.freshnessWhileAway, BUDGET.freshnessWhileAwayMs);
  for (const { name, p99 } of report.routes) {
    // A probe's read waits for the event.
    const budgetMs = name.startsWith('POST') ? BUDGET.writeP99Ms : BUDGET.readP99Ms;
    if (name !== 'GET probe' && p99 > budgetMs) late(`${name}: p99 of ${rounded(p99)} ms, more than ${budgetMs} ms`);
  }
}

function tellFreshness(what: string, times: Times | undefined, budgetMs: number): void {
  if (times === undefined) return void complaints.push(`${what}: nothing was measured`);
  const { count, p50, p99, max } = times;
  console.log(`${what}: p50 ${rounded(p50)} ms, p99 ${rounded(p99)} ms, max ${rounded(max)} ms of ${count}`);
  if (p99 > budgetMs) late(`${what}: p99 of ${rounded(p99)} ms, more than ${budgetMs} ms`);
}

function tellMemory(memories: readonly MemoryOf[]): void {
  for (const { name, quarters, growth } of memories) {
    const told = quarters.map((each) => Math.round(each)).join(', ');
    console.log(
      `own memory of ${name}, MiB by quarter: ${told} (${rounded(growth * 100)} % from the second to the last)`,
    );
    if (minutes >= BUDGET.memoryMinutesMin && growth > BUDGET.memoryGrowth) late(`the memory of ${name} grows`);
  }
}

function late(complaint: string): void {
  if (values.times === 'held') complaints.push(complaint);
  else console.log(`out of budget, only told here: ${complaint}`);
}
