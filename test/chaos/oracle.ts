// What must be true in the end, computed from what a read-committed reader finds in `interactions` and from what the clients know, in
// the plainest way there is: one event after the other.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger, Recount } from '../faults/ledger.ts';
import { customers as customersStage } from '../../processors/topology.ts';
import * as topics from '../../schemas/topics.ts';
import { physicalName, type TopicDefinition } from '../../streams/index.ts';
import type { Log, LogRecord } from '../../streams/log/log.ts';
import { deadLetters } from '../../streams/topic.ts';
import { TestBench } from '../../streams/testing/test-bench.ts';
import { partitions, prefix } from './cluster.ts';

export interface Verdict {
  /** Events that were answered 202 and are not there, or do not count. */
  readonly lost: number;
  /** Events that are there or count more than once. */
  readonly doubled: number;
  /** A sentence for each thing that is wrong. */
  readonly complaints: readonly string[];
}

/** Reads a value as it stands in the serving store. */
export type ReadServed = (collection: string, key: string) => Promise<Buffer | null>;

/** Tables that follow from the interactions alone, byte for byte. */
const exact = [topics.profiles, topics.segments] as const;
const complaintsMax = 20;
const servedWithinMs = 60_000;

/** Call it when nothing is sent any more, and all that was sent is answered and handled. */
export async function judge(log: Log, ledger: Ledger, readServed: ReadServed): Promise<Verdict> {
  const complaints: string[] = [];
  const interactions = await readAll(log, topics.interactions);
  const inLog = ledger.complaintsAbout(interactions.map(placed));
  complaints.push(...inLog);

  const bench = fold(interactions);
  let differing = 0;
  for (const topic of exact) {
    const expected = bench.tableBytes<unknown>(topic as TopicDefinition<unknown>);
    const found = latest(await readAll(log, topic));
    const wrong = differences(expected, found);
    complaints.push(...wrong.map((key) => `${topic.name} of ${key} differ from the fold of the interactions`));
    const stale = await notServed(expected, topic.name, readServed);
    complaints.push(...stale.map((key) => `${topic.name} of ${key} in the serving store differ from the log`));
    differing += wrong.length + stale.length;
  }

  const counts = tally(ledger.recount(), await profileCounts(log), complaints);
  complaints.push(...(await itemComplaints(log, ledger)));
  const dead = await readAll(log, { name: deadLetters });
  complaints.push(
    ...dead.map(({ headers }) => `a dead letter: ${headers['freshet.reason']} of ${headers['freshet.topic']}`),
  );
  return {
    lost: inLog.filter((complaint) => complaint.includes('is not in the log')).length + counts.lost,
    doubled: inLog.filter((complaint) => complaint.includes('times in the log')).length + counts.doubled,
    complaints: complaints.slice(0, complaintsMax),
  };
}

/** All records of a topic, in the order of partition and offset. */
export async function readAll(log: Log, { name }: { readonly name: string }): Promise<LogRecord[]> {
  const topic = physicalName(prefix, name);
  const records: LogRecord[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const { start, end } = await log.offsets({ topic, partition });
    const reader = log.openReader([{ topic, partition, offset: start }]);
    for (let next = start; next < end;) {
      for (const batch of await reader.read(1_000)) {
        records.push(...batch.records);
        next = batch.nextOffset;
      }
    }
    await reader.close();
  }
  return records;
}

function placed({ partition, offset, value }: LogRecord) {
  const id = value === null ? '' : topics.interactions.codec.decode(value).interaction_id;
  return { id, place: { partition, offset } };
}

function fold(interactions: readonly LogRecord[]): TestBench {
  const bench = new TestBench({ stages: [customersStage], partitions });
  for (const { key, value, timestampMs } of interactions) bench.sendBytes(topics.interactions, key, value, timestampMs);
  return bench.run();
}

function latest(records: readonly LogRecord[]): Map<string, Buffer> {
  const values = new Map<string, Buffer>();
  for (const { key, value } of records) {
    if (value === null) values.delete(String(key));
    else values.set(String(key), value);
  }
  return values;
}

function differences(expected: ReadonlyMap<string, Buffer>, found: ReadonlyMap<string, Buffer>): string[] {
  const keys = new Set([...expected.keys(), ...found.keys()]);
  return [...keys].filter((key) => {
    const [one, other] = [expected.get(key), found.get(key)];
    return one === undefined || other === undefined || !one.equals(other);
  });
}

/** The sink may still be on its way, so it is given time. */
async function notServed(expected: ReadonlyMap<string, Buffer>, collection: string, read: ReadServed) {
  let left = [...expected.keys()];
  for (const untilMs = Date.now() + servedWithinMs; left.length > 0 && Date.now() < untilMs;) {
    const isRight = await Promise.all(
      left.map(async (key) => (await read(collection, key))?.equals(expected.get(key) as Buffer) ?? false),
    );
    left = left.filter((_, index) => !isRight[index]);
    if (left.length > 0) await sleep(100);
  }
  return left;
}

async function profileCounts(log: Log): Promise<Map<string, Recount>> {
  const profiles = latest(await readAll(log, topics.profiles));
  return new Map(
    [...profiles].map(([customer, bytes]) => {
      const { counts: events, lifetime_value, orders, items_bought } = topics.profiles.codec.decode(bytes);
      return [customer, { events, lifetime_value, orders, items_bought }];
    }),
  );
}

/** Counts events that are missing or too many in the profiles. */
function tally(
  expected: ReadonlyMap<string, Recount>,
  found: ReadonlyMap<string, Recount>,
  complaints: string[],
): { lost: number; doubled: number } {
  let [lost, doubled] = [0, 0];
  for (const [customer, recount] of expected) {
    const counted = found.get(customer);
    for (const [type, count] of Object.entries(recount.events)) {
      const surplus = (counted?.events[type] ?? 0) - count;
      lost += Math.max(0, -surplus);
      doubled += Math.max(0, surplus);
      if (surplus !== 0) complaints.push(`${customer} has ${surplus} events of ${type} too many`);
    }
    if (counted !== undefined && counted.lifetime_value !== recount.lifetime_value)
      complaints.push(`${customer} is worth ${counted.lifetime_value} instead of ${recount.lifetime_value}`);
  }
  return { lost, doubled };
}

interface ItemTotals {
  views: number;
  carts: number;
  purchases: number;
  revenue: number;
}

/** On its way to the items, and two stages further, everything must have arrived once as well. */
async function itemComplaints(log: Log, ledger: Ledger): Promise<string[]> {
  const expected = noTotals();
  for (const { events, lifetime_value } of ledger.recount().values()) {
    expected.views += events['view'] ?? 0;
    expected.carts += events['add_to_cart'] ?? 0;
    expected.purchases += events['purchase'] ?? 0;
    expected.revenue += lifetime_value;
  }
  const found = { 'item-events hold': await sentToItems(log), 'the items have counted': await countedByItems(log) };
  return Object.entries(found)
    .filter(([, totals]) => JSON.stringify(totals) !== JSON.stringify(expected))
    .map(([where, totals]) => `${where} ${JSON.stringify(totals)} instead of ${JSON.stringify(expected)}`);
}

async function sentToItems(log: Log): Promise<ItemTotals> {
  const totals = noTotals();
  for (const { value } of await readAll(log, topics.itemEvents)) {
    const event = value === null ? null : topics.itemEvents.codec.decode(value);
    if (event?.kind !== 'interaction') continue;
    if (event.event_type === 'view') totals.views += 1;
    else if (event.event_type === 'add_to_cart') totals.carts += 1;
    else totals.purchases += 1;
    totals.revenue += event.value ?? 0;
  }
  return totals;
}

async function countedByItems(log: Log): Promise<ItemTotals> {
  const totals = noTotals();
  for (const bytes of latest(await readAll(log, topics.itemActivity)).values()) {
    const { views, carts, purchases, revenue } = topics.itemActivity.codec.decode(bytes);
    totals.views += views;
    totals.carts += carts;
    totals.purchases += purchases;
    totals.revenue += revenue;
  }
  return totals;
}

function noTotals(): ItemTotals {
  return { views: 0, carts: 0, purchases: 0, revenue: 0 };
}
