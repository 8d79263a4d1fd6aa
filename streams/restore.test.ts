// A local store is brought to the end of its tables, or refused with the reason and built anew.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { DependencyUnavailable } from './errors.ts';
import { jsonCodec, processor, stage, table, topic } from './index.ts';
import type { Log, NewRecord } from './log/log.ts';
import { restoreTask, type Restored } from './restore.ts';
import { topicsOf } from './run-stages.ts';
import { MemoryStateStore } from './store/memory.ts';
import { failing, openScriptedLog, type Script } from './testing/scripted-log.ts';

const RETENTION_MS = 10_000;
const clicks = topic<number>({ name: 'clicks', codec: jsonCodec(), cleanup: 'delete' });
const sums = table<number>({ name: 'sums', codec: jsonCodec(), tombstoneRetentionMs: RETENTION_MS });
const counting = stage('counting', [
  processor({ name: 'summing', reads: { clicks }, keeps: { sums }, on: { clicks: () => undefined } }),
]);

const logs: Log[] = [];
afterEach(() => Promise.all(logs.splice(0).map((log) => log.close())));

async function openLog(script: Script = {}): Promise<Log> {
  const log = await openScriptedLog(topicsOf([counting], 't', 1), script);
  logs.push(log);
  return log;
}

const sum = (key: string, value: number | null): NewRecord => ({
  topic: 't.sums.v1',
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(String(value)),
  timestampMs: 1,
});

const position = (next: number): NewRecord => ({
  topic: 't.counting-positions.v1',
  partition: 0,
  key: Buffer.from('0'),
  value: Buffer.from(JSON.stringify({ inputs: { clicks: next }, stream_time_ms: 5 })),
  timestampMs: 1,
});

async function commit(log: Log, ...records: NewRecord[]): Promise<void> {
  const transactor = await log.openTransactor('t.counting.0');
  await transactor.commit({ records });
  await transactor.close();
}

interface Setting {
  readonly nowMs?: number;
  readonly wiped?: string[];
  readonly whileReading?: () => number;
  readonly onProgress?: (remaining: number) => void;
}

function restore(
  log: Log,
  stateStore: MemoryStateStore,
  { nowMs = 0, wiped = [], whileReading, onProgress }: Setting = {},
): Promise<Restored> {
  const clock = { nowMs: () => whileReading?.() ?? nowMs, sleep: () => Promise.resolve() };
  return restoreTask({
    log,
    stateStore,
    stage: counting,
    partition: 0,
    prefix: 't',
    clock,
    onWiped: (reason) => void wiped.push(reason),
    ...(onProgress && { onProgress }),
  });
}

const entries = ({ store }: Restored) =>
  Object.fromEntries([...store.range('sums')].map(({ key, value }) => [key, String(value)]));

test('an empty store is filled from the log, and knows the position; how much is left is told', async () => {
  const log = await openLog();
  await commit(log, sum('a', 1), sum('b', 2), position(2));
  await commit(log, sum('a', null), sum('b', 3), position(4));
  const left: number[] = [];
  const restored = await restore(log, new MemoryStateStore(), { onProgress: (remaining) => left.push(remaining) });
  assert.ok((left[0] ?? 0) >= 6, 'records, and what markers take');
  assert.equal(left.at(-1), 0);
  assert.deepEqual(entries(restored), { b: '3' });
  assert.deepEqual(restored.meta.progress, { inputs: { clicks: 4 }, streamTimeMs: 5 });
});

test('a store that is behind is only brought on', async () => {
  const log = await openLog();
  const stateStore = new MemoryStateStore();
  await commit(log, sum('a', 1), position(1));
  await (
    await restore(log, stateStore)
  ).store.apply([{ table: 'sums', key: 'local', value: Buffer.from('9') }], Buffer.from('{'));
  const wiped: string[] = [];
  await restore(log, stateStore, { wiped });
  assert.match(wiped[0] ?? '', /unreadable/, 'what it says about itself was overwritten');
  await commit(log, sum('b', 2), position(2));
  const restored = await restore(log, stateStore, { wiped });
  assert.deepEqual(entries(restored), { a: '1', b: '2' });
  assert.equal(wiped.length, 1);
});

test('a store of another log, or ahead of this one, is built anew', async () => {
  const stateStore = new MemoryStateStore();
  const former = await openLog();
  await commit(former, sum('a', 1), position(1));
  const { store, meta } = await restore(former, stateStore);
  const log = await openLog();
  const wiped: string[] = [];
  assert.deepEqual(entries(await restore(log, stateStore, { wiped })), {});
  assert.match(wiped[0] ?? '', /another log/);
  const ahead = Object.fromEntries(Object.entries(meta.topics).map(([name, { id }]) => [name, { id, restored: 99 }]));
  await store.close();
  const again = new MemoryStateStore();
  await (await again.open('counting.0')).apply([], Buffer.from(JSON.stringify({ ...meta, topics: ahead })));
  await restore(former, again, { wiped });
  assert.match(wiped[1] ?? '', /ahead of t\.sums/);
});

test('a store of a table that was made anew is built anew', async () => {
  const stateStore = new MemoryStateStore();
  const log = await openLog();
  await commit(log, sum('a', 1), position(1));
  const { store, meta } = await restore(log, stateStore);
  const topics = Object.entries(meta.topics).map(([name, known]) => [name, { ...known, id: 'the former one' }]);
  await store.apply([], Buffer.from(JSON.stringify({ ...meta, topics: Object.fromEntries(topics) })));
  await store.close();
  const wiped: string[] = [];
  assert.deepEqual(entries(await restore(log, stateStore, { wiped })), { a: '1' });
  assert.match(wiped[0] ?? '', /topic t\.\S+ was made anew/);
});

test('a store that is behind and older than the table keeps its deletions is built anew; one at the end is kept', async () => {
  const log = await openLog();
  const stateStore = new MemoryStateStore();
  const wiped: string[] = [];
  await commit(log, sum('a', 1), position(1));
  await restore(log, stateStore, { nowMs: 0 });
  await restore(log, stateStore, { nowMs: RETENTION_MS + 1, wiped });
  assert.deepEqual(wiped, []);
  await commit(log, sum('a', null), position(2));
  await restore(log, stateStore, { nowMs: RETENTION_MS + 1, wiped });
  assert.deepEqual(wiped, ['it is older than deletions are kept in the log']);
});

test('a restore that takes longer than deletions are kept begins anew', async () => {
  const log = await openLog();
  await commit(log, sum('a', 1), position(1));
  let nowMs = -RETENTION_MS;
  await assert.rejects(
    restore(log, new MemoryStateStore(), { whileReading: () => (nowMs += RETENTION_MS + 1) }),
    /longer than deletions are kept/,
  );
});

test('a restore that fails leaves no store open', async () => {
  const log = await openLog({ read: failing(new DependencyUnavailable('log', 'away'), 1) });
  await commit(log, sum('a', 1), position(1));
  const stateStore = new MemoryStateStore();
  const opened = await stateStore.open('counting.0');
  await assert.rejects(restore(log, stateStore), /away/);
  await assert.rejects(opened.apply([], Buffer.from('{}')), /closed/);
  assert.deepEqual(entries(await restore(log, stateStore)), { a: '1' });
});

test('what is written and can not be read yet is waited for: left out, its batch would be handled again', async () => {
  const full = await openLog();
  await commit(full, sum('a', 1), position(1));
  const { end: readable } = await full.offsets({ topic: 't.sums.v1', partition: 0 });
  await commit(full, sum('a', 2), position(2));
  let looks = 0;
  const log: Log = {
    ...full,
    offsets: async (place) => ({ ...(await full.offsets(place)), end: readable }),
    openReader: (from) => {
      const reader = full.openReader(from);
      return { close: () => reader.close(), read: async (waitMs) => ((looks += 1) < 3 ? [] : reader.read(waitMs)) };
    },
  };
  const restored = await restore(log, new MemoryStateStore());
  assert.deepEqual(entries(restored), { a: '2' });
  assert.equal(restored.meta.progress.inputs['clicks'], 2);
});
