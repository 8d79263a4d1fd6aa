// Random commits to a log and a model of them: after any crash the log must be what some first part of the commits makes.
import assert from 'node:assert/strict';
import { isStreamsError } from '../../../errors.ts';
import type { Dice } from '../../../testing/simulator/dice.ts';
import { readTopic } from '../../contract/support.ts';
import type { GroupMember, Log, LogRecord, NewRecord, Transactor } from '../../log.ts';
import type { EmbeddedLog } from '../embedded-log.ts';
import { turns, type ManualClock } from './manual-clock.ts';

export const partitions = 3;
const events = 'events';
const tables = 'tables';
export const group = 'group';
/** Longer than any workload lasts: tombstones can be counted on. */
const tombstoneRetentionMs = 1e9;

interface Commit {
  /** Its place in the order; it stands in every value. */
  readonly number: number;
  readonly records: readonly NewRecord[];
  readonly consumed: number | undefined;
  readonly isTransaction: boolean;
}

export class Workload {
  /** What was accepted, in its order. */
  commits: Commit[] = [];
  /** Commits that had been promised to survive a crash of the machine. */
  durable = 0;
  readonly #dice: Dice;
  readonly #clock: ManualClock;
  #next = 0;
  /** Not answered yet: after a crash it is there or not. */
  #inFlight: Commit | undefined;
  #member: GroupMember | undefined;
  #transactor: Transactor | undefined;

  constructor(dice: Dice, clock: ManualClock) {
    this.#dice = dice;
    this.#clock = clock;
  }

  /** Prepares a log that has just been opened. */
  async begin(log: Log): Promise<void> {
    await ensureTopics(log);
    this.#transactor = await log.openTransactor('workload');
    let assigned = (): void => {};
    const isAssigned = new Promise<void>((resolve) => (assigned = resolve));
    const listener = { assigned, revoking: async () => {}, lost: () => {}, records: () => {} };
    this.#member = await log.joinGroup({ group, memberId: 'workload', topics: [events], listener });
    await isAssigned;
  }

  /**
   * Some commits, now and then with time passing and background work being waited for. As soon as the process is dead, what
   * it is answered does not count.
   */
  async run(log: EmbeddedLog, steps: number, isDead: () => boolean): Promise<void> {
    for (let step = 0; step < steps && !isDead(); step += 1) {
      await this.#commit(log, isDead);
      if (this.#dice.chance(0.2)) await turns(this.#dice.int(1, 4));
      if (this.#dice.chance(0.1)) this.#clock.advance(this.#dice.int(1, 2000));
    }
  }

  /** Checks the log that was opened after a crash, or without one; forgets the commits that are lost. */
  async check(log: Log, crash: 'none' | 'process' | 'machine'): Promise<void> {
    await ensureTopics(log);
    const found = await readTopic(log, events);
    const last = found.reduce((newest, record) => Math.max(newest, numberOf(record)), -1);
    const possible = this.#inFlight === undefined ? this.commits : [...this.commits, this.#inFlight];
    const kept = possible.filter(({ number }) => number <= last);
    const least = crash === 'machine' ? this.durable : this.commits.length;
    assert.ok(kept.length >= least, `${kept.length} commits are there, of at least ${least}`);
    this.commits = kept;
    this.durable = kept.length;
    this.#inFlight = undefined;
    assertSame(found.map(shown), this.#expected(events));
    this.#checkTables(await readTopic(log, tables));
    await this.#checkPositions(log);
  }

  /** Superseded records may be there or not; the latest must be, and none that never was. */
  #checkTables(found: readonly LogRecord[]): void {
    const expected = this.#expected(tables);
    const there = new Set(found.map(shown));
    assertSame(
      found.map(shown),
      expected.filter((record) => there.has(record)),
    );
    const latest = new Map(expected.map((record) => [record.split('@')[0], record]));
    for (const record of latest.values()) assert.ok(there.has(record), `${record} is missing`);
  }

  async #checkPositions(log: Log): Promise<void> {
    const last = this.commits.findLast(({ consumed }) => consumed !== undefined)?.consumed;
    const expected = last === undefined ? [] : [{ topic: events, partition: 0, offset: last }];
    assert.deepEqual(await log.committedOffsets(group), expected);
  }

  /** All records of a topic as the commits make them, partition by partition. */
  #expected(topic: string): string[] {
    const ends = Array.from({ length: partitions }, () => 0);
    const all: string[][] = ends.map(() => []);
    for (const { records, isTransaction } of this.commits) {
      const mine = records.filter((record) => record.topic === topic);
      for (const { partition = 0, key, value } of mine) {
        const offset = ends[partition] ?? 0;
        all[partition]?.push(shown({ key, value, partition, offset }));
        ends[partition] = offset + 1;
      }
      // The marker that ends a transaction takes an offset.
      const touched = new Set(mine.map(({ partition = 0 }) => partition));
      if (isTransaction) for (const partition of touched) ends[partition] = (ends[partition] ?? 0) + 1;
    }
    return all.flat();
  }

  async #commit(log: Log, isDead: () => boolean): Promise<void> {
    const number = this.#next;
    const consumed = this.#dice.chance(0.3) ? number : undefined;
    const isTransaction = consumed !== undefined || this.#dice.chance(0.5);
    const commit = { number, records: this.#records(number), consumed, isTransaction };
    const isDurable = !isTransaction && this.#dice.chance(0.3);
    const isThere = await this.#attempt(commit, isDead, () =>
      isTransaction
        ? this.#transact(commit)
        : log.append(commit.records, { durability: isDurable ? 'disk' : 'memory' }),
    );
    // An append to disk makes all that came before it durable too.
    if (isThere && isDurable) this.durable = this.commits.length;
  }

  async #attempt(commit: Commit, isDead: () => boolean, write: () => Promise<unknown>): Promise<boolean> {
    this.#next += 1;
    this.#inFlight = commit;
    try {
      await write();
    } catch (error) {
      if (!isStreamsError(error) || error.kind !== 'DependencyUnavailable') throw error;
      // Refused: nothing of it may be there, unless that was the crash.
      if (!isDead()) this.#inFlight = undefined;
      return false;
    }
    if (isDead()) return false;
    this.#inFlight = undefined;
    this.commits.push(commit);
    return true;
  }

  #transact({ records, consumed }: Commit): Promise<unknown> {
    if (this.#member === undefined || this.#transactor === undefined) throw new Error('begin first');
    if (consumed === undefined) return this.#transactor.commit({ records });
    const position = { topic: events, partition: 0, offset: consumed };
    return this.#transactor.commit({ records, member: this.#member, consumed: [position] });
  }

  /** At least one event, so that the events alone say which commits are there. */
  #records(number: number): NewRecord[] {
    const topics = Array.from({ length: this.#dice.int(0, 5) }, () => this.#dice.pick([events, tables]));
    return [events, ...topics].map((topic) => this.#record(topic, number));
  }

  #record(topic: string, number: number): NewRecord {
    const isTombstone = topic === tables && this.#dice.chance(0.2);
    const filling = 'x'.repeat(this.#dice.chance(0.1) ? this.#dice.int(100, 2000) : this.#dice.int(0, 40));
    return {
      topic,
      partition: this.#dice.int(0, partitions - 1),
      key: Buffer.from(`key ${this.#dice.int(0, 12)}`),
      value: isTombstone ? null : Buffer.from(`${number}:${filling}`),
      timestampMs: this.#clock.nowMs(),
    };
  }
}

async function ensureTopics(log: Log): Promise<void> {
  await log.ensureTopics([
    { name: events, partitions, cleanup: 'delete' },
    { name: tables, partitions, cleanup: 'compact', tombstoneRetentionMs },
  ]);
}

function numberOf({ value }: LogRecord): number {
  return Number(value?.toString().split(':')[0] ?? -1);
}

function shown({ key, value, partition, offset }: Pick<LogRecord, 'key' | 'value' | 'partition' | 'offset'>): string {
  return `${partition}/${key?.toString()}@${offset}=${value?.toString() ?? 'gone'}`;
}

/** Says the first difference only: the lists are long. */
function assertSame(found: readonly string[], expected: readonly string[]): void {
  const index = Array.from({ length: Math.max(found.length, expected.length) }, (_, at) => at).find(
    (at) => found[at] !== expected[at],
  );
  if (index === undefined) return;
  const about = (record = 'nothing') => record.slice(0, 60);
  assert.fail(
    `record ${index} is ${about(found[index])} instead of ${about(expected[index])} (${found.length} of ${expected.length})`,
  );
}
