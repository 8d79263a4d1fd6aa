// Kills the stages at any moment, from their first instruction on, again and again on the same folder: nothing that was
// accepted is lost, and nothing counts twice, in profiles and in what the items learn, two stages further.
//
// FAULTS_SEED repeats the events and the waits; what a wait hits depends on the machine.
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { interactions, itemActivity } from '../../schemas/topics.ts';
import { seededRandom } from '../../streams/random.ts';
import { Ledger, type LedgerEvent, type Recount } from './ledger.ts';
import type { Command, Report } from './processing-child.ts';
import { readTopics } from './read-log.ts';

const ROUNDS = Number(process.env['FAULTS_ROUNDS'] ?? 200);
/** On a slow machine there are fewer kills, and the name of the test says only how many were meant. */
const SECONDS_MAX = 180;
const SEED = Number(process.env['FAULTS_SEED'] ?? Date.now() % 1e6);
const CUSTOMERS = 120;
/** So many of the kills fall into the start, the others into the work. */
const STARTS_SHARE = 1 / 3;
const KILL_STARTING_WITHIN_MS = 300;
const KILL_WORKING_WITHIN_MS = 150;
const READY_WITHIN_MS = 15_000;
const REQUESTS_AT_ONCE = 4;
const EVENTS_PER_REQUEST_MAX = 12;

test(`up to ${ROUNDS} kills of the stages lose nothing and double nothing (seed ${SEED})`, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-kills-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const random = seededRandom(SEED);
  const ledger = new Ledger(SEED, CUSTOMERS);
  const readyMs: number[] = [];
  let spare = standBy();
  const untilMs = performance.now() + SECONDS_MAX * 1_000;
  let rounds = 0;
  for (; rounds < ROUNDS && performance.now() < untilMs; rounds += 1) {
    const child = spare;
    await child.isStandingBy;
    spare = standBy();
    child.begin(dataDir);
    const loaded = load(child, ledger);
    const [isStart, share] = [random() < STARTS_SHARE, random()];
    if (!isStart) await child.isReady;
    await sleep(share * (isStart ? KILL_STARTING_WITHIN_MS : KILL_WORKING_WITHIN_MS));
    await child.kill();
    await loaded;
    if (child.readyMs !== undefined) readyMs.push(child.readyMs);
  }

  const last = spare;
  await last.isStandingBy;
  last.begin(dataDir);
  await last.isOpen;
  for (let left = ledger.unanswered(); left.length > 0; left = ledger.unanswered()) {
    const events = left.slice(0, EVENTS_PER_REQUEST_MAX);
    ledger.accept(events, await last.append(events));
  }
  const expected = ledger.recount();
  const found = await last.recount([...expected.keys()]);
  await last.stop();

  assert.deepEqual(new Map([...expected.keys()].map((customer, index) => [customer, found[index]])), expected);
  const topics = await readTopics(dataDir, [interactions.name, itemActivity.name]);
  assert.deepEqual(ledger.complaintsAbout(idsIn(topics.get(interactions.name) ?? [])), []);
  assert.deepEqual(itemTotals(topics.get(itemActivity.name) ?? []), customerTotals(expected));
  const slowest = Math.max(...readyMs);
  assert.ok(slowest < READY_WITHIN_MS, `one start took ${slowest} ms`);
  const middle = readyMs.sort((a, b) => a - b)[Math.floor(readyMs.length / 2)];
  t.diagnostic(
    `${ledger.sent} events; ${rounds} kills; ${readyMs.length} rounds were ready before the kill, ` +
      `half of them within ${Math.round(middle ?? 0)} ms, all within ${Math.round(slowest)} ms`,
  );
});

/** Sends until the child is gone: first what had no answer, then new events. */
async function load(child: Child, ledger: Ledger): Promise<void> {
  if (!(await child.isOpen)) return;
  const again = ledger.unanswered();
  const sendUntilKilled = async () => {
    for (;;) {
      const repeated = again.splice(0, EVENTS_PER_REQUEST_MAX);
      const events = repeated.length > 0 ? repeated : ledger.next(1 + (ledger.sent % EVENTS_PER_REQUEST_MAX));
      const places = await child.append(events).catch(() => undefined);
      if (places === undefined) return;
      ledger.accept(events, places);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, sendUntilKilled));
}

interface Child {
  readonly isStandingBy: Promise<unknown>;
  /** False when it was killed before. */
  readonly isOpen: Promise<boolean>;
  readonly isReady: Promise<unknown>;
  /** From the beginning until all tasks ran. */
  readonly readyMs: number | undefined;
  begin(dataDir: string): void;
  /** @throws Error when it was killed before it answered. */
  append(events: readonly LedgerEvent[]): Promise<readonly { partition: number; offset: number }[]>;
  recount(customers: readonly string[]): Promise<readonly (Recount | null)[]>;
  kill(): Promise<unknown>;
  stop(): Promise<void>;
}

function standBy(): Child {
  const child = fork(new URL('processing-child.ts', import.meta.url), {
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'freshet-compile-cache') },
    execArgv: [],
  });
  const ended = once(child, 'exit');
  const heard = listenTo(child);
  let beganMs = 0;
  let readyMs: number | undefined;
  let requests = 0;
  const tell = (command: Command) => child.connected && child.send(command, () => undefined);
  const reportOr = <K extends Report['kind']>(kind: K, request?: number) => {
    const gone = ended.then(([code, signal]) => {
      if (signal !== 'SIGKILL') throw new Error(`the child ended by itself (${code ?? signal})`);
      throw new Killed('killed');
    });
    gone.catch(() => undefined); // who waits for the report hears of it
    return Promise.race([heard(kind, request), gone]);
  };
  const isReady = reportOr('ready').then(() => (readyMs = performance.now() - beganMs));
  isReady.catch(() => undefined); // killed while it started
  const isOpen = reportOr('open').then(
    () => true,
    (error: unknown) => {
      if (error instanceof Killed) return false;
      throw error;
    },
  );
  return {
    isStandingBy: heard('standing-by'),
    isOpen,
    isReady,
    get readyMs() {
      return readyMs;
    },
    begin: (dataDir) => {
      beganMs = performance.now();
      tell({ kind: 'begin', dataDir });
    },
    append: async (events) => {
      const request = requests++;
      const answer = reportOr('appended', request);
      tell({ kind: 'append', request, events });
      return (await answer).places;
    },
    recount: async (customers) => {
      const answer = reportOr('recounted');
      tell({ kind: 'recount', customers });
      return (await answer).recounts;
    },
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
    stop: async () => {
      tell({ kind: 'stop' });
      assert.deepEqual(await ended, [0, null]);
    },
  };
}

class Killed extends Error {}

/** Answers a function that waits for the next report of a kind. */
function listenTo(child: ChildProcess) {
  const waiting: { kind: string; request: number | undefined; resolve: (report: Report) => void }[] = [];
  child.on('message', (report: Report) => {
    const request = report.kind === 'appended' ? report.request : undefined;
    const at = waiting.findIndex((one) => one.kind === report.kind && one.request === request);
    waiting.splice(at, at < 0 ? 0 : 1)[0]?.resolve(report);
  });
  return <K extends Report['kind']>(kind: K, request?: number) =>
    new Promise<Extract<Report, { kind: K }>>((resolve) =>
      // The report's kind is the one that was asked for.
      waiting.push({ kind, request, resolve: resolve as (report: Report) => void }),
    );
}

function idsIn(records: readonly { partition: number; offset: number; value: Buffer | null }[]) {
  return records.map(({ partition, offset, value }) => ({
    id: value === null ? '' : interactions.codec.decode(value).interaction_id,
    place: { partition, offset },
  }));
}

/** Over all items; of each the latest version counts. */
function itemTotals(records: readonly { key: Buffer | null; value: Buffer | null }[]) {
  const latest = new Map(records.map(({ key, value }) => [String(key), value]));
  const totals = { views: 0, carts: 0, purchases: 0, revenue: 0 };
  for (const value of latest.values()) {
    if (value === null) continue;
    const { views, carts, purchases, revenue } = itemActivity.codec.decode(value);
    totals.views += views;
    totals.carts += carts;
    totals.purchases += purchases;
    totals.revenue += revenue;
  }
  return totals;
}

function customerTotals(recounts: ReadonlyMap<string, Recount>) {
  const totals = { views: 0, carts: 0, purchases: 0, revenue: 0 };
  for (const { events, lifetime_value } of recounts.values()) {
    totals.views += events['view'] ?? 0;
    totals.carts += events['add_to_cart'] ?? 0;
    totals.purchases += events['purchase'] ?? 0;
    totals.revenue += lifetime_value;
  }
  return totals;
}
