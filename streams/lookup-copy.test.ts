// The copy of a lookup: complete when it says so, kept up afterwards, and not ended by a log that is away for a moment.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { wallClock } from './clock.ts';
import { DependencyUnavailable } from './errors.ts';
import { jsonCodec, partitionOf, table, tableLookup } from './index.ts';
import type { Log } from './log/log.ts';
import { LookupCopies } from './lookup-copy.ts';
import type { RuntimeObserver } from './observer.ts';
import { failing, openScriptedLog, until, type Script } from './testing/scripted-log.ts';

const names = table<string>({ name: 'names', codec: jsonCodec() });
const away = () => failing(new DependencyUnavailable('log', 'away'), 1);

const logs: Log[] = [];
const copies: LookupCopies[] = [];
afterEach(async () => {
  await Promise.all(copies.splice(0).map((copy) => copy.stop()));
  await Promise.all(logs.splice(0).map((log) => log.close()));
});

async function openLog(script: Script = {}): Promise<Log> {
  const log = await openScriptedLog([{ name: 't.names.v1', partitions: 2, cleanup: 'compact' }], script);
  logs.push(log);
  return log;
}

function copyOf(log: Log, observer: RuntimeObserver = {}, definitions = [tableLookup(names)]): LookupCopies {
  const copy = new LookupCopies({
    log,
    prefix: 't',
    definitions,
    clock: wallClock,
    observer,
    yieldTurn: () => Promise.resolve(),
  });
  copies.push(copy);
  return copy;
}

const name = (key: string, value: string | null) => ({
  topic: 't.names.v1',
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  timestampMs: 1,
});

const viewOf = (copy: LookupCopies) => Object.fromEntries(copy.view('names') as Map<string, string>);

test('started, it holds all that was there, and then follows', async () => {
  const log = await openLog();
  await log.append([name('a', '"Ann"'), name('b', '"Bob"'), name('c', '"Cy"')]);
  const copy = copyOf(log);
  await copy.start();
  assert.equal(copy.isComplete, true);
  assert.deepEqual(viewOf(copy), { a: 'Ann', b: 'Bob', c: 'Cy' });
  await log.append([name('a', null), name('b', '"Bea"')]);
  await until(() => copy.version('names') === 5);
  assert.deepEqual(viewOf(copy), { b: 'Bea', c: 'Cy' });
});

test('of a topic without end only the newest records are read at the start, of each partition its share', async () => {
  const log = await openLog();
  const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
  await log.append(keys.map((key) => name(key, `"${key}"`)));
  const copy = copyOf(log, {}, [{ ...tableLookup(names), newestRecordsMax: 9 }]);
  await copy.start();
  const ofPartition = (partition: number) => keys.filter((key) => partitionOf(Buffer.from(key), 2) === partition);
  const newest = [0, 1].flatMap((partition) => ofPartition(partition).slice(-5));
  assert.deepEqual(Object.keys(viewOf(copy)).toSorted(), newest.toSorted());
});

test('a view that fetches what records name is waited for, once all there was is folded in', async () => {
  const log = await openLog();
  await log.append([name('a', '"Ann"')]);
  const steps: unknown[] = [];
  const settled = async (view: ReadonlyMap<string, string>) => {
    steps.push([...view.values()]);
    await wallClock.sleep(5);
    steps.push('fetched');
  };
  const copy = copyOf(log, {}, [{ ...tableLookup(names), settled }]);
  await copy.start();
  assert.deepEqual([copy.isComplete, steps], [true, [['Ann'], 'fetched']]);
});

test('it starts although the log is away for a moment, at the ends or at the records', async () => {
  for (const script of [{ offsets: away() }, { read: away() }]) {
    const log = await openLog(script);
    await log.append([name('a', '"Ann"')]);
    const copy = copyOf(log);
    await copy.start();
    assert.deepEqual(viewOf(copy), { a: 'Ann' });
  }
});

test('it goes on after the log was away', async () => {
  const script: Script = {};
  const log = await openLog(script);
  const copy = copyOf(log);
  await copy.start();
  script.read = away();
  await log.append([name('a', '"Ann"')]);
  await log.append([name('b', '"Bob"')]);
  await until(() => copy.version('names') === 2);
});

test('what can not be decoded is named and left out', async () => {
  const log = await openLog();
  await log.append([name('a', '{'), name('b', '"Bob"')]);
  const warnings: string[] = [];
  const copy = copyOf(log, { warn: (message) => void warnings.push(message) });
  await copy.start();
  assert.deepEqual(viewOf(copy), { b: 'Bob' });
  assert.deepEqual(warnings, ['lookup skipped an undecodable record']);
});

test('stopped before it is complete, it ends and does not say that it is', async () => {
  const log = await openLog({ offsets: failing(new DependencyUnavailable('log', 'away'), Infinity) });
  const copy = copyOf(log);
  const started = copy.start();
  await copy.stop();
  await started;
  assert.equal(copy.isComplete, false);
});
