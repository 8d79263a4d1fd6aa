// Records that somebody packed: here the broker itself, as Java's producers do.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { startKafka } from '../../../../test/servers/kafka.ts';
import { readPartition, record, values } from '../../contract/support.ts';
import { openKafkaLog } from '../open.ts';
import type { KafkaClientName } from '../settings.ts';

export async function packedOnKafka(client: KafkaClientName): Promise<void> {
  const kafka = await startKafka();
  if (kafka === undefined) return;
  after(() => kafka.remove());
  const log = await openKafkaLog({ client, brokers: [kafka.address()] });
  after(() => log.close());

  for (const packing of ['gzip', 'snappy', 'lz4', 'zstd']) {
    test(`records packed by ${packing} are read`, async () => {
      const admin = new Kafka({ brokers: [kafka.address()], logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      const configEntries = [{ name: 'compression.type', value: packing }];
      await admin.createTopics({ topics: [{ topic: packing, numPartitions: 1, configEntries }] });
      await admin.disconnect();
      const sent = Array.from({ length: 500 }, (_, number) => `${number} ${'freshet '.repeat(50)}`);
      await log.append(sent.map((value) => record(packing, 'k', value)));
      const { records } = await readPartition(log, { topic: packing, partition: 0 });
      assert.deepEqual(values(records), sent);
    });
  }
}
