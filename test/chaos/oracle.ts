// What must be true in the end, computed from what a read-committed reader finds in `interactions` and from what the clients know, in
// the plainest way there is: one event after the other.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../faults/ledger.ts';
import { customers as customersStage } from '../../processors/topology.ts';
import * as topics from '../../schemas/topics.ts';
import type { TopicDefinition } from '../../streams/index.ts';
import type { Log, LogRecord } from '../../streams/log/log.ts';
import { deadLetters } from '../../streams/topic.ts';
import { TestBench } from '../../streams/testing/test-bench.ts';
import { countingComplaints } from './counts.ts';
import { latest, latestOrGone, readAll } from './read-all.ts';
import { partitions } from './cluster.ts';

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
/** Tables that depend on when a lookup heard of what: whatever they are in the log, the serving store has the same. */
const copied = [topics.recommendations, topics.itemFeatures, topics.basketTotals, topics.rankings] as const;
const complaintsMax = 20;
const servedWithinMs = 60_000;
const againAfterMs = 500;

/** Call it when nothing is sent any more, and all that was sent is answered and handled. */
export async function judge(
  log: Log,
  ledger: Ledger,
  readServed: ReadServed,
  withinMs = servedWithinMs,
): Promise<Verdict> {
  const complaints: string[] = [];
  const interactions = await readAll(log, topics.interactions);
  const inLog = ledger.complaintsAbout(interactions.map(placed));
  complaints.push(...inLog);

  const bench = fold(interactions);
  for (const topic of exact) {
    const expected = bench.tableBytes<unknown>(topic as TopicDefinition<unknown>);
    const found = latest(await readAll(log, topic));
    const wrong = differences(expected, found);
    complaints.push(...wrong.map((key) => `${topic.name} of ${key} differ from the fold of the interactions`));
    const stale = await notServed(async () => expected, topic.name, readServed, withinMs);
    complaints.push(...stale.map((key) => `${topic.name} of ${key} in the serving store differ from the fold`));
  }

  const counts = await countingComplaints(log, ledger);
  complaints.push(...counts.complaints);
  const dead = await readAll(log, { name: deadLetters });
  complaints.push(
    ...dead.map(({ headers }) => `a dead letter: ${headers['freshet.reason']} of ${headers['freshet.topic']}`),
  );
  // What else is wrong may only be on its way still, and with it all of this.
  if (complaints.length === 0) complaints.push(...(await wronglyCopied(log, readServed, withinMs)));
  return {
    lost: inLog.filter((complaint) => complaint.includes('is not in the log')).length + counts.lost,
    doubled: inLog.filter((complaint) => complaint.includes('times in the log')).length + counts.doubled,
    complaints: complaints.slice(0, complaintsMax),
  };
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

function differences(expected: ReadonlyMap<string, Buffer>, found: ReadonlyMap<string, Buffer>): string[] {
  const keys = new Set([...expected.keys(), ...found.keys()]);
  return [...keys].filter((key) => {
    const [one, other] = [expected.get(key), found.get(key)];
    return one === undefined || other === undefined || !one.equals(other);
  });
}

async function wronglyCopied(log: Log, read: ReadServed, withinMs: number): Promise<string[]> {
  const complaints: string[] = [];
  for (const topic of copied) {
    const inLog = async () => latestOrGone(await readAll(log, topic));
    const stale = await notServed(inLog, topic.name, read, withinMs);
    complaints.push(...stale.map((key) => `${topic.name} of ${key} in the serving store differ from the log`));
  }
  return complaints;
}

type Values = ReadonlyMap<string, Buffer | null>;

/** The sink may still be on its way, and the stages, too: they are given time. */
async function notServed(expected: () => Promise<Values>, collection: string, read: ReadServed, withinMs: number) {
  for (const untilMs = Date.now() + withinMs; ; await sleep(againAfterMs)) {
    const values = [...(await expected())];
    const isRight = await Promise.all(values.map(async ([key, value]) => isSame(value, await read(collection, key))));
    const left = values.filter((_, index) => !isRight[index]).map(([key]) => key);
    if (left.length === 0 || Date.now() >= untilMs) return left;
  }
}

function isSame(one: Buffer | null, other: Buffer | null): boolean {
  return one === null || other === null ? one === other : one.equals(other);
}
