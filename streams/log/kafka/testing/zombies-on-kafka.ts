// What keeps a zombie out is the transactional id that belongs to the task. The same for every client: also one that tells the broker
// the member's generation does so before it asks for the commit, and the commit itself names only the id.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { readPartition, record, values } from '../../contract/support.ts';
import { createKafka } from '../kafkajs/kafkajs.ts';
import { openKafkaLog } from '../open.ts';
import { kafkaContext, type KafkaClientName } from '../settings.ts';
import { kafkaBehindProxy } from './kafka-behind-proxy.ts';
import { playZombie } from './zombie-on-kafka.ts';

export async function zombiesOnKafka(client: KafkaClientName): Promise<void> {
  const found = await kafkaBehindProxy();
  if (found === undefined) return;
  const scene = { client, ...found };

  test('a zombie that wakes in the middle of its commit doubles nothing', async () => {
    assert.deepEqual(await playZombie({ ...scene, prefix: 'task', idOf: (id) => id }), { doubled: 0, lost: 0 });
  });

  // One that waits would be saved by that: the zombie's transaction holds up what can be read.
  test('with ids of processes in place of tasks the same zombie doubles what it had begun', async () => {
    const idOf = (id: string, instance: string) => `${id}.${instance}`;
    const { doubled, lost } = await playZombie({ ...scene, prefix: 'process', idOf, isHasty: true });
    assert.ok(doubled > 0, 'the scene must show the fault that the id of a task prevents');
    assert.equal(lost, 0);
  });

  test('a zombie that has yet to look back at its commit leaves the transaction of its successor alone', async () => {
    const { kafka, proxy } = found;
    const zombies = await openKafkaLog({ client, brokers: [proxy.address] });
    after(() => zombies.close());
    const topic = 'looked-back-at';
    await zombies.ensureTopics([{ name: topic, partitions: 1, cleanup: 'delete' }]);
    const zombie = await zombies.openTransactor('looking-back', [topic]);
    const held = proxy.holdAfterNextCommit();
    await zombie.commit({ records: [record(topic, 'k', 'of the zombie')] });
    await held;
    const successor = createKafka(kafkaContext({ brokers: [kafka.address()] })).producer({
      transactionalId: 'looking-back',
    });
    after(() => successor.disconnect());
    await successor.connect();
    const transaction = await successor.transaction();
    await transaction.send({ topic, messages: [{ key: 'k', value: 'half of what belongs together' }] });
    proxy.release();
    await assert.rejects(zombie.commit({ records: [record(topic, 'k', 'late')] }), { kind: 'TaskFenced' });
    await transaction.abort();
    const { records } = await readPartition(zombies, { topic, partition: 0 });
    assert.deepEqual(values(records), ['of the zombie']);
  });
}
