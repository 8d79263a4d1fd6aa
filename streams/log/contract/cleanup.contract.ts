// Contract: compaction and retention.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogRecord, TopicSpec } from '../log.ts';
import type { ContractOptions, Subject } from './log.contract.ts';
import { pause, readPartition, readTopic, record } from './support.ts';

export function cleanupContract(subject: Subject, { can }: ContractOptions): void {
  if (!can.tidy) return;
  async function topic(spec: Omit<TopicSpec, 'name'>): Promise<string> {
    const name = subject.name('topic');
    await subject.log.ensureTopics([{ ...spec, name }]);
    return name;
  }
  const tidy = async () => subject.under.tidy?.(subject.log);
  const shown = (records: readonly LogRecord[]) =>
    records.map(({ key, value }) => `${key?.toString()}=${value?.toString() ?? 'gone'}`);

  test('compaction keeps the last value of each key, at its offset', async () => {
    const name = await topic({ partitions: 1, cleanup: 'compact' });
    for (let round = 0; round < 5; round += 1) {
      await subject.log.append(['a', 'b', 'c'].map((key) => record(name, key, `${key}${round}`)));
      if (round % 2 === 0) await tidy();
    }
    await subject.log.append([record(name, 'a', 'last')]);
    const place = { topic: name, partition: 0 };
    const { end } = await subject.log.offsets(place);
    await tidy();
    const { records, next } = await readPartition(subject.log, place);
    assert.deepEqual(shown(records), ['b=b4', 'c=c4', 'a=last']);
    assert.deepEqual([records[0]?.offset, next], [13, end]);
    assert.equal((await subject.log.offsets(place)).end, end);
    assert.deepEqual(shown(await readTopic(await subject.reopen(), name)), ['b=b4', 'c=c4', 'a=last']);
  });

  test('a tombstone deletes its key, stays for the retention, then goes', async () => {
    const name = await topic({ partitions: 1, cleanup: 'compact', tombstoneRetentionMs: 2_000 });
    await subject.log.append([record(name, 'a', 'value'), record(name, 'b', 'value')]);
    await tidy();
    await subject.log.append([record(name, 'a', null)]);
    await tidy();
    assert.deepEqual(shown(await readTopic(subject.log, name)), ['b=value', 'a=gone']);
    await pause(2_500);
    await tidy();
    assert.deepEqual(shown(await readTopic(subject.log, name)), ['b=value']);
  });

  test('a reader goes on across a compaction', async () => {
    const name = await topic({ partitions: 1, cleanup: 'compact' });
    const keys = Array.from({ length: 50 }, (_, number) => `key ${number}`);
    await subject.log.append(keys.map((key) => record(name, key, 'old')));
    await tidy();
    const reader = subject.log.openReader([{ topic: name, partition: 0, offset: 0 }]);
    const latest = new Map<string, string | undefined>();
    const take = async () => {
      for (const { records } of await reader.read(100)) {
        for (const { key, value } of records) latest.set(key?.toString() ?? '', value?.toString());
      }
    };
    await take();
    await subject.log.append(keys.map((key) => record(name, key, 'new')));
    await tidy();
    for (let round = 0; round < 5; round += 1) await take();
    assert.deepEqual(latest, new Map(keys.map((key) => [key, 'new'])));
    await reader.close();
  });

  for (const cleanup of ['delete', 'compact,delete'] as const) {
    test(`retention (${cleanup}) lets go what is older than the newest by more, and never what is not`, async () => {
      const name = await topic({ partitions: 1, cleanup, retentionMs: 1000 });
      const place = { topic: name, partition: 0 };
      await subject.log.append([
        record(name, 'a', 'old', { timestampMs: 10_000 }),
        record(name, 'b', 'old', { timestampMs: 10_500 }),
      ]);
      await tidy();
      assert.equal((await readTopic(subject.log, name)).length, 2);
      await subject.log.append([
        record(name, 'c', 'new', { timestampMs: 11_501 }),
        record(name, 'd', 'new', { timestampMs: 11_400 }),
      ]);
      await tidy();
      await tidy();
      assert.deepEqual(shown(await readTopic(subject.log, name)), ['c=new', 'd=new']);
      assert.deepEqual(await subject.log.offsets(place), { start: 2, end: 4 });
      assert.deepEqual(shown((await readPartition(subject.log, place, 1)).records), ['c=new', 'd=new']);
    });
  }

  test('retention in bytes lets go what has as much after it, whatever its age, and nothing else', async () => {
    const name = await topic({ partitions: 1, cleanup: 'delete', retentionBytes: 40_000 });
    const keys = Array.from({ length: 15 }, (_, number) => `key ${number}`);
    for (const key of keys) {
      await subject.log.append([record(name, key, 'x'.repeat(10_000), { timestampMs: 0 })]);
      await tidy();
    }
    const left = (await readTopic(subject.log, name)).map(({ key }) => String(key));
    assert.deepEqual(left, keys.slice(-left.length));
    assert.ok(left.length >= 4 && left.length < 10, `${left.length} are left`);
  });

  test('a topic without retention keeps everything', async () => {
    const name = await topic({ partitions: 1, cleanup: 'delete' });
    await subject.log.append([record(name, 'a', 'old', { timestampMs: 0 })]);
    await tidy();
    await subject.log.append([record(name, 'a', 'new', { timestampMs: 2_000_000_000_000 })]);
    await tidy();
    assert.deepEqual(shown(await readTopic(subject.log, name)), ['a=old', 'a=new']);
  });
}
