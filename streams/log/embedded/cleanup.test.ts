// Compaction, retention and flushing against a plain model, with random work, time that passes and a log that is reopened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dice } from '../../testing/simulator/dice.ts';
import { readPartition, readTopic, record, Recorder, until, values } from '../contract/support.ts';
import type { LogRecord, NewRecord, TopicSpec } from '../log.ts';
import type { EmbeddedLog } from './embedded-log.ts';
import type { LogLimits } from './limits.ts';
import { MemoryDisk } from './memory-disk.ts';
import { openEmbeddedLog } from './open.ts';
import { ManualClock, turns } from './testing/manual-clock.ts';

const tombstoneRetentionMs = 1000;
const retentionMs = 5000;
const onProblem = (problem: Error) => {
  throw problem;
};

interface Written {
  readonly record: NewRecord;
  readonly offset: number;
  readonly writtenMs: number;
}

for (const cleanup of ['compact', 'delete', 'compact,delete'] as const) {
  test(`${cleanup}: the latest of every key stays, tombstones for their time, and what goes was allowed to`, async () => {
    for (let seed = 0; seed < 40; seed += 1) {
      await new Model(new Dice(`${cleanup} ${seed}`), cleanup).run().catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      });
    }
  });
}

class Model {
  readonly #dice: Dice;
  readonly #clock = new ManualClock();
  readonly #disk = new MemoryDisk();
  readonly #spec: TopicSpec;
  readonly #limits: Partial<LogLimits>;
  readonly #written: Written[] = [];

  constructor(dice: Dice, cleanup: TopicSpec['cleanup']) {
    this.#dice = dice;
    this.#spec = {
      name: 't',
      partitions: 1,
      cleanup,
      tombstoneRetentionMs,
      retentionMs: cleanup === 'compact' ? 1e12 : retentionMs,
    };
    this.#limits = {
      tailBytes: dice.int(300, 5000),
      segmentBytes: dice.int(300, 5000),
      segmentBytesMin: dice.int(50, 1000),
      blockBytes: dice.int(50, 1000),
      sliceBytes: 500,
      compactionKeysMax: dice.pick([1, 5, 1000]),
      compactionLagMaxMs: dice.int(100, 10_000),
      segmentAgeMaxMs: dice.int(100, 10_000),
      tailAgeMaxMs: dice.int(100, 10_000),
      maintainEveryMs: 50,
    };
  }

  async run(): Promise<void> {
    let log = await this.#open();
    await log.ensureTopics([this.#spec]);
    for (let step = 0; step < 60; step += 1) {
      await this.#write(log);
      if (this.#dice.chance(0.3)) await this.#letTimePass();
      if (this.#dice.chance(0.1)) await this.#clock.pass(log.tidy());
      if (this.#dice.chance(0.1)) await this.#check(log);
      if (this.#dice.chance(0.05)) {
        await this.#clock.pass(log.close());
        log = await this.#open();
      }
    }
    await this.#clock.pass(log.tidy());
    await this.#check(log);
    await this.#checkTidied(log);
    await log.close();
  }

  async #write(log: EmbeddedLog): Promise<void> {
    const records = Array.from({ length: this.#dice.int(1, 5) }, () => {
      const key = `key ${this.#dice.int(0, 8)}`;
      const value = this.#dice.chance(0.25) ? null : 'v'.repeat(this.#dice.int(0, 100));
      return record('t', key, value, { timestampMs: this.#clock.nowMs() - this.#dice.int(0, 1000) });
    });
    const writtenMs = this.#clock.nowMs();
    const places = await this.#clock.pass(log.append(records, { durability: 'memory' }));
    for (const [index, { offset }] of places.entries()) {
      const written = records[index];
      if (written !== undefined) this.#written.push({ record: written, offset, writtenMs });
    }
  }

  async #letTimePass(): Promise<void> {
    for (let left = this.#dice.int(1, 20); left > 0; left -= 1) {
      this.#clock.advance(this.#dice.int(1, 50));
      await turns(2);
    }
  }

  async #check(log: EmbeddedLog): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const { records, next } = await this.#clock.pass(readPartition(log, { topic: 't', partition: 0 }));
    assert.equal(next, (this.#written.at(-1)?.offset ?? -1) + 1);
    this.#checkContent(records);
    const there = new Set(records.map(({ offset }) => offset));
    for (const written of this.#written) {
      if (!there.has(written.offset)) assert.ok(this.#mayHaveGone(written, nowMs), `${written.offset} is missing`);
    }
  }

  /** What is there is what was written there. */
  #checkContent(records: readonly LogRecord[]): void {
    const byOffset = new Map(this.#written.map((written) => [written.offset, written.record]));
    let last = -1;
    for (const { offset, key, value, timestampMs } of records) {
      const { record: expected } = { record: byOffset.get(offset) };
      assert.ok(offset > last);
      assert.deepEqual(
        { key, value, timestampMs },
        { key: expected?.key, value: expected?.value, timestampMs: expected?.timestampMs },
      );
      last = offset;
    }
  }

  #mayHaveGone({ record: gone, offset, writtenMs }: Written, nowMs: number): boolean {
    const { cleanup, retentionMs: keepMs = Infinity } = this.#spec;
    const newestMs = Math.max(...this.#written.map((written) => written.record.timestampMs));
    if (gone.timestampMs < newestMs - keepMs) return true;
    if (cleanup === 'delete') return false;
    const isSuperseded = this.#written.some(
      (later) => later.offset > offset && later.record.key?.equals(gone.key ?? Buffer.of()),
    );
    return isSuperseded || (gone.value === null && nowMs - writtenMs >= tombstoneRetentionMs);
  }

  /** After `tidy` nothing is left that had to go. */
  async #checkTidied(log: EmbeddedLog): Promise<void> {
    if (this.#spec.cleanup === 'delete') return;
    const records = await this.#clock.pass(readTopic(log, 't'));
    const keys = records.map(({ key }) => key?.toString());
    assert.equal(new Set(keys).size, keys.length, 'every key once');
    this.#clock.advance(tombstoneRetentionMs + 1);
    await this.#clock.pass(log.tidy());
    assert.ok(
      (await this.#clock.pass(readTopic(log, 't'))).every(({ value }) => value !== null),
      'no tombstone',
    );
  }

  #open(): Promise<EmbeddedLog> {
    return openEmbeddedLog({ folder: this.#disk, clock: this.#clock, limits: this.#limits, onProblem });
  }
}

test('a hot key costs a flush one record, however often it changes', async () => {
  const log = await openEmbeddedLog({ folder: new MemoryDisk(), clock: new ManualClock() });
  await log.ensureTopics([{ name: 't', partitions: 1, cleanup: 'compact' }]);
  for (let round = 0; round < 50; round += 1)
    await log.append(Array.from({ length: 100 }, () => record('t', 'hot', 'x'.repeat(100))));
  await log.tidy();
  assert.ok((log.stats().topics[0]?.partitions[0]?.bytes ?? Infinity) < 500);
  await log.close();
});

test('a small table stays small on disk, however often it changes', async () => {
  const limits = { tailBytes: 10_000, segmentBytesMin: 20_000 };
  const log = await openEmbeddedLog({ folder: new MemoryDisk(), clock: new ManualClock(), limits, onProblem });
  await log.ensureTopics([{ name: 't', partitions: 1, cleanup: 'compact' }]);
  let largest = 0;
  for (let round = 0; round < 300; round += 1) {
    await log.append(Array.from({ length: 20 }, (_, key) => record('t', `key ${key}`, 'x'.repeat(100))));
    await log.settled();
    largest = Math.max(largest, log.stats().topics[0]?.partitions[0]?.bytes ?? 0);
  }
  assert.ok(largest < 60_000, `${largest} bytes`);
  await log.close();
});

test('what was deleted before a member came to it is passed over, and said', async () => {
  const told: string[] = [];
  const log = await openEmbeddedLog({ folder: new MemoryDisk(), onProblem: ({ message }) => void told.push(message) });
  await log.ensureTopics([{ name: 't', partitions: 1, cleanup: 'delete', retentionBytes: 1 }]);
  for (const value of ['gone', 'gone', 'left']) {
    await log.append([record('t', 'k', value)]);
    await log.tidy();
  }
  const recorder = await Recorder.join(log, 'g', 'm', ['t']);
  await until('it has read on', () => recorder.all.length > 0);
  assert.deepEqual(values(recorder.all), ['left']);
  assert.deepEqual(told, ['t/0: what stood from 0 to 2 was deleted before it was read']);
  await log.close();
});

test('memory is bounded: when flushing is slow, writers wait for it', async () => {
  const disk = new MemoryDisk();
  const clock = new ManualClock();
  const limits = { tailBytes: 10_000, sealedTailsMax: 2 };
  const log = await openEmbeddedLog({ folder: disk, clock, limits, onProblem });
  await log.ensureTopics([{ name: 't', partitions: 1, cleanup: 'delete' }]);
  disk.delay = ({ path }) => (path.endsWith('.seg') ? clock.sleep(20) : Promise.resolve());
  const numbers = Array.from({ length: 300 }, (_, number) => String(number).padEnd(500, '.'));
  let waited = 0;
  let done = 0;
  for (const number of numbers)
    void log.append([record('t', 'k', number)], { durability: 'memory' }).then(() => (done += 1));
  while (done < numbers.length) {
    await turns();
    clock.advance(1);
    waited += 1;
    assert.ok(log.stats().tailBytes <= 3 * 11_000, `${log.stats().tailBytes} bytes`);
  }
  assert.ok(waited > 20);
  disk.delay = undefined;
  assert.deepEqual(values(await readTopic(log, 't')), numbers, 'in the order in which they were given');
  await clock.pass(log.close());
});
