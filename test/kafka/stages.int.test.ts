// The real stages make the same of the same input on Kafka as on the embedded log: profiles and segments, byte for byte.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { at, interaction, item } from '../../processors/testing/given.ts';
import { customers, stages } from '../../processors/topology.ts';
import { interactions, items, profiles, segments } from '../../schemas/topics.ts';
import { physicalName, type TopicDefinition } from '../../streams/index.ts';
import { MemoryDisk } from '../../streams/log/embedded/memory-disk.ts';
import { openEmbeddedLog } from '../../streams/log/embedded/open.ts';
import { openKafkaLog } from '../../streams/log/kafka/open.ts';
import type { Log, NewRecord } from '../../streams/log/log.ts';
import { runStages, topicsOf } from '../../streams/run-stages.ts';
import { MemoryStateStore } from '../../streams/store/memory.ts';
import { startKafka } from '../servers/kafka.ts';

const prefix = 'same';
const partitions = 3;
const customerCount = 40;
const interactionCount = 1_200;
const patienceMs = 120_000;

function recordOf<V>(topic: TopicDefinition<V>, key: string, value: V, timestampMs: number): NewRecord {
  return {
    topic: physicalName(prefix, topic.name),
    key: Buffer.from(key),
    value: topic.codec.encode(value),
    timestampMs,
  };
}

const goods = ['mug', 'pan', 'pot', 'lamp', 'rug', 'chair'];
const offered = goods.map((id, index) =>
  recordOf(items, id, item(id, { price: 5 * (index + 1), categories: [index % 2 === 0 ? 'Home' : 'Kitchen'] }), at(0)),
);
const happened = Array.from({ length: interactionCount }, (_, number) => {
  const customer_id = `customer-${(number * 7) % customerCount}`;
  const type = number % 11 === 0 ? 'purchase' : number % 5 === 0 ? 'add_to_cart' : 'view';
  const value = type === 'purchase' ? 10 + (number % 90) : null;
  const each = interaction(type, goods[(number * 13) % goods.length] ?? null, at(number), { customer_id, value });
  return recordOf(interactions, customer_id, each, at(number));
});

/** Runs all stages until the customers' has handled everything; answers the latest values of its tables. */
async function outcome(log: Log): Promise<Record<string, string>> {
  await log.ensureTopics(topicsOf(stages, prefix, partitions));
  await log.append(offered);
  await log.append(happened);
  const running = runStages({ log, stateStore: new MemoryStateStore(), stages, prefix });
  await running.started;
  const input = physicalName(prefix, interactions.name);
  const ends = await log.writtenEnds(placesOf(interactions));
  const untilMs = performance.now() + patienceMs;
  const handled = () =>
    running
      .tasks()
      .filter(({ stage, queued }) => stage === customers.name && queued === 0)
      .reduce((sum, task) => sum + (task.nextOffsets.get(input) ?? 0), 0);
  while (handled() < ends.reduce((sum, end) => sum + end, 0)) {
    assert.ok(performance.now() < untilMs, 'the stages did not come to an end');
    await sleep(20);
  }
  await running.stop();
  const tables = [await latest(log, profiles), await latest(log, segments)];
  await log.close();
  return Object.assign({}, ...tables) as Record<string, string>;
}

async function latest(log: Log, topic: TopicDefinition<unknown>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  // A broker answers a commit before its records can be read: what is written is waited for.
  const ends = await log.writtenEnds(placesOf(topic));
  for (const [index, place] of placesOf(topic).entries()) {
    const { start } = await log.offsets(place);
    const end = ends[index] ?? 0;
    const reader = log.openReader([{ ...place, offset: start }]);
    for (let next = start; next < end;) {
      for (const { records, nextOffset } of await reader.read(1_000)) {
        for (const { key, value } of records)
          found[`${topic.name} ${String(key)}`] = value?.toString('base64') ?? 'gone';
        next = nextOffset;
      }
    }
    await reader.close();
  }
  return found;
}

function placesOf({ name }: { name: string }) {
  return Array.from({ length: partitions }, (_, partition) => ({ topic: physicalName(prefix, name), partition }));
}

test('profiles and segments on Kafka are those of the embedded log', async () => {
  const kafka = await startKafka();
  if (kafka === undefined) return;
  after(() => kafka.remove());
  const expected = await outcome(await openEmbeddedLog({ folder: new MemoryDisk(), limits: { freeBytesReserve: 0 } }));
  assert.equal(Object.keys(expected).filter((key) => key.startsWith(profiles.name)).length, customerCount);
  assert.deepEqual(await outcome(await openKafkaLog({ brokers: [kafka.address()] })), expected);
});
