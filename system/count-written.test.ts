import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { FakeLog } from '../gateway/testing/fake-log.ts';
import type { Log, NewRecord, Transaction } from '../streams/log/log.ts';
import { countWritten } from './count-written.ts';

test('what was written counts by topic, and what was not does not', async () => {
  const registry = new Registry();
  const fake = new FakeLog();
  let aborts = false;
  const commit = async (_transaction: Transaction) => {
    if (aborts) throw new Error('aborted');
    return [];
  };
  // The fake has the part of a log that is counted.
  const log = Object.assign(fake, {
    openTransactor: async () => ({ commit, close: async () => {} }),
  }) as unknown as Log;
  const counted = countWritten(log, registry, (topic) => topic.toUpperCase());

  await counted.append([record('a'), record('a'), record('b')]);
  fake.failure = new Error('no room');
  await assert.rejects(counted.append([record('a')]));
  const transactor = await counted.openTransactor('id');
  await transactor.commit({ records: [record('b')] });
  aborts = true;
  await assert.rejects(transactor.commit({ records: [record('b')] }));

  for (const _ of ['once', 'and once more']) {
    const text = await registry.metrics();
    assert.match(text, /freshet_records_written_total\{topic="A"\} 2/);
    assert.match(text, /freshet_records_written_total\{topic="B"\} 2/);
  }
});

function record(topic: string): NewRecord {
  return { topic, partition: 0, key: Buffer.from('k'), value: Buffer.from('v'), timestampMs: 0 };
}
