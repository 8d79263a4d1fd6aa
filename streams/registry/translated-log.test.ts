// Between a log with ids and a program with versions: what is written, what is read, and that nothing is lost or given up while
// the registry can't be asked.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { Schema } from 'avsc';
import { ManualClock, turns } from '../log/embedded/testing/manual-clock.ts';
import { MemoryDisk } from '../log/embedded/memory-disk.ts';
import { openEmbeddedLog } from '../log/embedded/open.ts';
import { logContract } from '../log/contract/log.contract.ts';
import type { FetchedBatch, GroupListener, GroupMember, GroupOptions, Log, LogRecord, NewRecord } from '../log/log.ts';
import { topicSpec, topicsOf } from '../run-stages.ts';
import { deadLetter } from '../dead-letter.ts';
import { DependencyUnavailable, Misconfigured } from '../errors.ts';
import { TranslatedLog } from './translated-log.ts';
import { Translation } from './translation.ts';
import { MemoryRegistry, things, v1, v2, v3, written, type Thing } from './testing/things.ts';

const PARTITIONS = 2;
const revokeWaitMs = 100;
const topic = 't.things.v1';
const away = new DependencyUnavailable('schema registry', 'it is away');

logContract(
  'with the ids of a registry',
  async () => {
    const disk = new MemoryDisk();
    const translation = await translationOf(await registryFrom(40), new ManualClock());
    return {
      open: async () =>
        new TranslatedLog(await openEmbeddedLog({ folder: disk, limits: { revokeWaitMs } }), translation, {
          clock: new ManualClock(),
        }),
      remove: async () => {},
    };
  },
  { can: { tidy: false, loseCommits: false }, revokeWaitMs },
);

const opened: Log[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
});

test('values stand in the log with ids, and are read with versions', async () => {
  const { log, inner } = await world(40);
  await log.append([record({ id: 'a', price: 2 })]);
  const transactor = await log.openTransactor('writer');
  await transactor.commit({ records: [record({ id: 'b', price: 3 })] });
  assert.deepEqual(
    (await readAll(inner)).map(({ value }) => value),
    [written(41, v2, { id: 'a', price: 2 }), written(41, v2, { id: 'b', price: 3 })],
  );
  const read = await readAll(log);
  assert.deepEqual(read.map(decoded), [
    { id: 'a', price: 2 },
    { id: 'b', price: 3 },
  ]);
  assert.deepEqual(read[0]?.value, things.codec.encode({ id: 'a', price: 2 }));
});

test('tombstones, and topics that are not in Avro, are left as they are', async () => {
  const { log, inner } = await world(40);
  await inner.append([{ topic, key: Buffer.from('k'), value: null, timestampMs: 1 }]);
  assert.deepEqual(
    (await readAll(log)).map(({ value }) => value),
    [null],
  );
  const text = {
    topic: 't.dead-letters.v1',
    key: Buffer.from('k'),
    value: things.codec.encode({ id: 'a', price: 1 }),
    timestampMs: 1,
  };
  await log.append([text]);
  assert.deepEqual((await readAll(inner, text.topic))[0]?.value, text.value);
});

test('a former version, and a newer schema of another producer, are read as the newest that we know', async () => {
  const { log, inner, registry } = await world(40);
  const id = await registry.register('', v3);
  await foreign(inner, [written(40, v1, { id: 'a' }), written(id, v3, { id: 'b', note: 'new', price: 5 })]);
  const read = await readAll(log);
  assert.deepEqual(read.map(decoded), [
    { id: 'a', price: 1 },
    { id: 'b', price: 5 },
  ]);
  assert.deepEqual(read[1]?.value, things.codec.encode({ id: 'b', price: 5 }));
  assert.deepEqual(read[1]?.original, written(id, v3, { id: 'b', note: 'new', price: 5 }));
});

test('each id is asked for once, however many records and partitions have it', async () => {
  const { log, inner, registry } = await world(40);
  const id = await registry.register('', v3);
  await foreign(
    inner,
    Array.from({ length: 50 }, () => written(id, v3, { id: 'b', note: '', price: 5 })),
  );
  assert.equal((await readAll(log)).length, 50);
  await readAll(log);
  assert.deepEqual(registry.asked, [id]);
});

test('what the registry does not know is refused with its words: no codec reads it, and the dead letter has the bytes as they were', async () => {
  const { log, inner } = await world(2);
  // 1 would be a version of ours: it must not be taken for one.
  const bytes = written(1, v1, { id: 'x' });
  await foreign(inner, [bytes, written(3, v2, { id: 'y', price: 1 })]);
  const [refused, good] = await readAll(log);
  assert.deepEqual(refused?.refused, { reason: 'unknown_schema', message: 'no schema 1' });
  assert.throws(() => things.codec.decode(refused?.value as Buffer));
  assert.deepEqual(good && decoded(good), { id: 'y', price: 1 });
  const rejection = { ...refused?.refused, reason: 'unknown_schema', message: '', processor: '' };
  await log.append([deadLetter(refused as LogRecord, rejection, 'stage', 't')]);
  assert.deepEqual((await readAll(inner, 't.dead-letters.v1'))[0]?.value, bytes);
});

test('dead letters are read by the topic that they came from', async () => {
  const { log, inner } = await world(40);
  await foreign(inner, [written(41, v2, { id: 'late', price: 1 })]);
  const [late] = await readAll(log);
  await log.append([deadLetter(late as LogRecord, { reason: 'too_late', message: '', processor: '' }, 'stage', 't')]);
  assert.deepEqual((await readAll(log, 't.dead-letters.v1')).map(decoded), [{ id: 'late', price: 1 }]);
});

test('a schema that can’t become ours, and a body that is torn, are refused; an id may be registered later', async () => {
  const { log, inner, registry, clock } = await world(40);
  const alien: Schema = { type: 'record', name: 'Thing', fields: [{ name: 'colour', type: 'string' }] };
  const id = await registry.register('', alien);
  const other = await registry.register('', v3);
  await foreign(inner, [
    written(id, alien, { colour: 'red' }),
    written(other, v3, { id: 'b', note: 'n', price: 5 }).subarray(0, -3),
    written(77, v3, { id: 'c', note: '', price: 1 }),
  ]);
  const reasons = async () => (await readAll(log)).map(({ refused }) => refused?.reason);
  assert.deepEqual(await reasons(), ['unusable_schema', 'undecodable', 'unknown_schema']);
  assert.equal(registry.asked.filter((each) => each === 77).length, 1);
  await reasons();
  assert.equal(registry.asked.filter((each) => each === 77).length, 1);
  clock.advance(61_000);
  await reasons();
  assert.equal(registry.asked.filter((each) => each === 77).length, 2);
});

test('while the registry is away a reader keeps what it has read, and gives it when asked again', async () => {
  const { log, inner, registry } = await world(40);
  const id = await registry.register('', v3);
  await foreign(inner, [written(41, v2, { id: 'a', price: 1 }), written(id, v3, { id: 'b', note: '', price: 5 })]);
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  registry.fault = away;
  await assert.rejects(reader.read(0), { kind: 'DependencyUnavailable' });
  await assert.rejects(reader.read(0), { kind: 'DependencyUnavailable' });
  registry.fault = undefined;
  const read = (await reader.read(0)).flatMap(({ records }) => records);
  assert.deepEqual(read.map(decoded), [
    { id: 'a', price: 1 },
    { id: 'b', price: 5 },
  ]);
  await reader.close();
});

test('one that does not let us in has given no answer either', async () => {
  const { log, inner, registry } = await world(40);
  const id = await registry.register('', v3);
  await foreign(inner, [written(id, v3, { id: 'b', note: '', price: 5 })]);
  registry.fault = new Misconfigured('no');
  await assert.rejects(readAll(log), { kind: 'DependencyUnavailable', message: 'no' });
});

test('an emptied registry, or another one, knows no id: that is no answer', async () => {
  const { log, inner, registry } = await world(40);
  const id = await registry.register('', v3);
  await foreign(inner, [written(id, v3, { id: 'b', note: '', price: 5 })]);
  registry.empty();
  await assert.rejects(readAll(log), { kind: 'DependencyUnavailable', message: /emptied or is another one/ });
});

test('without the schema that we write in the registry nothing is opened', async () => {
  const registry = new MemoryRegistry(1);
  await assert.rejects(translationOf(registry, new ManualClock()), {
    kind: 'Misconfigured',
    message: /Version 2 of t\.things\.v1-value is not in the schema registry: run freshet schemas apply/,
  });
});

test('while the registry is away a group’s partition waits, in order; others go on; then it goes on by itself', async () => {
  const { log, inner, registry, clock, problems } = await world(40);
  const id = await registry.register('', v3);
  const group = await joined(log);
  registry.fault = away;
  await foreign(inner, [written(41, v2, { id: 'a', price: 1 })]);
  await until(() => group.got.length === 1);
  await foreign(inner, [written(id, v3, { id: 'b', note: '', price: 5 })]);
  await until(() => problems.length === 1);
  await foreign(inner, [written(41, v2, { id: 'c', price: 1 })]);
  await foreign(inner, [written(41, v2, { id: 'elsewhere', price: 1 })], 1);
  await until(() => group.got.length === 2);
  assert.deepEqual(group.ids(), ['a', 'elsewhere']);
  assert.deepEqual(problems, ['it is away']);
  assert.equal(log.problem, 'it is away');
  registry.fault = undefined;
  await until(() => group.got.length === 4, clock);
  assert.deepEqual(group.ids(), ['a', 'elsewhere', 'b', 'c']);
  assert.deepEqual(problems, ['it is away', '']);
});

test('a waiting partition is paused at the driver, and what was on its way follows in its turn', async () => {
  const { inner, registry, clock, translation } = await world(40);
  const id = await registry.register('', v3);
  const calls: string[] = [];
  let deliver: GroupListener['records'] = () => {};
  const driver = Object.assign(Object.create(inner) as Log, {
    joinGroup: async ({ listener }: GroupOptions) => {
      deliver = (batch) => listener.records(batch);
      return { pause: () => calls.push('pause'), resume: () => calls.push('resume') } as unknown as GroupMember;
    },
  });
  const got: LogRecord[] = [];
  const listener = { records: (batch: FetchedBatch) => void got.push(...batch.records) } as GroupListener;
  await new TranslatedLog(driver, translation, { clock }).joinGroup({
    group: 'g',
    memberId: 'm',
    topics: [topic],
    listener,
  });
  registry.fault = away;
  const batch = (offset: number, value: Buffer): FetchedBatch => {
    const at = { topic, partition: 0, offset, key: null, value, timestampMs: 1, headers: {} };
    return { topic, partition: 0, records: [at], nextOffset: offset + 1 };
  };
  deliver(batch(0, written(id, v3, { id: 'first', note: '', price: 5 })));
  deliver(batch(1, written(41, v2, { id: 'second', price: 1 })));
  await turns(20);
  assert.deepEqual([got, calls], [[], ['pause']]);
  registry.fault = undefined;
  await until(() => calls.length === 2, clock);
  assert.deepEqual(
    got.map((each) => decoded(each).id),
    ['first', 'second'],
  );
  assert.deepEqual(calls, ['pause', 'resume']);
});

test('who seeks elsewhere does not get what was waiting, and who has paused is not resumed', async () => {
  const { log, inner, registry, clock } = await world(40);
  const id = await registry.register('', v3);
  const group = await joined(log);
  registry.fault = away;
  await foreign(inner, [written(id, v3, { id: 'b', note: '', price: 5 })]);
  await until(() => log.problem !== '');
  await foreign(inner, [written(41, v2, { id: 'c', price: 1 })]);
  group.member.seek({ topic, partition: 0, offset: 1 });
  assert.equal(log.problem, '');
  await until(() => group.got.length === 1);
  assert.deepEqual(group.ids(), ['c']);
  group.member.seek({ topic, partition: 0, offset: 0 });
  await until(() => log.problem !== '');
  group.member.pause({ topic, partition: 0 });
  registry.fault = undefined;
  await until(() => group.got.length === 3, clock);
  await foreign(inner, [written(41, v2, { id: 'd', price: 1 })]);
  await turns(50);
  assert.deepEqual(group.ids().slice(1), ['b', 'c']);
  group.member.resume({ topic, partition: 0 });
  await until(() => group.ids().at(-1) === 'd');
});

test('who leaves is given nothing more', async () => {
  const { log, inner, registry, clock } = await world(40);
  const id = await registry.register('', v3);
  const group = await joined(log);
  registry.fault = away;
  await foreign(inner, [written(id, v3, { id: 'b', note: '', price: 5 })]);
  await until(() => log.problem !== '');
  await group.member.leave();
  registry.fault = undefined;
  clock.advance(10_000);
  await turns(50);
  assert.deepEqual(group.got, []);
  assert.equal(log.problem, '');
});

test('the same inputs give the same bytes, whoever was asked and in which order', async () => {
  const bytes: unknown[] = [];
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const { log, inner, registry } = await world(40);
    const ids = [await registry.register('', v3), 40];
    for (const each of order)
      await foreign(
        inner,
        each === 0 ? [written(ids[0] ?? 0, v3, { id: 'b', note: 'x', price: 5 })] : [written(40, v1, { id: 'a' })],
        each,
      );
    await log.append(
      (await readAll(log)).map(({ key, value, timestampMs }) => ({ topic: 't.copy.v1', key, value, timestampMs })),
    );
    bytes.push((await readAll(inner, 't.copy.v1')).map(({ value }) => value?.toString('hex') ?? '').toSorted());
  }
  assert.deepEqual(bytes[0], bytes[1]);
});

async function world(firstId: number) {
  const clock = new ManualClock();
  const registry = await registryFrom(firstId);
  const translation = await translationOf(registry, clock);
  const inner = await openEmbeddedLog({ folder: new MemoryDisk() });
  opened.push(inner);
  await inner.ensureTopics([
    topicSpec(things, 't', PARTITIONS),
    topicSpec({ ...things, name: 'copy' }, 't', PARTITIONS),
    ...topicsOf([], 't', PARTITIONS),
  ]);
  const problems: string[] = [];
  const log = new TranslatedLog(inner, translation, { clock, onProblem: (problem) => problems.push(problem) });
  return { log, inner, registry, clock, problems, translation };
}

async function registryFrom(firstId: number): Promise<MemoryRegistry> {
  const registry = new MemoryRegistry(firstId);
  await registry.register('', v1);
  await registry.register('', v2);
  return registry;
}

function translationOf(registry: MemoryRegistry, clock: ManualClock): Promise<Translation> {
  return Translation.open({ registry, topics: [things, { ...things, name: 'copy' }], prefix: 't', clock });
}

function record(value: Thing): NewRecord {
  return { topic, partition: 0, key: Buffer.from(value.id), value: things.codec.encode(value), timestampMs: 1 };
}

async function foreign(inner: Log, values: readonly Buffer[], partition = 0): Promise<void> {
  await inner.append(values.map((value) => ({ topic, partition, key: Buffer.from('k'), value, timestampMs: 1 })));
}

async function readAll(log: Log, name = topic): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const { end } = await log.offsets({ topic: name, partition });
    const reader = log.openReader([{ topic: name, partition, offset: 0 }]);
    for (let next = 0; next < end;) {
      for (const batch of await reader.read(1_000)) {
        records.push(...batch.records);
        next = batch.nextOffset;
      }
    }
    await reader.close();
  }
  return records;
}

function decoded({ value }: LogRecord): Thing {
  return things.codec.decode(value as Buffer);
}

/** A member that takes all it is given from the beginning. */
async function joined(log: Log) {
  const got: LogRecord[] = [];
  const joining: { member?: GroupMember } = {};
  let assigned: readonly number[] = [];
  joining.member = await log.joinGroup({
    group: 'g',
    memberId: 'm',
    topics: [topic],
    listener: {
      assigned: (partitions) => void (assigned = partitions),
      revoking: () => Promise.resolve(),
      lost: () => {},
      records: (batch: FetchedBatch) => void got.push(...batch.records),
    },
  });
  const { member } = joining;
  await until(() => assigned.length === PARTITIONS);
  for (const partition of assigned) member.seek({ topic, partition, offset: 0 });
  return { member, got, ids: () => got.map((each) => decoded(each).id) };
}

async function until(isSo: () => boolean, clock?: ManualClock): Promise<void> {
  for (let turn = 0; !isSo(); turn += 1) {
    if (turn > 20_000) assert.fail('it did not come to that');
    await turns();
    clock?.advance(10);
  }
}
