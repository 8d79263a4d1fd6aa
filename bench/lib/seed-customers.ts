// A data folder with so many customers, each of whom has visited once.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createShop } from '../../demo/shop.ts';
import type { Interaction } from '../../schemas/types.ts';
import type { Log } from '../../streams/log/log.ts';
import { openLog, openLogOn, type OnKafka } from '../../test/faults/processing.ts';
import { append, catalogueOf, interactionRecord, uniformInteractions } from './backlog.ts';
import type { Figures } from './bench.ts';
import { askChild } from './child.ts';
import { copyCustomers } from './copy-customers.ts';
import type { BacklogFigures, ProcessBacklog } from './process-backlog.ts';
import { rounded } from './quantiles.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

const SEED = 1;
/** Customers whose visits are really worked off. */
const VISITORS = 10_000;
/** Fill the session index, whose size is a setting, however many customers there are. */
const SESSIONS = 200_000;
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

/** The stages work off what the first ones did; the others are copies of these, which is a matter of writing. */
async function seedCustomers(dataDir: string, customers: number): Promise<Figures> {
  console.log(`${customers.toLocaleString('en')} customers`);
  const startMs = performance.now();
  await seedLog(() => openLog(dataDir), { dataDir, everything: true }, customers);
  const { rss_max_mib } = await workOff(dataDir);
  await tidy(dataDir);
  return { visitors: VISITORS, seconds: rounded((performance.now() - startMs) / 1000), rss_max_mib };
}

/** The same on a broker. `dataDir` holds the local state of those who work the visits off; no other needs it. */
export function seedCustomersOn(kafka: OnKafka, dataDir: string, customers: number): Promise<void> {
  return seedLog(() => openLogOn(kafka), { dataDir, everything: false, kafka }, customers);
}

async function seedLog(open: () => Promise<Log>, visits: ProcessBacklog, customers: number): Promise<void> {
  const visitors = Math.min(customers, VISITORS);
  await use(open, (log) =>
    appendVisitsTo(log, { customers: visitors, events: visitors * EVENTS_PER_VISIT, perVisit: EVENTS_PER_VISIT }),
  );
  await processBacklog(visits);
  await use(open, (log) => copyCustomers(log, visitors, { customers, sessions: SESSIONS }));
}

/** Leaves nothing to flush or to compact, which would fall into whatever is measured on the folder. */
async function tidy(dataDir: string): Promise<void> {
  const log = await openLog(dataDir);
  await log.tidy();
  await log.close();
}

/** Lets all stages and the serving store come to the end of what is on the log. */
export function workOff(dataDir: string): Promise<BacklogFigures> {
  return processBacklog({ dataDir, everything: true });
}

function processBacklog(task: ProcessBacklog): Promise<BacklogFigures> {
  return askChild<BacklogFigures>(new URL('./process-backlog.ts', import.meta.url), task);
}

interface Visits {
  readonly customers: number;
  readonly events: number;
  readonly perVisit: number;
}

/** Of customers who take turns, ending now. The catalogue comes along. */
export function appendVisits(dataDir: string, given: Visits): Promise<void> {
  return use(
    () => openLog(dataDir),
    (log) => appendVisitsTo(log, given),
  );
}

async function appendVisitsTo(log: Log, { customers, events, perVisit }: Visits): Promise<void> {
  await append(log, catalogueOf(createShop(SEED)));
  const startMs = Date.now() - (events * 1000) / EVENTS_PER_SECOND;
  await append(log, visits(customers, startMs, perVisit).take(events).map(interactionRecord));
}

async function use(open: () => Promise<Log>, write: (log: Log) => Promise<void>): Promise<void> {
  const log = await open();
  await write(log);
  await log.close();
}

export function visits(customers: number, startMs: number, perVisit = EVENTS_PER_VISIT): Generator<Interaction> {
  return uniformInteractions(createShop(SEED), startMs, { customers, eventsPerSecond: EVENTS_PER_SECOND, perVisit });
}
