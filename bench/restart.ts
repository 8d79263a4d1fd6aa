// How soon it answers again: after kill -9 under load with many customers, and the demonstration's second start.
import { setTimeout as sleep } from 'node:timers/promises';
import { startFreshet, type Environment, type FreshetProcess } from '../test/end-to-end/freshet-process.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { postBody } from './lib/post-body.ts';
import { cpuSecondsOf } from './lib/process-cost.ts';
import { rounded } from './lib/quantiles.ts';
import { visits, withCustomers } from './lib/seed-customers.ts';
import { inTemporaryFolder } from './lib/temporary-folder.ts';
import { workedOff } from './lib/worked-off.ts';

const ROUNDS = 3;
const LOAD_SECONDS = 5;
const LOADERS = 8;
const EVENTS_PER_POST = 20;
const ASK_EVERY_MS = 10;
const READY_WITHIN_MS = 300_000;
/** Long enough for the weeks of history that the first start brings. */
const SHOP_IS_OPEN_SECONDS = 30;

export async function run({ customers = 1_000_000, folder }: BenchOptions): Promise<Figures> {
  const demo = await inTemporaryFolder(demoTwice);
  console.log('the shop:', demo);
  const killed = await withCustomers(customers, folder, async (dataDir, seeding) => ({
    customers,
    seeding,
    ...(await killedAgainAndAgain(dataDir, customers)),
  }));
  return { demo: { goal_second_ready_ms: 2_000, ...demo }, killed: { goal_ready_ms: 5_000, ...killed } };
}

async function demoTwice(dataDir: string): Promise<Figures> {
  const environment: Environment = { DEMO: 'on' };
  const first = await startFreshet(dataDir, environment);
  const firstReadyMs = await first.ready(READY_WITHIN_MS);
  await sleep(SHOP_IS_OPEN_SECONDS * 1000);
  await first.stop();
  const second = await startFreshet(dataDir, environment);
  const secondReadyMs = await second.ready();
  const secondCpuSeconds = cpuSecondsOf(second.pid);
  await second.stop();
  return {
    first_listening_ms: rounded(first.listeningMs),
    first_ready_ms: rounded(firstReadyMs),
    second_listening_ms: rounded(second.listeningMs),
    second_ready_ms: rounded(secondReadyMs),
    // Beside the clock, which a busy machine lengthens.
    second_cpu_seconds: secondCpuSeconds,
  };
}

async function killedAgainAndAgain(dataDir: string, customers: number): Promise<Figures> {
  const afterKill: Figures[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const freshet = await startFreshet(dataDir);
    await freshet.ready(READY_WITHIN_MS);
    const loaded = loadUntilGone(freshet, customers);
    await sleep(LOAD_SECONDS * 1000);
    await freshet.kill();
    const posted = await loaded;
    afterKill.push({ posted_before_kill: posted, ...(await startAgain(dataDir, customers)) });
    console.log('after kill -9:', afterKill.at(-1));
  }
  return { after_kill: afterKill };
}

/** Milliseconds since the process was started, each asked for on its own. */
async function startAgain(dataDir: string, customers: number): Promise<Figures> {
  const startMs = performance.now();
  const freshet = await startFreshet(dataDir);
  const known = visits(customers, 0).next().value?.customer_id;
  const [read, write, ready] = await Promise.all([
    until(startMs, async () => {
      const reply = await freshet.ask('GET', `/api/v1/recommendations/${known}`);
      return reply.status === 200 && !reply.json<{ fallback: { used: boolean } }>().fallback.used;
    }),
    until(startMs, async () => {
      const event = { customer_id: known, event_type: 'search' };
      return (await freshet.ask('POST', '/api/v1/interactions', event)).status === 202;
    }),
    freshet.ready(READY_WITHIN_MS),
  ]);
  const cpuSeconds = cpuSecondsOf(freshet.pid);
  await workedOff(freshet);
  await freshet.stop();
  return {
    listening_ms: rounded(freshet.listeningMs),
    read_ms: rounded(read),
    write_ms: rounded(write),
    ready_ms: rounded(ready),
    cpu_seconds: cpuSeconds,
  };
}

async function until(startMs: number, happens: () => Promise<boolean>): Promise<number> {
  while (!(await happens())) await sleep(ASK_EVERY_MS);
  return performance.now() - startMs;
}

/** Answers how many events were accepted. */
async function loadUntilGone(freshet: FreshetProcess, customers: number): Promise<number> {
  const bodies = visits(customers, Date.now()).map(postBody);
  let accepted = 0;
  const load = async () => {
    for (;;) {
      const events = Array.from({ length: EVENTS_PER_POST }, () => bodies.next().value);
      try {
        const { status } = await freshet.ask('POST', '/api/v1/interactions', { events });
        if (status === 202) accepted += events.length;
      } catch {
        return; // it is gone
      }
    }
  };
  await Promise.all(Array.from({ length: LOADERS }, load));
  return accepted;
}
