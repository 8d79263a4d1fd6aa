// A sink resumes from what its target says, repeats what failed, and tells progress only of what is written.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { DependencyUnavailable, StateUnusable } from './errors.ts';
import { jsonCodec, processor, sink, stage, table, topic, type SinkTarget } from './index.ts';
import type { Clock } from './clock.ts';
import type { Log, NewRecord, TopicOffset } from './log/log.ts';
import { topicsOf } from './run-stages.ts';
import { runSink, type RunningSink } from './sink.ts';
import { failing, openScriptedLog, until } from './testing/scripted-log.ts';

const clicks = topic<number>({ name: 'clicks', codec: jsonCodec(), cleanup: 'delete' });
const sums = table<number>({ name: 'sums', codec: jsonCodec() });
const counting = stage('counting', [
  processor({ name: 'summing', reads: { clicks }, keeps: { sums }, on: { clicks: () => undefined } }),
]);
const copying = sink({ name: 'copying', reads: [sums], follows: [counting] });

const logs: Log[] = [];
const sinks: RunningSink[] = [];
afterEach(async () => {
  await Promise.all(sinks.splice(0).map((running) => running.stop()));
  await Promise.all(logs.splice(0).map((log) => log.close()));
});

async function openLog(): Promise<Log> {
  const log = await openScriptedLog(topicsOf([counting], 't', 1), { memberless: true });
  logs.push(log);
  return log;
}

/** What was written, in order: entries, positions and progress as text. */
class Target implements SinkTarget {
  readonly written: string[] = [];
  /** What the batches of the last calls went on from; emptied by `lost`. */
  readonly from: number[] = [];
  readonly known: TopicOffset[] = [];
  lost: () => void = () => undefined;
  fault: () => void = () => undefined;

  positions(): Promise<readonly TopicOffset[]> {
    return Promise.resolve(this.known);
  }

  onLost(listener: () => void): () => void {
    this.lost = listener;
    return () => undefined;
  }

  async write(...[batches, progress]: Parameters<SinkTarget['write']>): Promise<void> {
    await Promise.resolve();
    try {
      this.fault();
    } catch (error) {
      if (error instanceof StateUnusable) this.from.length = 0;
      throw error;
    }
    this.from.push(...batches.map(({ from }) => from));
    for (const { records } of batches)
      for (const { key, value } of records) this.written.push(`${String(key)}=${String(value)}`);
    for (const { stage: name, partition, inputs } of progress)
      this.written.push(`${name}.${partition}@${inputs['clicks']}`);
  }
}

/** Back-offs take no time. */
const clock: Clock = { nowMs: () => 0, sleep: () => new Promise((resolve) => setImmediate(resolve)) };

function start(log: Log, target: Target): RunningSink {
  const running = runSink({ definition: copying, target, log, prefix: 't', instance: 'one', clock, observer: {} });
  sinks.push(running);
  return running;
}

async function commit(log: Log, next: number, ...entries: [key: string, value: number][]): Promise<void> {
  const records: NewRecord[] = entries.map(([key, value]) => {
    return { topic: 't.sums.v1', key: Buffer.from(key), value: Buffer.from(String(value)), timestampMs: 1 };
  });
  const value = Buffer.from(JSON.stringify({ inputs: { clicks: next }, stream_time_ms: 1 }));
  const position = { topic: 't.counting-positions.v1', partition: 0, key: Buffer.from('0'), value, timestampMs: 1 };
  const transactor = await log.openTransactor('t.counting.0');
  await transactor.commit({ records: [...records, position] });
  await transactor.close();
}

test('what is committed is written, then the progress that it stands for', async () => {
  const log = await openLog();
  const target = new Target();
  start(log, target);
  await commit(log, 2, ['a', 1], ['b', 1]);
  await until(() => target.written.length === 3);
  assert.deepEqual(target.written, ['a=1', 'b=1', 'counting.0@2']);
});

test('it resumes from what the target holds, and says the progress again', async () => {
  const log = await openLog();
  await commit(log, 1, ['a', 1]);
  const { end } = await log.offsets({ topic: 't.sums.v1', partition: 0 });
  await commit(log, 2, ['a', 2]);
  const target = new Target();
  target.known.push({ topic: 't.sums.v1', partition: 0, offset: end });
  start(log, target);
  await until(() => target.written.at(-1) === 'counting.0@2');
  assert.equal(target.written.includes('a=1'), false);
});

test('a write that failed is repeated, and neither entries nor progress are lost', async () => {
  const log = await openLog();
  const target = new Target();
  target.fault = failing(new DependencyUnavailable('store', 'down'), Infinity);
  const running = start(log, target);
  await commit(log, 1, ['a', 1]);
  await until(() => running.problem() === 'down');
  target.fault = () => undefined;
  await until(() => target.written.includes('counting.0@1'));
  assert.equal(running.problem(), '');
  assert.equal(target.written[0], 'a=1');
});

test('a commit that changed no entry still moves the progress', async () => {
  const log = await openLog();
  const target = new Target();
  start(log, target);
  await commit(log, 1, ['a', 1]);
  await commit(log, 5);
  await until(() => target.written.at(-1) === 'counting.0@5');
});

test('stopped while the target is down, it ends', async () => {
  const log = await openLog();
  const target = new Target();
  target.fault = failing(new DependencyUnavailable('store', 'down'), Infinity);
  const running = start(log, target);
  await commit(log, 1, ['a', 1]);
  await until(() => running.problem() === 'down');
  await running.stop();
  assert.deepEqual(target.written, []);
});

test('a target that lost what it was given is given it again, whether it says so or refuses what does not follow', async () => {
  for (const says of [true, false]) {
    const log = await openLog();
    const target = new Target();
    start(log, target);
    await commit(log, 1, ['a', 1]);
    await commit(log, 2, ['b', 2]);
    await until(() => target.written.at(-1) === 'counting.0@2');
    const former = target.written.splice(0).filter((each) => !each.includes('@'));
    target.fault = failing(new StateUnusable('it was emptied'), 1);
    if (says) target.lost();
    else await commit(log, 3, ['c', 3]);
    await until(() => target.written.at(-1) === `counting.0@${says ? 2 : 3}`);
    const again = target.written.filter((each) => !each.includes('@'));
    assert.deepEqual(again, says ? former : [...former, 'c=3']);
    assert.equal(target.from[0], 0, 'the first batch after that goes on from nothing');
  }
});
