// A broker that ends a transaction leaves out a partition that has no leader just then: what was written there stays undecided although the
// transaction counts as ended, and becomes part of the next one. Whoever opens the id next sees to that, before it restores anything.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { KafkaServer } from '../../../../test/servers/kafka.ts';
import { patiently } from '../../../patiently.ts';
import { pause, readPartition, record, values } from '../../contract/support.ts';
import type { TopicPartition, Transactor } from '../../log.ts';
import { openKafkaLog } from '../open.ts';
import { Cluster } from '../platformatic/cluster.ts';
import { kafkaContext, type KafkaClientName } from '../settings.ts';
import type { BrokerProxy } from './broker-proxy.ts';
import { kafkaBehindProxy } from './kafka-behind-proxy.ts';

const topic = 'results';
/** Takes small records only: a transaction with a large one for it is aborted. */
const narrow = 'narrow';
const narrowBytes = 100_000;
/** The second node. */
const far = 2;
const limits = { retryMs: 100_000, requestTimeoutMs: 60_000 };
const patienceMs = 100_000;

export async function leftoversOnKafka(client: KafkaClientName): Promise<void> {
  const near = await kafkaBehindProxy({ 'transaction.state.log.num.partitions': '1' });
  if (near !== undefined) await withTwoBrokers(client, near.kafka, near.proxy);
}

async function withTwoBrokers(client: KafkaClientName, nearBroker: KafkaServer, proxy: BrokerProxy): Promise<void> {
  // One copy each: a partition whose broker is away has no leader.
  const settings = { client, brokers: [nearBroker.address()], replicationFactor: 1, limits } as const;
  const cluster = await Cluster.open(kafkaContext(settings));
  const log = await openKafkaLog(settings);
  const stalling = await openKafkaLog({ ...settings, brokers: [proxy.address] });
  after(() => Promise.all([log.close(), stalling.close(), cluster.close()]));
  // While it is alone it becomes the coordinator of all transactions.
  await (await log.openTransactor('first')).close();
  const farBroker = await nearBroker.another();
  after(() => farBroker.remove());
  await farBroker.start();
  await log.ensureTopics([{ name: topic, partitions: 4, cleanup: 'delete' }]);
  const narrowing = await openKafkaLog({ ...settings, limits: { ...limits, recordBytesMax: narrowBytes } });
  await narrowing.ensureTopics([{ name: narrow, partitions: 1, cleanup: 'delete' }]);
  await narrowing.close();
  const leaders = async () => (await cluster.describeTopics([topic])).get(topic)?.leaders ?? [];
  await until('the far broker leads one', async () => (await leaders()).includes(far));
  const away: TopicPartition = { topic, partition: (await leaders()).indexOf(far) };
  const isLed = async () => (await leaders())[away.partition] === far;
  const results = async () => values((await readPartition(log, away)).records);
  const result = (value: string) => ({ ...record(topic, 'k', value), partition: away.partition });

  /** It counts as committed, and nobody led the partition then. */
  const commitForgotten = async (transactor: Transactor, value: string): Promise<void> => {
    const held = proxy.holdFromNextCommit();
    const committing = transactor.commit({ records: [result(value)] });
    await held;
    await farBroker.stop();
    await until('nobody leads the partition', async () => !(await isLed()));
    proxy.release();
    await committing;
  };
  const comeBack = async (): Promise<void> => {
    await farBroker.start();
    await until('it is led again', isLed);
  };

  test('what was committed can be read as soon as the id is opened again', async () => {
    const transactor = await stalling.openTransactor('committed', [topic]);
    await commitForgotten(transactor, 'done');
    await transactor.close(); // as by dying: otherwise it would see to it itself
    await comeBack();
    assert.deepEqual(await results(), [], 'the scene must show what the brokers forget');
    await log.openTransactor('committed', [topic]);
    assert.deepEqual(await results(), ['done']);
  });

  test('what was committed stays so when the next transaction is aborted', async () => {
    const transactor = await stalling.openTransactor('followed', [topic, narrow]);
    await commitForgotten(transactor, 'kept');
    await comeBack();
    const tooLarge = record(narrow, 'k', 'x'.repeat(2 * narrowBytes));
    await assert.rejects(transactor.commit({ records: [result('never'), tooLarge] }));
    await log.openTransactor('followed', [topic, narrow]);
    assert.deepEqual(await results(), ['done', 'kept']);
  });

  test('what was aborted stays so when the next transaction commits', async () => {
    const transactor = await stalling.openTransactor('aborted', [topic]);
    proxy.loseNextCommit(false);
    await assert.rejects(transactor.commit({ records: [result('never')] }), { kind: 'CommitUnclear' });
    await farBroker.stop();
    await until('nobody leads the partition', async () => !(await isLed()));
    const opening = patiently(() => log.openTransactor('aborted', [topic]));
    await pause(1_000);
    await farBroker.start();
    await (await opening).commit({ records: [result('next')] });
    await until('it can be read', async () => (await results()).includes('next'));
    assert.deepEqual(await results(), ['done', 'kept', 'next']);
  });
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > untilMs) throw new Error(`waited in vain: ${what}`);
    await pause(100);
  }
}
