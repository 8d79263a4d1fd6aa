// What brokers and others do to a client: forget it, go away and come back, pack their records, speak an older protocol, use another library.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Producer as LibraryProducer } from '@platformatic/kafka';
import { pause, readTopic, readWhole, record, Recorder, until, values } from '../../contract/support.ts';
import type { PlacedRecord } from '../client.ts';
import { openKafkaLog } from '../open.ts';
import { kafkaContext } from '../settings.ts';
import { kafkaBehindProxy } from '../testing/kafka-behind-proxy.ts';
import { openPlatformaticClient } from './open-client.ts';

const expirationMs = 1_000;
const found = await kafkaBehindProxy({
  'transactional.id.expiration.ms': String(expirationMs),
  'transaction.remove.expired.transaction.cleanup.interval.ms': '200',
});

if (found !== undefined) {
  const { kafka, proxy } = found;
  // Longer than a broker takes to come back on a machine that has much else to do.
  const limits = { retryMs: 100_000 };
  const settings = { client: 'platformatic', brokers: [kafka.address()], limits } as const;
  const withLog = async (act: (log: Awaited<ReturnType<typeof openKafkaLog>>) => Promise<void>) => {
    const log = await openKafkaLog(settings);
    try {
      await act(log);
    } finally {
      await log.close();
    }
  };

  test('an id that was idle until the brokers forgot it has to be opened again, and nothing was written', () =>
    withLog(async (log) => {
      await log.ensureTopics([{ name: 'idle', partitions: 1, cleanup: 'delete' }]);
      const transactor = await log.openTransactor('idle');
      await transactor.commit({ records: [record('idle', 'k', 'before')] });
      await pause(expirationMs + 1_000);
      await assert.rejects(transactor.commit({ records: [record('idle', 'k', 'lost')] }), { kind: 'CommitUnclear' });
      const next = await log.openTransactor('idle');
      await next.commit({ records: [record('idle', 'k', 'after')] });
      assert.deepEqual(values(await readWhole(log, 'idle', 2)), ['before', 'after']);
    }));

  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    test(`records that another producer packed by ${compression} are read`, () =>
      withLog(async (log) => {
        await log.ensureTopics([{ name: compression, partitions: 1, cleanup: 'delete' }]);
        const producer = new LibraryProducer({ clientId: 'other', bootstrapBrokers: [kafka.address()] });
        const sent = Array.from({ length: 100 }, (_, number) => `${number} ${'freshet '.repeat(50)}`);
        const messages = sent.map((value) => ({ topic: compression, value: Buffer.from(value), partition: 0 }));
        await producer.send({ messages, compression });
        await producer.close();
        assert.deepEqual(values(await readTopic(log, compression)), sent);
      }));
  }

  test('with brokers of the older protocol: transactions, offsets, fences and aborts', async () => {
    const client = await openPlatformaticClient(kafkaContext(settings), { asOlderBrokers: true });
    await client.createTopics([{ name: 'older', partitions: 2, replicationFactor: 1, configs: {} }]);
    const both = (value: string): PlacedRecord[] =>
      [0, 1].map((partition) => ({ ...record('older', 'k', value), partition }));
    const outsider = { memberId: 'nobody', generation: 7, instanceId: 'nobody' };
    const offsets = [{ topic: 'older', partition: 0, offset: 5 }];
    const consumed = { group: 'older', offsets, membership: () => outsider };

    const former = await client.openTransactionalProducer('older');
    for (const value of ['1', '2']) assert.equal((await former.commit(both(value))).length, 2);
    await assert.rejects(former.commit(both('of an outsider'), consumed), { kind: 'TaskFenced' });
    await former.commit(both('3'));
    const later = await client.openTransactionalProducer('older');
    await assert.rejects(former.commit(both('of a zombie')), { kind: 'TaskFenced' });
    await later.commit(both('4'));
    assert.deepEqual(await client.committedOffsets('older'), []);
    await withLog(async (log) => assert.equal(values(await readWhole(log, 'older', 8)).join(''), '12341234'));
    await client.close();
  });

  test('members by both client libraries share a group, so that one can replace the other process by process', () =>
    withLog(async (log) => {
      const former = await openKafkaLog({ ...settings, client: 'kafkajs' });
      await log.ensureTopics([{ name: 'shared', partitions: 2, cleanup: 'delete' }]);
      const one = await Recorder.join(former, 'shared', 'one', ['shared']);
      await until('it has all', () => one.partitions.length === 2);
      const other = await Recorder.join(log, 'shared', 'other', ['shared']);
      await until('both have one', () => one.partitions.length === 1 && other.partitions.length === 1);
      assert.notEqual(one.partitions[0], other.partitions[0]);
      await former.close();
      await until('the other has all', () => other.partitions.length === 2);
    }));

  test('a member that died while it was to give something up, and comes back, gives it up', async () => {
    const patient = { ...settings, limits: { sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 60_000 } };
    const dying = await openKafkaLog({
      ...patient,
      brokers: [proxy.address],
      limits: { ...patient.limits, retryMs: 200, revokeWaitMs: 60_000 },
    });
    const log = await openKafkaLog(patient);
    await log.ensureTopics([{ name: 'moving', partitions: 2, cleanup: 'delete' }]);
    const former = await Recorder.join(dying, 'moving', 'one', ['moving']);
    await until('it has all', () => former.partitions.length === 2);
    let finish = (): void => {};
    former.whileRevoking = () => new Promise((resolve) => (finish = resolve));
    const other = await Recorder.join(log, 'moving', 'other', ['moving']);
    await until('it is to give one up', () => former.told.some((each) => each.startsWith('revoking')));
    await proxy.close();
    const again = await Recorder.join(log, 'moving', 'one', ['moving']);
    await until('both have one', () => again.partitions.length === 1 && other.partitions.length === 1);
    assert.notEqual(again.partitions[0], other.partitions[0]);
    finish();
    await Promise.all([log.close(), dying.close()]);
  });
}
