// What a batch leaves behind must not depend on where batches begin and end, whatever its handlers do before they reject.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodedValues } from './decoded-values.ts';
import { jsonCodec, processor, stage, table, topic } from './index.ts';
import type { LogRecord } from './log/log.ts';
import type { AnyProcessor } from './processor.ts';
import { TaskCore, type BatchLimits, type TaskCoreOptions } from './task-core.ts';
import { BenchStore } from './testing/bench-log.ts';
import { TestBench } from './testing/test-bench.ts';

interface Entry {
  readonly amount: number;
  readonly atMs: number;
}

const entries = topic<Entry>({
  name: 'entries',
  codec: jsonCodec(),
  cleanup: 'delete',
  eventTimeMs: (entry) => entry.atMs,
  receivedAtMs: (entry) => entry.atMs,
});
const balances = table<{ sum: number }>({ name: 'balances', codec: jsonCodec() });
const minutes = table<{ passed: number }>({ name: 'minutes', codec: jsonCodec() });
const visits = table<{ n: number }>({ name: 'visits', codec: jsonCodec(), expireAfterMs: 300_000 });

const booking = processor({
  name: 'booking',
  reads: { entries },
  keeps: { balances, minutes, visits },
  on: {
    entries(event, context) {
      const { amount } = event.value as Entry;
      if (amount === 0) context.reject('nothing', 'there is nothing to book');
      const balance = context.tables.balances.get(event.key) ?? { sum: 0 };
      balance.sum += amount;
      if (amount < 0) context.reject('negative', 'rejected with the value changed in place, but not set');
      context.tables.balances.set(event.key, balance);
      context.tables.visits.set(event.key, { n: (context.tables.visits.get(event.key)?.n ?? 0) + 1 });
    },
  },
  every: {
    '1m': (context) =>
      context.tables.minutes.set('all', { passed: (context.tables.minutes.get('all')?.passed ?? 0) + 1 }),
  },
});

function benchWith(batchRecordsMax: number, booked: readonly [key: string, amount: number, atMs: number][]): TestBench {
  const bench = new TestBench({ stages: [stage('bank', [booking])], partitions: 1, batchRecordsMax });
  for (const [key, amount, atMs] of booked) bench.send(entries, key, { amount, atMs });
  return bench.run();
}

for (const batchRecordsMax of [1, 2, 100]) {
  test(`batches of ${batchRecordsMax}: a value that was changed before its record was rejected is as it was`, () => {
    const bench = benchWith(batchRecordsMax, [
      ['a', 5, 1],
      ['a', -3, 2],
      ['a', 1, 3],
    ]);
    assert.deepEqual(bench.get(balances, 'a'), { sum: 6 });
    assert.deepEqual(
      bench.deadLetters().map(({ reason }) => reason),
      ['negative'],
    );
  });

  test(`batches of ${batchRecordsMax}: a rejected record moves no time and fires no timer, touched or not`, () => {
    const bench = benchWith(batchRecordsMax, [
      ['a', 1, 1_000],
      ['a', 0, 90_000],
      ['a', -1, 150_000],
      ['a', 1, 2_000],
    ]);
    assert.equal(bench.get(minutes, 'all'), undefined);
  });

  test(`batches of ${batchRecordsMax}: what expires within the batch that wrote it is deleted`, () => {
    const bench = benchWith(batchRecordsMax, [
      ['a', 1, 1_000],
      ['b', 1, 1_000_000],
    ]);
    assert.deepEqual([...bench.table(visits).keys()], ['b']);
  });

  test(`batches of ${batchRecordsMax}: an entry lives as long as its last write says, whatever earlier ones said`, () => {
    // Due in minute 6 by its first write and in minute 7 by its second: at 6:59 it reads as absent and is still there.
    const bench = benchWith(batchRecordsMax, [
      ['a', 1, 1_000],
      ['a', 1, 61_000],
      ['b', 1, 479_000],
    ]);
    assert.deepEqual([...bench.table(visits).keys()].toSorted(), ['a', 'b']);
  });
}

test('a handler that fails when an entry expires costs the record that moved the time, and the task goes on', () => {
  const failing = processor({
    name: 'failing',
    reads: { visits },
    on: {
      visits(event) {
        if (event.value === null) throw new Error('can not see anything go');
      },
    },
  });
  const bench = new TestBench({
    stages: [stage('bank', [booking, failing])],
    partitions: 1,
    onHandlerFailure: 'dead-letter',
  });
  bench.send(entries, 'a', { amount: 1, atMs: 1_000 }).run();
  bench.send(entries, 'b', { amount: 1, atMs: 1_000_000 }).send(entries, 'c', { amount: 1, atMs: 2_000 }).run();
  assert.deepEqual(
    bench.deadLetters().map(({ key, reason }) => `${key} ${reason}`),
    ['b handler_failed'],
  );
  assert.deepEqual([...bench.table(visits).keys()], ['a', 'c']);
});

function coreWith(processors: readonly AnyProcessor[], options: Partial<TaskCoreOptions> = {}) {
  const store = new BenchStore();
  const core = new TaskCore({
    stage: stage('bank', [booking, ...processors]),
    partition: 0,
    prefix: 't',
    store,
    decoded: new DecodedValues(),
    lookups: { view: () => undefined, version: () => 0 },
    ...options,
  });
  return { core, store };
}

function booked(key: string, offset: number, atMs = 1): LogRecord {
  return {
    topic: 't.entries.v1',
    partition: 0,
    offset,
    key: Buffer.from(key),
    value: Buffer.from(JSON.stringify({ amount: 1, atMs })),
    timestampMs: atMs,
    headers: {},
  };
}

/** Runs one batch of bookings of 1, a letter for each key, and answers what `processors` make of it. */
function batchOf(keys: string, processors: readonly AnyProcessor[], limits: BatchLimits = { recordsMax: 100 }) {
  return coreWith(processors).core.run(
    keys.split('').map((key, offset) => booked(key, offset)),
    limits,
  );
}

test('a batch goes on while keys repeat, and ends once enough of them wait for its end', () => {
  const handled: string[] = [];
  const counting = processor({
    name: 'counting',
    reads: { balances },
    conflates: ['balances'],
    on: { balances: ({ key }) => void handled.push(key) },
  });
  const outcome = batchOf('aabbbacd', [counting], { recordsMax: 100, conflatedMax: 3 });
  assert.equal(outcome.handled, 7);
  assert.deepEqual(handled, ['b', 'a', 'c']);
});

const told = topic<string>({ name: 'told', codec: jsonCodec(), cleanup: 'delete' });
const standing = topic<string>({ name: 'standing', codec: jsonCodec(), cleanup: 'compact' });
const lists = topic<readonly string[]>({ name: 'lists', codec: jsonCodec(), cleanup: 'compact' });

test('of a compacted output a batch writes the last value of each key, of another all of them', () => {
  const telling = processor({
    name: 'telling',
    reads: { balances },
    writes: { told, standing },
    on: {
      balances({ key, value }, { out }) {
        const text = `${key} has ${value?.sum}`;
        out.told.send(key, text);
        out.standing.send(key, text === 'a has 2' ? null : text);
      },
    },
  });
  const { records } = batchOf('abaab', [telling]);
  const written = (name: string) =>
    records.filter(({ topic: to }) => to === `t.${name}.v1`).map(({ value }) => JSON.parse(String(value)) as unknown);
  assert.deepEqual(written('told'), ['a has 1', 'b has 1', 'a has 2', 'a has 3', 'b has 2']);
  assert.deepEqual(written('standing'), ['a has 3', 'b has 2']);
  const gone = batchOf('baa', [telling]).records.filter(({ topic: to }) => to === 't.standing.v1');
  assert.deepEqual(
    gone.map(({ key, value }) => [String(key), value === null]),
    [
      ['b', false],
      ['a', true],
    ],
  );
});

test('what is changed after it was sent is written as it was sent', () => {
  const telling = processor({
    name: 'telling',
    reads: { balances },
    writes: { lists },
    on: {
      balances({ key }, { out }) {
        if (key === 'a') out.lists.send('all', names);
        names.push(key);
      },
    },
  });
  const names: string[] = [];
  const { records } = batchOf('bab', [telling]);
  const sent = records.find(({ topic: to }) => to === 't.lists.v1');
  assert.equal(String(sent?.value), '["b"]');
});

test('a batch without records in which an expiry fails says so, whatever is to become of records', () => {
  for (const onHandlerFailure of ['stop', 'dead-letter'] as const) {
    const failing = processor({
      name: 'failing',
      reads: { visits },
      on: {
        visits(event) {
          if (event.key === 'b' && event.value === null) throw new Error('can not see it go');
        },
      },
    });
    const { core, store } = coreWith([failing], { onHandlerFailure, expiriesMax: 1 });
    const batches = [
      [booked('a', 0, 1_000), booked('b', 1, 1_000)],
      [booked('c', 2, 1_000_000), booked('d', 3, 1_000_000)],
    ];
    for (const records of batches) {
      const outcome = core.run(records, { recordsMax: 2 });
      void store.apply(outcome.storeWrites, Buffer.of());
      core.keep(outcome);
    }
    assert.throws(() => core.run([], { recordsMax: 2 }), { kind: 'HandlerFailed' });
  }
});
