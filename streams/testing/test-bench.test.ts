// The runtime's meaning, on the bench: hand-over, conflation, rejection, time, expiry, and equal bytes however it is run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonCodec, lookup, partitionOf, processor, stage, table, topic } from '../index.ts';
import { TestBench } from './test-bench.ts';

interface Click {
  user: string;
  n: number;
  atMs: number;
}

const clicks = topic<Click>({
  name: 'clicks',
  codec: jsonCodec(),
  cleanup: 'delete',
  eventTimeMs: (value) => value.atMs,
  receivedAtMs: (value) => value.atMs,
  lateLimitMs: 1_000_000,
});
const sums = table<{ sum: number; clicks: number }>({ name: 'sums', codec: jsonCodec() });
const levels = table<{ level: string }>({ name: 'levels', codec: jsonCodec() });
const notes = topic<{ text: string }>({ name: 'notes', codec: jsonCodec(), cleanup: 'compact' });
const names = topic<string>({ name: 'names', codec: jsonCodec(), cleanup: 'compact' });
const namesLookup = lookup({
  name: 'names',
  reads: { names },
  create: () => new Map<string, string>(),
  apply: { names: (view, key, value) => (value === null ? view.delete(key) : view.set(key, value)) },
});

const summing = processor({
  name: 'summing',
  reads: { clicks },
  keeps: { sums },
  on: {
    clicks(event, context) {
      const click = event.value as Click;
      const state = context.tables.sums.get(event.key) ?? { sum: 0, clicks: 0 };
      state.sum += click.n;
      state.clicks += 1;
      context.tables.sums.set(event.key, state);
      if (click.n === 13) context.reject('unlucky', 'thirteen is not counted');
      if (click.n === 666) throw new Error('a bug');
    },
  },
});
const levelling = processor({
  name: 'levelling',
  reads: { sums },
  keeps: { levels },
  on: {
    sums(event, context) {
      const level = event.value !== null && event.value.sum > 10 ? 'high' : 'low';
      if (context.tables.levels.get(event.key)?.level !== level) context.tables.levels.set(event.key, { level });
    },
  },
});
const noting = processor({
  name: 'noting',
  reads: { sums },
  joins: { levels },
  looksUp: { names: namesLookup },
  writes: { notes },
  conflates: ['sums'],
  on: {
    sums(event, context) {
      const name = context.lookups.names.get(event.key) ?? '?';
      const text = `${name} ${event.value?.sum} ${context.joins.levels.get(event.key)?.level} @${context.position('clicks')}`;
      context.out.notes.send(event.key, { text });
    },
  },
});
const counting = stage('counting', [summing, levelling, noting]);

function click(user: string, n: number, atMs = 1_000): [typeof clicks, string, Click] {
  return [clicks, user, { user, n, atMs }];
}

test('an event passes all processors of the stage and they agree', () => {
  const bench = new TestBench({ stages: [counting] });
  bench
    .send(names, 'a', 'Ann')
    .send(...click('a', 5))
    .send(...click('a', 6))
    .run();
  assert.deepEqual(bench.get(sums, 'a'), { sum: 11, clicks: 2 });
  assert.deepEqual(bench.get(levels, 'a'), { level: 'high' });
  assert.match(bench.get(notes, 'a')?.text ?? '', /^Ann 11 high @/);
});

test('a conflated input is handled once per key and batch, after everything else', () => {
  const bench = new TestBench({ stages: [counting], batchRecordsMax: 100 });
  for (let n = 0; n < 10; n += 1) bench.send(...click('a', 1));
  bench.run();
  assert.equal(bench.written(notes).length, 1);
  assert.equal(bench.written(sums).length, 1, 'a table is written once per key and batch');
});

test('a rejected record leaves nothing behind but its dead letter', () => {
  for (const batchRecordsMax of [1, 100]) {
    const bench = new TestBench({ stages: [counting], batchRecordsMax });
    bench
      .send(...click('a', 1))
      .send(...click('a', 13))
      .send(...click('a', 2))
      .sendBytes(clicks, Buffer.from('a'), Buffer.from('{'))
      .run();
    assert.deepEqual(bench.get(sums, 'a'), { sum: 3, clicks: 2 });
    assert.deepEqual(
      bench
        .deadLetters()
        .map((letter) => letter.reason)
        .toSorted(),
      ['undecodable', 'unlucky'],
    );
  }
});

test('a failing handler stops the task at its record, with what came before committed; by setting it is dead-lettered', () => {
  const stopping = new TestBench({ stages: [counting], batchRecordsMax: 100 });
  stopping
    .send(...click('a', 1))
    .send(...click('a', 666))
    .send(...click('a', 2));
  assert.throws(() => stopping.run(), /summing failed: a bug/);
  assert.deepEqual(stopping.get(sums, 'a'), { sum: 1, clicks: 1 });

  const lenient = new TestBench({ stages: [counting], batchRecordsMax: 100, onHandlerFailure: 'dead-letter' });
  lenient
    .send(...click('a', 1))
    .send(...click('a', 666))
    .send(...click('a', 2))
    .run();
  assert.deepEqual(lenient.get(sums, 'a'), { sum: 3, clicks: 2 });
  assert.deepEqual(
    lenient.deadLetters().map((letter) => letter.reason),
    ['handler_failed'],
  );
});

test('an event far behind stream time is dead-lettered as too late', () => {
  const bench = new TestBench({ stages: [counting] });
  bench
    .send(...click('a', 1, 5_000_000))
    .send(...click('a', 1, 1))
    .send(...click('a', 1, 4_500_000))
    .run();
  assert.deepEqual(
    bench.deadLetters().map((letter) => letter.reason),
    ['too_late'],
  );
  assert.deepEqual(bench.get(sums, 'a'), { sum: 2, clicks: 2 });
});

test('a clock far ahead does not push stream time ahead', () => {
  const ahead = topic<Click>({
    name: 'ahead',
    codec: jsonCodec(),
    cleanup: 'delete',
    eventTimeMs: (value) => value.atMs,
  });
  const seen: number[] = [];
  const watching = processor({
    name: 'watching',
    reads: { ahead },
    on: { ahead: (_, context) => void seen.push(context.streamTimeMs) },
  });
  const bench = new TestBench({ stages: [stage('watch', [watching])] });
  bench.send(ahead, 'a', { user: 'a', n: 1, atMs: 9e12 }, 1_000_000).run();
  assert.deepEqual(seen, [1_300_000]);
  assert.equal(bench.counted.get('clock_corrected'), 1);
});

test('an entry expires with stream time: it reads as absent and gets a tombstone that later processors see', () => {
  const short = table<{ n: number }>({ name: 'short', codec: jsonCodec(), expireAfterMs: 600_000 });
  const gone: string[] = [];
  const keeping = processor({
    name: 'keeping',
    reads: { clicks },
    keeps: { short },
    on: {
      clicks: (event, context) =>
        context.tables.short.set(event.key, { n: (context.tables.short.get(event.key)?.n ?? 0) + 1 }),
    },
  });
  const noticing = processor({
    name: 'noticing',
    reads: { short },
    on: { short: (event) => void (event.value === null && gone.push(event.key)) },
  });
  const bench = new TestBench({ stages: [stage('expiring', [keeping, noticing])], partitions: 1 });
  bench
    .send(...click('a', 1, 1_000_000))
    .send(...click('a', 1, 1_100_000))
    .send(...click('b', 1, 1_100_000))
    .run();
  assert.deepEqual(bench.get(short, 'a'), { n: 2 });
  bench
    .send(...click('b', 1, 1_200_000))
    .send(...click('c', 1, 1_850_000))
    .run();
  assert.deepEqual([...bench.table(short).keys()], ['b', 'c']);
  assert.deepEqual(gone, ['a']);
  bench
    .send(...click('b', 1, 1_790_000))
    .send(...click('b', 1, 2_500_000))
    .run();
  assert.deepEqual(bench.get(short, 'b'), { n: 1 }, 'what has expired starts anew, swept or not');
});

test('timers follow stream time', () => {
  const fired: number[] = [];
  const ticking = processor({
    name: 'ticking',
    reads: { clicks },
    on: { clicks: () => undefined },
    every: { '1m': (context) => void fired.push(context.streamTimeMs) },
  });
  const bench = new TestBench({ stages: [stage('ticks', [ticking])], partitions: 1 });
  for (const atMs of [10_000, 59_999, 60_000, 61_000, 200_000]) bench.send(...click('a', 1, atMs));
  bench.run();
  assert.deepEqual(fired, [60_000, 200_000]);
});

test('the same log gives the same tables, whatever the batches, the order of tasks and the restarts', () => {
  const results = Array.from({ length: 40 }, (_, seed) => {
    const bench = new TestBench(seed === 0 ? { stages: [counting] } : { stages: [counting], disorderSeed: seed });
    for (let n = 0; n < 200; n += 1) bench.send(...click(`u${(n * 7) % 13}`, n % 17, 1_000 + n));
    bench.run();
    const summary = [sums, levels].map((definition) =>
      [...bench.tableBytes<unknown>(definition as never)].map(([key, bytes]) => `${key}=${bytes.toString('utf8')}`),
    );
    return JSON.stringify([
      summary,
      bench
        .deadLetters()
        .map(({ key, reason, offset }) => `${key} ${reason} ${offset}`)
        .toSorted(),
    ]);
  });
  assert.equal(new Set(results).size, 1);
});

test('what is written under another key comes back by the log, in the task that has that key', () => {
  const gifts = topic<number>({ name: 'gifts', codec: jsonCodec(), cleanup: 'delete' });
  const giving = processor({
    name: 'giving',
    reads: { clicks, gifts },
    keeps: { sums },
    writes: { gifts },
    rekeys: ['gifts'],
    on: {
      clicks: (event, { out }) => out.gifts.send(`friend of ${event.key}`, event.value?.n ?? 0),
      gifts: (event, { tables, partition }) => {
        const sum = (tables.sums.get(event.key)?.sum ?? 0) + (event.value ?? 0);
        tables.sums.set(event.key, { sum, clicks: partition });
      },
    },
  });
  // A later processor of the stage is not handed it either: it would handle it in the wrong task.
  const hearing = processor({
    name: 'hearing',
    reads: { gifts },
    keeps: { levels },
    on: { gifts: (event, { tables, partition }) => tables.levels.set(event.key, { level: String(partition) }) },
  });
  const bench = new TestBench({ stages: [stage('giving', [giving, hearing])] });
  for (const user of ['a', 'b', 'c', 'd']) bench.send(...click(user, 5)).send(...click(user, 6));
  bench.run();
  for (const user of ['a', 'b', 'c', 'd']) assert.equal(bench.get(sums, `friend of ${user}`)?.sum, 11);
  for (const { key, value, partition } of bench.written(levels)) {
    const home = partitionOf(Buffer.from(key), 4);
    assert.deepEqual([partition, value?.level], [home, String(home)]);
  }
});

test('a value that was changed but not set is found', () => {
  const careless = processor({
    name: 'careless',
    reads: { clicks },
    keeps: { sums },
    on: {
      clicks(event, context) {
        const state = context.tables.sums.get(event.key);
        if (state === undefined) context.tables.sums.set(event.key, { sum: 1, clicks: 1 });
        else state.sum += 1;
      },
    },
  });
  const bench = new TestBench({ stages: [stage('careless', [careless])] });
  assert.throws(
    () =>
      bench
        .send(...click('a', 1))
        .send(...click('a', 1))
        .run(),
    /changed sums\/a without setting it/,
  );
});
