// The log on kafkajs keeps the log's contract against a real broker.
import { after } from 'node:test';
import { startKafka } from '../../../../test/servers/kafka.ts';
import { logContract } from '../../contract/log.contract.ts';
import { openKafkaLog } from '../open.ts';

const kafka = await startKafka();
if (kafka !== undefined) {
  after(() => kafka.remove());
  const limits = { revokeWaitMs: 500, sessionTimeoutMs: 3_000 };
  const options = {
    can: { tidy: false, loseCommits: false },
    revokeWaitMs: limits.revokeWaitMs,
    shownWithinMs: 10_000,
  };
  logContract(
    'Kafka, by kafkajs',
    async () => ({
      open: () => openKafkaLog({ client: 'kafkajs', brokers: [kafka.address()], limits }),
      remove: async () => {},
    }),
    options,
  );
}
