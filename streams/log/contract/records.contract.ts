// Contract: topics, appending and reading.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2 } from '../murmur2.ts';
import type { Subject } from './log.contract.ts';
import { pause, readPartition, readTopic, record, until, values } from './support.ts';

export function recordContract(subject: Subject): void {
  async function topic(partitions = 1, what = 'topic'): Promise<string> {
    const name = subject.name(what);
    await subject.log.ensureTopics([{ name, partitions, cleanup: 'delete' }]);
    return name;
  }

  test('a new topic is empty and has the wanted partitions', async () => {
    const name = await topic(3);
    assert.equal((await subject.log.describeTopic(name)).partitions, 3);
    assert.deepEqual(await subject.log.offsets({ topic: name, partition: 2 }), { start: 0, end: 0 });
    assert.deepEqual(await readTopic(subject.log, name), []);
  });

  test('ensuring a topic again changes nothing; another partition count is refused', async () => {
    const name = await topic(3);
    const { topicId } = await subject.log.describeTopic(name);
    await subject.log.ensureTopics([{ name, partitions: 3, cleanup: 'delete' }]);
    assert.equal((await subject.log.describeTopic(name)).topicId, topicId);
    await assert.rejects(subject.log.ensureTopics([{ name, partitions: 4, cleanup: 'delete' }]), {
      kind: 'Misconfigured',
    });
    assert.equal((await subject.log.describeTopic(name)).partitions, 3);
  });

  test('an unknown topic is refused', async () => {
    await assert.rejects(subject.log.describeTopic(subject.name('unknown')), { kind: 'Misconfigured' });
  });

  test('records come back in order, whole, at the offsets append answered', async () => {
    const name = await topic();
    const sent = [
      record(name, 'a', 'first', { headers: { 'content-type': 'text/plain', grüße: 'schöne 🌊', empty: '' } }),
      record(name, 'b', null, { timestampMs: 1_700_000_000_001 }),
      record(name, null, ''),
      record(name, '', 'last', { headers: {} }),
    ];
    const places = await subject.log.append(sent);
    const { records } = await readPartition(subject.log, { topic: name, partition: 0 });
    assert.deepEqual(
      records.map(({ offset }) => ({ topic: name, partition: 0, offset })),
      places,
    );
    assert.deepEqual(
      records.map(({ key, value, timestampMs, headers }) => ({ key, value, timestampMs, headers: { ...headers } })),
      sent.map(({ key, value, timestampMs, headers = {} }) => ({ key, value, timestampMs, headers: { ...headers } })),
    );
  });

  test('appends one after the other keep their order, also when nobody waits in between', async () => {
    const name = await topic();
    const numbers = Array.from({ length: 200 }, (_, number) => String(number));
    await Promise.all(
      numbers.map((number) => subject.log.append([record(name, 'k', number)], { durability: 'memory' })),
    );
    assert.deepEqual(values(await readTopic(subject.log, name)), numbers);
  });

  test("keys go where Java's client puts them, explicit partitions where they say", async () => {
    const name = await topic(7);
    const keys = Array.from({ length: 50 }, (_, number) => `customer ${number}`);
    await subject.log.append(keys.map((key) => record(name, key, key)));
    await subject.log.append([record(name, 'customer 1', 'explicit', { partition: 6 })]);
    for (const { key, value, partition } of await readTopic(subject.log, name)) {
      const byKey = (murmur2(key ?? Buffer.of()) & 0x7fffffff) % 7;
      assert.equal(partition, value?.toString() === 'explicit' ? 6 : byKey);
    }
  });

  test('an append with a record that has no place writes nothing', async () => {
    const name = await topic(2);
    const bad = [record(name, 'a', 'good'), record(name, 'b', 'bad', { partition: 2 })];
    await assert.rejects(subject.log.append(bad), { kind: 'Misconfigured' });
    assert.deepEqual(await readTopic(subject.log, name), []);
  });

  test('a record of 1 MiB comes back whole, among small ones', async () => {
    const name = await topic();
    const large = Buffer.alloc(2 ** 20, 'freshet ');
    await subject.log.append([
      record(name, 'a', 'small'),
      { ...record(name, 'b', null), value: large },
      record(name, 'c', 'small'),
    ]);
    const { records } = await readPartition(subject.log, { topic: name, partition: 0 });
    assert.deepEqual(records[1]?.value, large);
    assert.equal(records.length, 3);
  });

  test('batches are bounded', async () => {
    const name = await topic();
    const value = Buffer.alloc(100_000, 'x');
    for (let round = 0; round < 10; round += 1) {
      await subject.log.append(
        Array.from({ length: 5 }, () => ({ ...record(name, 'k', null), value })),
        { durability: 'memory' },
      );
    }
    const reader = subject.log.openReader([{ topic: name, partition: 0, offset: 0 }]);
    let records = 0;
    while (records < 50) {
      for (const batch of await reader.read(1000)) {
        const size = batch.records.reduce((sum, { value: bytes }) => sum + (bytes?.length ?? 0), 0);
        assert.ok(size <= 2.5 * 2 ** 20, `${size} bytes in one batch`);
        records += batch.records.length;
      }
    }
    await reader.close();
  });

  test('reading begins at the given offset', async () => {
    const name = await topic();
    await subject.log.append(['0', '1', '2', '3', '4'].map((value) => record(name, 'k', value)));
    const { records } = await readPartition(subject.log, { topic: name, partition: 0 }, 3);
    assert.deepEqual(values(records), ['3', '4']);
  });

  test('a reader waits for what is not there yet, and no longer than told', async () => {
    const name = await topic();
    const reader = subject.log.openReader([{ topic: name, partition: 0, offset: 0 }]);
    const startedMs = Date.now();
    assert.deepEqual(await reader.read(50), []);
    assert.ok(Date.now() - startedMs >= 40);
    const waiting = reader.read(10_000);
    await pause(10);
    await subject.log.append([record(name, 'k', 'late')]);
    assert.deepEqual(values((await waiting).flatMap(({ records }) => records)), ['late']);
    assert.ok(Date.now() - startedMs < 9_000);
    await reader.close();
  });

  test('one reader reads several partitions of several topics', async () => {
    const [one, other] = [await topic(2, 'one'), await topic(1, 'other')];
    await subject.log.append([
      record(one, 'k', '1', { partition: 0 }),
      record(one, 'k', '2', { partition: 1 }),
      record(other, 'k', '3'),
    ]);
    const reader = subject.log.openReader([
      { topic: one, partition: 0, offset: 0 },
      { topic: one, partition: 1, offset: 0 },
      { topic: other, partition: 0, offset: 0 },
    ]);
    const read: string[] = [];
    while (read.length < 3) {
      for (const { topic: from, partition, records } of await reader.read(1000)) {
        read.push(...values(records).map((value) => `${from}/${partition}: ${value}`));
      }
    }
    assert.deepEqual(read.toSorted(), [`${one}/0: 1`, `${one}/1: 2`, `${other}/0: 3`].toSorted());
    await reader.close();
  });

  test('closing a reader ends its wait', async () => {
    const name = await topic();
    const reader = subject.log.openReader([{ topic: name, partition: 0, offset: 0 }]);
    let ended = false;
    const waiting = reader.read(15_000).then(() => (ended = true));
    await pause(10);
    await reader.close();
    await until('the read ends', () => ended);
    await waiting;
  });

  test('a reopened log is the same log and has everything', async () => {
    const name = await topic(2);
    const { clusterId } = subject.log;
    const { topicId } = await subject.log.describeTopic(name);
    await subject.log.append([record(name, 'k', '1', { partition: 0 }), record(name, 'k', '2', { partition: 1 })]);
    await subject.log.append([record(name, 'k', '3', { partition: 1 })], { durability: 'memory' });
    const log = await subject.reopen();
    assert.equal(log.clusterId, clusterId);
    assert.equal((await log.describeTopic(name)).topicId, topicId);
    assert.deepEqual(values(await readTopic(log, name)), ['1', '2', '3']);
    const [place] = await log.append([record(name, 'k', '4', { partition: 1 })]);
    assert.equal(place?.offset, 2);
  });
}
