// A data folder with so many customers, each of whom has visited once.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createShop } from '../../demo/shop.ts';
import type { Interaction } from '../../schemas/types.ts';
import { openLog } from '../../test/faults/processing.ts';
import { startFreshet } from '../../test/end-to-end/freshet-process.ts';
import { append, catalogueOf, interactionRecord, uniformInteractions } from './backlog.ts';
import type { Figures } from './bench.ts';
import { ownMibOf, rssMibOf } from './process-cost.ts';
import { rounded } from './quantiles.ts';
import { inTemporaryFolder } from './temporary-folder.ts';
import { workedOff } from './worked-off.ts';

const SEED = 1;
const EVENTS_PER_VISIT = 2;
const EVENTS_PER_SECOND = 1_000;

const KEPT_FIGURES = 'seeding.json';

/**
 * Calls `use` with a data folder that has so many customers: made for this once, or kept in `folder` and used again as it is then.
 * `seeding` are the figures of when it was made.
 */
export function withCustomers<T>(
  customers: number,
  folder: string | undefined,
  use: (dataDir: string, seeding: Figures) => Promise<T>,
): Promise<T> {
  if (folder === undefined)
    return inTemporaryFolder(async (dataDir) => use(dataDir, await seedCustomers(dataDir, customers)));
  return inKeptFolder(join(folder, String(customers)), customers, use);
}

async function inKeptFolder<T>(
  kept: string,
  customers: number,
  use: (dataDir: string, seeding: Figures) => Promise<T>,
): Promise<T> {
  const [dataDir, figures] = [join(kept, 'data'), join(kept, KEPT_FIGURES)];
  if (!existsSync(figures)) {
    rmSync(kept, { recursive: true, force: true }); // not finished
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(figures, JSON.stringify(await seedCustomers(dataDir, customers)));
  }
  return use(dataDir, JSON.parse(readFileSync(figures, 'utf8')) as Figures);
}

/** Puts their visits on the log and lets the whole program work them off, which takes minutes for many. */
async function seedCustomers(dataDir: string, customers: number): Promise<Figures> {
  const events = customers * EVENTS_PER_VISIT;
  console.log(`${customers.toLocaleString('en')} customers`);
  await appendVisits(dataDir, { customers, events, perVisit: EVENTS_PER_VISIT });
  const startMs = performance.now();
  const freshet = await startFreshet(dataDir);
  await workedOff(freshet);
  const [rss, own] = [rssMibOf(freshet.pid), ownMibOf(freshet.pid)];
  const seconds = (performance.now() - startMs) / 1000;
  await freshet.stop();
  return {
    events,
    seconds: rounded(seconds),
    events_per_second: Math.round(events / seconds),
    rss_mib: rss,
    rss_own_mib: own,
  };
}

/** Of customers who take turns, ending now. The catalogue comes along. */
export async function appendVisits(
  dataDir: string,
  { customers, events, perVisit }: { customers: number; events: number; perVisit: number },
): Promise<void> {
  const log = await openLog(dataDir);
  await append(log, catalogueOf(createShop(SEED)));
  const startMs = Date.now() - (events * 1000) / EVENTS_PER_SECOND;
  await append(log, visits(customers, startMs, perVisit).take(events).map(interactionRecord));
  await log.close();
}

export function visits(customers: number, startMs: number, perVisit = EVENTS_PER_VISIT): Generator<Interaction> {
  return uniformInteractions(createShop(SEED), startMs, { customers, eventsPerSecond: EVENTS_PER_SECOND, perVisit });
}
