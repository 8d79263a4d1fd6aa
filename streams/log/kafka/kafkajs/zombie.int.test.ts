// What keeps a zombie out is the transactional id that belongs to the task: the broker can't tell kafkajs's members from former ones.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startKafka } from '../../../../test/servers/kafka.ts';
import { BrokerProxy } from '../testing/broker-proxy.ts';
import { playZombie } from '../testing/zombie-on-kafka.ts';

const proxy = await BrokerProxy.open();
after(() => proxy.close());
const kafka = await startKafka({ listeners: { proxied: { protocol: 'PLAINTEXT', advertised: proxy.address } } });
if (kafka !== undefined) {
  after(() => kafka.remove());
  proxy.forwardTo(kafka.address('proxied'));
  const scene = { client: 'kafkajs', kafka, proxy } as const;

  test('a zombie that wakes in the middle of its commit doubles nothing', async () => {
    assert.deepEqual(await playZombie({ ...scene, prefix: 'task', idOf: (id) => id }), { doubled: 0, lost: 0 });
  });

  test('with ids of processes in place of tasks the same zombie doubles what it had begun', async () => {
    const idOf = (id: string, instance: string) => `${id}.${instance}`;
    const { doubled, lost } = await playZombie({ ...scene, prefix: 'process', idOf });
    assert.ok(doubled > 0, 'the scene must show the fault that the id of a task prevents');
    assert.equal(lost, 0);
  });
}
