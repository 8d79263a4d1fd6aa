// Topics as they should be against those on a real broker.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startKafka } from '../../../../test/servers/kafka.ts';
import type { TopicSpec } from '../../log.ts';
import { openKafkaLog } from '../open.ts';
import type { KafkaClientName } from '../settings.ts';

const dayMs = 86_400_000;

export async function topicsOnKafka(client: KafkaClientName): Promise<void> {
  const kafka = await startKafka();
  if (kafka === undefined) return;
  after(() => kafka.remove());
  const log = await openKafkaLog({ client, brokers: [kafka.address()] });
  after(() => log.close());

  const history: TopicSpec = { name: 'history', partitions: 3, cleanup: 'delete', retentionMs: 30 * dayMs };
  const state: TopicSpec = { name: 'state', partitions: 3, cleanup: 'compact', tombstoneRetentionMs: 2 * dayMs };
  const sessions: TopicSpec = { name: 'sessions', partitions: 3, cleanup: 'compact,delete', retentionMs: dayMs };
  const handedOver: TopicSpec = { name: 'handed-over', partitions: 3, cleanup: 'delete', retentionBytes: 1_000_000 };
  const all = [history, state, sessions, handedOver];

  test('what is missing is named, then created as described, then nothing differs', async () => {
    assert.deepEqual((await log.topics.diff(all)).missing, all);
    await log.topics.apply([history]);
    assert.deepEqual((await log.topics.diff(all)).missing, [state, sessions, handedOver]);
    await log.topics.apply(all);
    assert.deepEqual(await log.topics.diff(all), { missing: [], partitions: [], configs: [] });
  });

  test('other settings and partition counts are named and left as they are', async () => {
    const wanted = [
      { ...history, retentionMs: dayMs },
      { ...state, partitions: 6, tombstoneRetentionMs: dayMs },
      { ...handedOver, retentionBytes: 2_000_000 },
    ];
    const expected = {
      missing: [],
      partitions: [{ topic: 'state', wanted: 6, found: 3 }],
      configs: [
        { topic: 'history', config: 'retention.ms', wanted: `${dayMs}`, found: `${30 * dayMs}` },
        { topic: 'state', config: 'delete.retention.ms', wanted: `${dayMs}`, found: `${2 * dayMs}` },
        { topic: 'handed-over', config: 'retention.bytes', wanted: '2000000', found: '1000000' },
      ],
    };
    assert.deepEqual(await log.topics.apply(wanted), expected);
    assert.deepEqual(await log.topics.diff(wanted), expected);
  });
}
