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
import { latest, readAll } from './read-all.ts';
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
const complaintsMax = 20;
const servedWithinMs = 60_000;

/** Call it when nothing is sent any more, and all that was sent is answered and handled. */
export async function judge(log: Log, ledger: Ledger, readServed: ReadServed): Promise<Verdict> {
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
    const stale = await notServed(expected, topic.name, readServed);
    complaints.push(...stale.map((key) => `${topic.name} of ${key} in the serving store differ from the log`));
  }

  const counts = await countingComplaints(log, ledger);
  complaints.push(...counts.complaints);
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
