// The log's contract against a real broker, behind a proxy that can lose a commit's answer. The same for every client.
import { logContract } from '../../contract/log.contract.ts';
import { openKafkaLog } from '../open.ts';
import type { KafkaClientName } from '../settings.ts';
import { kafkaBehindProxy } from './kafka-behind-proxy.ts';

/** Short, so that a member that is silent or does not let go is given up within a test. */
const limits = { revokeWaitMs: 500, sessionTimeoutMs: 3_000 };
const shownWithinMs = 10_000;

export async function contractOnKafka(client: KafkaClientName): Promise<void> {
  const found = await kafkaBehindProxy();
  if (found === undefined) return;
  const { proxy } = found;
  logContract(
    `Kafka, by ${client}`,
    async () => ({
      open: () => openKafkaLog({ client, brokers: [proxy.address], limits }),
      remove: async () => {},
      loseNextCommit: async (_log, done) => proxy.loseNextCommit(done),
    }),
    // A broker compacts nothing of what was appended last, and its retention goes by the clock on the wall. What topics are told of it: topics-on-kafka.ts
    { can: { tidy: false, loseCommits: true }, revokeWaitMs: limits.revokeWaitMs, shownWithinMs },
  );
}
