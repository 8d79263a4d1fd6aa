// Stages on a real group: tasks come and go with what is assigned, and nobody is left without records.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { jsonCodec, processor, stage, table, tableLookup, topic } from './index.ts';
import type { Log } from './log/log.ts';
import type { RuntimeObserver } from './observer.ts';
import { runStages, topicsOf, type RunningStages, type RunOptions } from './run-stages.ts';
import { MemoryStateStore } from './store/memory.ts';
import { openScriptedLog, until } from './testing/scripted-log.ts';

const PARTITIONS = 4;
const clicks = topic<number>({ name: 'clicks', codec: jsonCodec(), cleanup: 'delete' });
const names = table<string>({ name: 'names', codec: jsonCodec() });
const sums = table<{ sum: number; name: string }>({ name: 'sums', codec: jsonCodec() });
const summing = processor({
  name: 'summing',
  reads: { clicks },
  keeps: { sums },
  looksUp: { names: tableLookup(names) },
  on: {
    clicks: (event, context) => {
      const sum = (context.tables.sums.get(event.key)?.sum ?? 0) + (event.value ?? 0);
      context.tables.sums.set(event.key, { sum, name: context.lookups.names.get(event.key) ?? '?' });
    },
  },
});
const counting = stage('counting', [summing]);

const running: RunningStages[] = [];
const logs: Log[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((stages) => stages.stop()));
  await Promise.all(logs.splice(0).map((log) => log.close()));
});

async function openLog(): Promise<Log> {
  const log = await openScriptedLog(topicsOf([counting], 't', PARTITIONS));
  logs.push(log);
  return log;
}

function run(log: Log, instance: string, more: Partial<RunOptions> = {}): RunningStages {
  const settings = { backoffMs: 1, backoffMsMax: 5 };
  const stages = runStages({
    log,
    stateStore: new MemoryStateStore(),
    stages: [counting],
    prefix: 't',
    instance,
    settings,
    ...more,
  });
  running.push(stages);
  return stages;
}

/** One click in each partition. */
async function clickEverywhere(log: Log): Promise<void> {
  await log.append(
    Array.from({ length: PARTITIONS }, (_, partition) => {
      return {
        topic: 't.clicks.v1',
        partition,
        key: Buffer.from(`user-${partition}`),
        value: Buffer.from('1'),
        timestampMs: 1,
      };
    }),
    { durability: 'memory' },
  );
}

/** By key, from the log. */
async function committed(log: Log): Promise<Record<string, { sum: number; name: string }>> {
  const reader = log.openReader(
    Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: 't.sums.v1', partition, offset: 0 })),
  );
  const found: Record<string, { sum: number; name: string }> = {};
  for (let batches = await reader.read(0); batches.length > 0; batches = await reader.read(0)) {
    for (const { records } of batches)
      for (const { key, value } of records) found[String(key)] = sums.codec.decode(value as Buffer);
  }
  await reader.close();
  return found;
}

const allAre = (log: Log, sum: number) => async () => {
  const found = Object.values(await committed(log));
  return found.length === PARTITIONS && found.every((each) => each.sum === sum);
};

test('a stage runs a task for each partition, with complete lookups from the first record on', async () => {
  const log = await openLog();
  await log.append([{ topic: 't.names.v1', key: Buffer.from('user-0'), value: Buffer.from('"Ann"'), timestampMs: 1 }]);
  await clickEverywhere(log);
  const stages = run(log, 'one');
  await until(allAre(log, 1));
  assert.equal(stages.isReady(), true);
  assert.equal((await committed(log))['user-0']?.name, 'Ann');
});

test('another process takes half of the tasks, and gives them back when it leaves', async () => {
  const log = await openLog();
  const one = run(log, 'one');
  await clickEverywhere(log);
  await until(allAre(log, 1));
  const two = run(log, 'two');
  await until(() => two.isReady() && two.tasks().length === PARTITIONS / 2 && one.isReady());
  await clickEverywhere(log);
  await until(allAre(log, 2));
  await two.stop();
  await until(() => one.isReady() && one.tasks().length === PARTITIONS);
  await clickEverywhere(log);
  await until(allAre(log, 3));
});

for (const standbyEveryMs of [null, 1])
  test(`who takes tasks over ${standbyEveryMs === null ? 'reads all of their tables' : 'has copies of them already'}`, async () => {
    const log = await openLog();
    const one = run(log, 'one');
    const copied = new Set<number>();
    let restored = 0;
    const observer: RuntimeObserver = {
      standby: (_, partition, remaining) => void (remaining === 0 && copied.add(partition)),
      restoring: (_stage, _partition, remaining) => void (restored += remaining),
    };
    const two = run(log, 'two', { standbyEveryMs, observer });
    await until(() => two.isReady() && two.tasks().length === PARTITIONS / 2 && one.isReady());
    for (let clicks = 1; clicks <= 10; clicks += 1) {
      await clickEverywhere(log);
      await until(allAre(log, clicks));
    }
    copied.clear();
    restored = 0;
    if (standbyEveryMs !== null) await until(() => copied.size === PARTITIONS / 2);
    await one.stop();
    await until(() => two.isReady() && two.tasks().length === PARTITIONS);
    assert.equal(restored > 0, standbyEveryMs === null, `${restored} records`);
    await clickEverywhere(log);
    await until(allAre(log, 11));
  });

test('when one task is fenced all of the member begin anew, and none of them starves', async () => {
  const log = await openLog();
  const one = run(log, 'one');
  await clickEverywhere(log);
  await until(allAre(log, 1));
  await (await log.openTransactor('t.counting.2')).close();
  await clickEverywhere(log);
  await until(allAre(log, 2));
  await clickEverywhere(log);
  await until(allAre(log, 3));
  assert.equal(one.tasks().length, PARTITIONS);
});

test('stopped while it starts, it leaves nothing running', async () => {
  const log = await openLog();
  const stages = run(log, 'one');
  await stages.stop();
  assert.deepEqual(
    stages.tasks().filter(({ state }) => state !== 'closed'),
    [],
  );
});
