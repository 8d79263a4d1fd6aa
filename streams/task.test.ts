// One task by itself: what it does with each verdict on a commit, and from where it goes on.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { wallClock } from './clock.ts';
import { DecodedValues } from './decoded-values.ts';
import { CommitUnclear, DependencyUnavailable, TransactionAborted } from './errors.ts';
import { jsonCodec, processor, stage, table, topic } from './index.ts';
import type { GroupMember, Log, LogRecord, TopicOffset, Transaction } from './log/log.ts';
import type { RuntimeObserver } from './observer.ts';
import { topicsOf } from './run-stages.ts';
import { MemoryStateStore, type MemoryFaults } from './store/memory.ts';
import { DEFAULT_TASK_SETTINGS } from './task-settings.ts';
import { Task } from './task.ts';
import { positionsTopicName } from './topic.ts';
import { encodeProgress } from './task-progress.ts';
import { failing, openScriptedLog, until, type Script } from './testing/scripted-log.ts';

const clicks = topic<number>({ name: 'clicks', codec: jsonCodec(), cleanup: 'delete' });
const views = topic<number>({ name: 'views', codec: jsonCodec(), cleanup: 'delete' });
const sums = table<number[]>({ name: 'sums', codec: jsonCodec() });
const summing = processor({
  name: 'summing',
  reads: { clicks, views },
  keeps: { sums },
  on: {
    clicks: (event, context) => {
      if (event.value === 666) throw new Error('a bug');
      context.tables.sums.set(event.key, [...(context.tables.sums.get(event.key) ?? []), event.value ?? 0]);
    },
    views: () => undefined,
  },
});
const counting = stage('counting', [summing]);
const DECODED_BYTES_MAX = 20_000;
/** What a test delivers stands in the log, too: so many. */
const CLICKS = 1_000;
const unavailable = new DependencyUnavailable('log', 'away');

function clicked(offset: number, n: number, key = 'a'): LogRecord {
  return {
    topic: 't.clicks.v1',
    partition: 0,
    offset,
    key: Buffer.from(key),
    value: Buffer.from(String(n)),
    timestampMs: 1,
    headers: {},
  };
}

const opened: Log[] = [];
afterEach(() => Promise.all(opened.splice(0).map((log) => log.close())));

async function start(script: Script = {}, faults: MemoryFaults = {}, observer: RuntimeObserver = {}, inLog = CLICKS) {
  const log = await openScriptedLog(topicsOf([counting], 't', 1), Object.assign(script, { memberless: true }));
  opened.push(log);
  if (inLog > 0) await log.append(Array.from({ length: inLog }, (_, number) => clicked(number, number)));
  return { log, ...taskOn(log, faults, observer) };
}

function taskOn(log: Log, faults: MemoryFaults = {}, observer: RuntimeObserver = {}) {
  const seeks: TopicOffset[] = [];
  const decoded = new DecodedValues(DECODED_BYTES_MAX);
  const member: GroupMember = {
    group: 't.counting',
    memberId: 'one',
    seek: (position) => void seeks.push(position),
    pause: () => undefined,
    resume: () => undefined,
    rejoin: () => Promise.resolve(),
    leave: () => Promise.resolve(),
  };
  const task = new Task({
    stage: counting,
    partition: 0,
    prefix: 't',
    log,
    stateStore: new MemoryStateStore(faults),
    member,
    lookups: { view: () => undefined, version: () => 0 },
    settings: { ...DEFAULT_TASK_SETTINGS, backoffMs: 1, backoffMsMax: 2 },
    decoded,
    clock: wallClock,
    observer,
    yieldTurn: () => Promise.resolve(),
  });
  return { task, seeks, decoded };
}

/** What the log holds of the table, newest last. */
async function committed(log: Log): Promise<string[]> {
  const reader = log.openReader([{ topic: 't.sums.v1', partition: 0, offset: 0 }]);
  const batches = await reader.read(0);
  await reader.close();
  return batches.flatMap(({ records }) => records.map(({ value }) => String(value)));
}

const deliver = (task: Task, ...records: LogRecord[]) =>
  task.enqueue({ topic: 't.clicks.v1', partition: 0, records, nextOffset: (records.at(-1)?.offset ?? 0) + 1 });

const isRunning = (task: Task) => () => task.state === 'running';

test('a task handles what it is given and is closed in order', async () => {
  const { log, task, seeks } = await start();
  await until(isRunning(task));
  assert.deepEqual(seeks, [
    { topic: 't.clicks.v1', partition: 0, offset: 0 },
    { topic: 't.views.v1', partition: 0, offset: 0 },
  ]);
  deliver(task, clicked(0, 1), clicked(1, 2));
  await until(() => task.progress?.inputs['clicks'] === 2);
  assert.equal(await task.drain(), 'closed');
  assert.deepEqual(await committed(log), ['[1,2]']);
});

test('what it keeps decoded is bounded, and goes with it', async () => {
  const { task, decoded } = await start();
  await until(isRunning(task));
  for (let customer = 0; customer < 200; customer += 1) deliver(task, clicked(customer, 1, String(customer)));
  await until(() => task.progress?.inputs['clicks'] === 200);
  assert.ok(decoded.bytes > 0 && decoded.bytes <= DECODED_BYTES_MAX, String(decoded.bytes));
  await task.drain();
  assert.equal(decoded.bytes, 0);
});

test('it does not run before it knows where to go on: positions that can not be read are asked for again', async () => {
  const { task, seeks } = await start({ offsets: failingBetween(2, 4) });
  await until(isRunning(task));
  assert.equal(seeks.length, 2, 'every input was sought');
  await task.drain();
});

/** By transaction: what the group is told of the clicks' partition; undefined when it is told nothing. */
function tellings() {
  const told: (number | undefined)[] = [];
  const commit: Script['commit'] = (commits, { consumed }: Transaction) => {
    told.push(consumed?.find(({ topic }) => topic === 't.clicks.v1')?.offset);
    return commits();
  };
  return { told, commit };
}

test('the group is told of the position now and then, and once there is nothing left to do', async () => {
  const { told, commit } = tellings();
  const { log, task } = await start({ commit });
  await until(isRunning(task));
  for (let offset = 0; offset < 5; offset += 1) {
    deliver(task, clicked(offset, 1));
    await until(() => task.progress?.inputs['clicks'] === offset + 1);
  }
  await until(() => told.at(-1) === 5);
  assert.ok(told.filter((offset) => offset !== undefined).length < told.length, `each time: ${String(told)}`);
  const count = told.length;
  await task.drain();
  assert.equal(told.length, count, 'what is told already is not told again');
  assert.equal((await committed(log)).length, 5);
});

test('who opens a task tells the group of the position, as the former owner may not have come to it', async () => {
  const { told, commit } = tellings();
  let count = 0;
  const { task } = await start({
    commit: async (commits, transaction) => {
      const written = await commit(commits, transaction);
      count += 1;
      if (count === 1) throw new CommitUnclear('nobody knows');
      return written;
    },
  });
  await until(isRunning(task));
  deliver(task, clicked(0, 1));
  await until(() => told.length === 2);
  assert.deepEqual(told, [undefined, 1]);
  await task.drain();
});

test('the group is told nothing of what the stage does not read any more', async () => {
  const told: string[] = [];
  const { log, task } = await start({
    commit: (commits, { consumed = [] }) => {
      told.push(...consumed.map(({ topic }) => topic));
      return commits();
    },
  });
  await task.drain();
  const value = encodeProgress({ inputs: { clicks: 1, gone: 7 }, streamTimeMs: 1 });
  await log.append([
    { topic: positionsTopicName('t', 'counting'), partition: 0, key: Buffer.from('0'), value, timestampMs: 1 },
  ]);
  const next = taskOn(log);
  await until(() => told.length > 0);
  assert.deepEqual(told, ['t.clicks.v1']);
  await next.task.drain();
});

test('a task that can not tell the group of its position tries again, and is given up without', async () => {
  let isAway = false;
  let refused = 0;
  const { task } = await start({
    commit: async (commits) => {
      if (isAway) refused += 1;
      if (isAway) throw unavailable;
      return commits();
    },
  });
  await until(isRunning(task));
  deliver(task, clicked(0, 1));
  await until(() => task.progress?.inputs['clicks'] === 1);
  isAway = true;
  await until(() => refused > 1);
  const before = refused;
  assert.equal(await task.drain(), 'closed');
  assert.ok(refused <= before + 1, 'not asked once more');
});

test('after an aborted commit it goes on from its position', async () => {
  const abort = failing(new TransactionAborted('no'), 1);
  const { log, task, seeks } = await start({
    commit: async (commit) => {
      abort();
      return commit();
    },
  });
  await until(isRunning(task));
  deliver(task, clicked(0, 1));
  await until(() => seeks.length === 4);
  deliver(task, clicked(0, 1));
  await until(() => task.progress?.inputs['clicks'] === 1);
  await task.drain();
  assert.deepEqual(await committed(log), ['[1]']);
});

test('an input that ends before its position is waited for, and said: what comes meanwhile would be left out', async () => {
  const warnings: string[] = [];
  const unclear = failing(new CommitUnclear('no answer'), 1);
  const script: Script = { commit: async (commit) => commit().finally(unclear) };
  const { log, task, seeks } = await start(script, {}, { warn: (message) => void warnings.push(message) }, 0);
  await until(isRunning(task));
  deliver(task, clicked(0, 1), clicked(1, 2));
  await until(() => warnings.includes('an input is not what it was'));
  assert.match(task.reason, /t\.clicks\.v1 ends at 0, before 2 where this task goes on/);
  await log.append([clicked(0, 1), clicked(1, 2)]);
  await until(isRunning(task));
  assert.deepEqual(seeks.at(-2), { topic: 't.clicks.v1', partition: 0, offset: 2 });
  await task.drain();
});

test('what was deleted before it was handled is said, and it goes on with what is left', async () => {
  const warnings: string[] = [];
  const unclear = failing(new CommitUnclear('no answer'), 1);
  const script: Script = { commit: async (commit) => commit().finally(unclear) };
  const { task, seeks } = await start(
    script,
    {},
    { warn: (_message, { reason }) => void warnings.push(String(reason)) },
  );
  await until(isRunning(task));
  script.offsetsOf = ({ topic }) => (topic === 't.clicks.v1' ? { start: 5, end: CLICKS } : undefined);
  deliver(task, clicked(0, 1));
  await until(() => seeks.length === 4);
  assert.deepEqual(seeks.at(-2), { topic: 't.clicks.v1', partition: 0, offset: 5 });
  assert.deepEqual(warnings, ['t.clicks.v1 begins at 5, and this task goes on from 1']);
  await task.drain();
});

test('what was delivered before the position was sought again is not handled', async () => {
  // The commit happened although nobody said so; records that were on their way arrive while the task is being opened again.
  const lose = failing(new CommitUnclear('lost'), 1);
  const script: Script = {
    commit: async (commit) => {
      const written = await commit();
      lose();
      return written;
    },
  };
  const { log, task, seeks } = await start(script);
  await until(isRunning(task));
  script.offsets = () => deliver(task, clicked(7, 7));
  deliver(task, clicked(0, 1));
  await until(() => seeks.length === 4);
  assert.deepEqual(seeks[2], { topic: 't.clicks.v1', partition: 0, offset: 1 });
  assert.equal(task.queued, 0);
  deliver(task, clicked(1, 2));
  await until(() => task.progress?.inputs['clicks'] === 2);
  await task.drain();
  assert.deepEqual(await committed(log), ['[1]', '[1,2]']);
});

test('a committed batch whose local store could not be written is not handled twice', async () => {
  const fail = failing(unavailable, 1);
  const { log, task, seeks } = await start({}, { onApply: (_, moment) => moment === 'before' && fail() });
  await until(isRunning(task));
  deliver(task, clicked(0, 1));
  await until(() => seeks.length === 4);
  deliver(task, clicked(1, 2));
  await until(() => task.progress?.inputs['clicks'] === 2);
  await task.drain();
  assert.deepEqual(await committed(log), ['[1]', '[1,2]']);
});

test('what is delivered twice is handled once, also while it still waits', async () => {
  const { log, task } = await start();
  await until(isRunning(task));
  deliver(task, clicked(0, 1), clicked(1, 2));
  deliver(task, clicked(0, 1), clicked(1, 2));
  deliver(task, clicked(1, 2), clicked(2, 3));
  await until(() => task.progress?.inputs['clicks'] === 3);
  deliver(task, clicked(2, 3));
  assert.equal(task.queued, 0);
  await task.drain();
  assert.deepEqual(await committed(log), ['[1,2,3]']);
});

test('fenced, it ends without writing anything', async () => {
  const { log, task } = await start();
  await until(isRunning(task));
  await (await log.openTransactor('t.counting.0')).close();
  deliver(task, clicked(0, 1));
  assert.equal(await task.ended, 'fenced');
  assert.deepEqual(await committed(log), []);
});

test('a commit that found no log is tried again with the same batch', async () => {
  const fail = failing(unavailable, 3);
  const { log, task } = await start({
    commit: async (commit) => {
      fail();
      return commit();
    },
  });
  await until(isRunning(task));
  deliver(task, clicked(0, 1));
  await until(() => task.progress?.inputs['clicks'] === 1);
  await task.drain();
  assert.deepEqual(await committed(log), ['[1]']);
});

test('a handler that fails again and again leaves the task standing, with what came before committed', async () => {
  const warnings: string[] = [];
  const { log, task } = await start({}, {}, { warn: (message) => void warnings.push(message) });
  await until(isRunning(task));
  deliver(task, clicked(0, 1), clicked(1, 666), clicked(2, 3));
  assert.equal(await task.ended, 'broken');
  assert.match(task.reason, /a bug/);
  assert.deepEqual(warnings, ['handler failed', 'handler failed', 'handler failed']);
  assert.deepEqual(await committed(log), ['[1]']);
  await task.drain();
  assert.equal(task.state, 'closed');
});

test('a transactor that can not be closed spoils no end', async () => {
  const { log, task } = await start();
  await until(isRunning(task));
  await log.close();
  assert.equal(await task.drain(), 'closed');
});

/** Throws on the calls from number `first` to number `last`, counted from 0. */
function failingBetween(first: number, last: number): () => void {
  let calls = -1;
  return () => {
    calls += 1;
    if (calls >= first && calls <= last) throw unavailable;
  };
}
