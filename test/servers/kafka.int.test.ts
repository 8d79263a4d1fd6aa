// The broker that tests run on keeps its data and address over an end, hangs when paused, and is gone when removed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { startKafka } from './kafka.ts';

test('a broker is the same one after it was killed or stopped, and gone when removed', async () => {
  const server = await startKafka();
  if (server === undefined) return;
  const admin = new Kafka({ brokers: [server.address()], logLevel: logLevel.NOTHING, retry: { retries: 2 } }).admin();
  try {
    await admin.connect();
    const { clusterId } = await admin.describeCluster();
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }] });
    for (const end of [() => server.kill(), () => server.stop()]) {
      await end();
      await server.start();
      assert.equal((await admin.describeCluster()).clusterId, clusterId);
      assert.deepEqual(await admin.listTopics(), ['kept']);
    }
    server.pause();
    let hasAnswered = false;
    const answer = admin.listTopics().then((topics) => ((hasAnswered = true), topics));
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(hasAnswered, false);
    server.resume();
    assert.deepEqual(await answer, ['kept']);
    await server.remove();
    await assert.rejects(admin.listTopics());
  } finally {
    await admin.disconnect();
    await server.remove();
  }
});
