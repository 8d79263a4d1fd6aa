// A data folder with so many customers, each of whom has visited once.
import { createShop } from '../../demo/shop.ts';
import type { Interaction } from '../../schemas/types.ts';
import { openLog } from '../../test/faults/processing.ts';
import { startFreshet } from '../../test/end-to-end/freshet-process.ts';
import { append, catalogueOf, interactionRecord, uniformInteractions } from './backlog.ts';
import type { Figures } from './bench.ts';
import { rssMibOf } from './process-cost.ts';
import { rounded } from './quantiles.ts';
import { workedOff } from './worked-off.ts';

const SEED = 1;
const EVENTS_PER_VISIT = 2;
const EVENTS_PER_SECOND = 1_000;

/** Puts their visits on the log and lets the whole program work them off, which takes minutes for many. */
export async function seedCustomers(dataDir: string, customers: number): Promise<Figures> {
  const events = customers * EVENTS_PER_VISIT;
  console.log(`${customers.toLocaleString('en')} customers`);
  await appendVisits(dataDir, { customers, events, perVisit: EVENTS_PER_VISIT });
  const startMs = performance.now();
  const freshet = await startFreshet(dataDir);
  await workedOff(freshet);
  const rss = rssMibOf(freshet.pid);
  const seconds = (performance.now() - startMs) / 1000;
  await freshet.stop();
  return { events, seconds: rounded(seconds), events_per_second: Math.round(events / seconds), rss_mib: rss };
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
