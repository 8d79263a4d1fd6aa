// Runs the stage on an embedded log in the folder given: `run.ts <folder>`. Each run adds three interactions of Anna's.
import { join } from 'node:path';
import { interactions } from '../../schemas/topics.ts';
import { physicalName, type TopicDefinition } from '../../streams/index.ts';
import { openEmbeddedLog } from '../../streams/log/embedded/open.ts';
import type { Log } from '../../streams/log/log.ts';
import { runStages, topicsOf } from '../../streams/run.ts';
import { openLmdbStateStore } from '../../streams/store/lmdb.ts';
import { favouriteHours, habits, habitStage } from './habit.ts';
import { interactionAt } from './interaction-at.ts';

const prefix = 'example';
const partitions = 4;
const folder = process.argv[2] ?? 'data/own-processor';

const log = await openEmbeddedLog({ folder: join(folder, 'log') });
const stateStore = await openLmdbStateStore(join(folder, 'state'));
await log.ensureTopics(topicsOf([habitStage], prefix, partitions));
const running = runStages({ log, stateStore, stages: [habitStage], prefix });
await running.started;

const times = ['2026-03-01T09:10Z', '2026-03-02T20:00Z', '2026-03-03T20:30Z'];
const topic = physicalName(prefix, interactions.name);
const accepted = await log.append(
  times.map((time) => ({
    topic,
    key: Buffer.from('anna'),
    value: interactions.codec.encode(interactionAt('anna', time)),
    timestampMs: Date.parse(time),
  })),
);
for (const { partition, offset } of accepted) {
  const task = () => running.tasks().find((each) => each.partition === partition);
  while ((task()?.nextOffsets.get(topic) ?? 0) <= offset) await new Promise((resolve) => setTimeout(resolve, 5));
}

const habit = (await latest(log, habits)).get('anna');
const hour = (await latest(log, favouriteHours)).get('anna')?.hour;
process.stdout.write(`anna's favourite hour is ${hour}, with ${habit?.hours[hour ?? 0]} interactions\n`);

await running.stop();
await stateStore.close();
await log.close();

/** The latest value by key: what any reader of a compacted topic sees. */
async function latest<V>(log: Log, { name, codec }: TopicDefinition<V>): Promise<Map<string, V>> {
  const topic = physicalName(prefix, name);
  const values = new Map<string, V>();
  for (let partition = 0; partition < partitions; partition += 1) {
    const { start, end } = await log.offsets({ topic, partition });
    const reader = log.openReader([{ topic, partition, offset: start }]);
    for (let next = start; next < end;) {
      for (const { records, nextOffset } of await reader.read(1_000)) {
        for (const { key, value } of records) if (value !== null) values.set(String(key), codec.decode(value));
        next = nextOffset;
      }
    }
    await reader.close();
  }
  return values;
}
