// `freshet train recommend` on brokers: it reads the history there, and its model's record stands in the topic.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { interactions, models } from '../../schemas/topics.ts';
import type { Model } from '../../schemas/types.ts';
import { physicalName } from '../../streams/index.ts';
import { openKafkaLog } from '../../streams/log/kafka/open.ts';
import { seededRandom } from '../../streams/random.ts';
import { allTopics } from '../../system/open-log.ts';
import { readHistory } from '../../training/read-history.ts';
import { tasteHistory } from '../../training/testing/given-history.ts';
import { runFreshet } from '../end-to-end/freshet-process.ts';
import { startKafka } from '../servers/kafka.ts';

const prefix = 'trained';
const partitions = 2;

test('a model is trained from brokers', async () => {
  const server = await startKafka();
  if (server === undefined) return;
  const modelsDir = mkdtempSync(join(tmpdir(), 'freshet-models-'));
  const log = await openKafkaLog({ brokers: [server.address()], clientId: 'test' });
  try {
    await log.ensureTopics(allTopics({ topicPrefix: prefix, partitions }));
    const happened = tasteHistory(
      { groups: ['tea', 'bike'], itemsPerGroup: 10, customers: 60, days: 6 },
      seededRandom(1),
    );
    await log.append(
      happened.map((one) => ({
        topic: physicalName(prefix, interactions.name),
        key: Buffer.from(one.customer_id),
        value: interactions.codec.encode(one),
        timestampMs: one.timestamp,
      })),
    );
    const run = await runFreshet(['train', 'recommend', '--json'], {
      KAFKA_BROKERS: server.address(),
      TOPIC_PREFIX: prefix,
      PARTITIONS: String(partitions),
      MODELS_DIR: modelsDir,
    });
    assert.equal(run.code, 0, run.output);
    const told = JSON.parse(run.output.slice(run.output.indexOf('{'))) as Model;
    assert.equal(told.interactions, happened.length);
    assert.ok(existsSync(join(modelsDir, told.file)));
    const { models: recorded } = await readHistory(log, prefix);
    assert.deepEqual(
      recorded.map(({ version, sha256 }) => [version, sha256]),
      [[told.version, told.sha256]],
      models.name,
    );
  } finally {
    await log.close();
    await server.remove();
    rmSync(modelsDir, { recursive: true });
  }
});
