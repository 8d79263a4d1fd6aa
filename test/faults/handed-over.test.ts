// What one stage hands over to another waits in the log, and is of the past when its events were imported. It must wait there however old
// it is and however far the other stage is behind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { at, interaction } from '../../processors/testing/given.ts';
import { customers, items, stages } from '../../processors/topology.ts';
import { interactions, itemActivity } from '../../schemas/topics.ts';
import { physicalName, type StageDefinition } from '../../streams/index.ts';
import type { EmbeddedLog } from '../../streams/log/embedded/embedded-log.ts';
import { MemoryDisk } from '../../streams/log/embedded/memory-disk.ts';
import { openEmbeddedLog } from '../../streams/log/embedded/open.ts';
import type { NewRecord } from '../../streams/log/log.ts';
import { runStages, topicsOf } from '../../streams/run-stages.ts';
import { MemoryStateStore } from '../../streams/store/memory.ts';
import { partitions, prefix } from '../chaos/cluster.ts';
import { latest, readAll } from '../chaos/read-all.ts';

const monthMinutes = 30 * 24 * 60;
const months = 6;
const eventsPerMonth = 50;
const patienceMs = 60_000;

/** Until it has handled all that its inputs hold. */
async function run(log: EmbeddedLog, stage: StageDefinition): Promise<void> {
  const running = runStages({ log, stateStore: new MemoryStateStore(), stages: [stage], prefix });
  await running.started;
  for (const untilMs = performance.now() + patienceMs; ; await sleep(20)) {
    const left = running.tasks().flatMap((task) =>
      [...task.nextOffsets].map(async ([topic, next]) => {
        const { end } = await log.offsets({ topic, partition: task.partition });
        return task.state === 'running' ? end - next : Infinity;
      }),
    );
    if (left.length > 0 && Math.max(...(await Promise.all(left))) <= 0) break;
    assert.ok(performance.now() < untilMs, `the stage ${stage.name} did not come to an end`);
  }
  await running.stop();
}

test('what was imported reaches the items, also when their stage comes long after that of the customers', async (t) => {
  const log = await openEmbeddedLog({ folder: new MemoryDisk(), limits: { freeBytesReserve: 0 } });
  t.after(() => log.close());
  await log.ensureTopics(topicsOf(stages, prefix, partitions));
  for (let month = 0; month < months; month += 1) {
    await log.append(Array.from({ length: eventsPerMonth }, (_, number) => clickOf(month, number)));
    await run(log, customers);
    await log.tidy();
  }
  await run(log, items);
  const activities = latest(await readAll(log, itemActivity));
  const lamp = itemActivity.codec.decode(activities.get('lamp') as Buffer);
  assert.equal(lamp.views, months * eventsPerMonth);
});

function clickOf(month: number, number: number): NewRecord {
  const timestampMs = at(month * monthMinutes + number);
  const customer_id = `customer-${month}-${number}`;
  const value = interactions.codec.encode(interaction('view', 'lamp', timestampMs, { customer_id }));
  return { topic: physicalName(prefix, interactions.name), key: Buffer.from(customer_id), value, timestampMs };
}
