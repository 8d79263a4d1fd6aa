// The oracle of chaos complains of what is wrong in the serving store, and of nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as topics from '../../schemas/topics.ts';
import { physicalName } from '../../streams/index.ts';
import { MemoryDisk } from '../../streams/log/embedded/memory-disk.ts';
import { openEmbeddedLog } from '../../streams/log/embedded/open.ts';
import { allTopics } from '../../system/open-log.ts';
import { Ledger } from '../faults/ledger.ts';
import { partitions, prefix } from './cluster.ts';
import { judge } from './oracle.ts';

const collection = topics.recommendations.name;

test('a list in the serving store that is not that of the log is wrong, and so is one of somebody who has none', async (t) => {
  const log = await openEmbeddedLog({ folder: new MemoryDisk(), limits: { freeBytesReserve: 0 } });
  t.after(() => log.close());
  await log.ensureTopics(allTopics({ topicPrefix: prefix, partitions }));
  const list = (customer: string, value: string | null) => ({
    topic: physicalName(prefix, collection),
    key: Buffer.from(customer),
    value: value === null ? null : Buffer.from(value),
    timestampMs: 1,
  });
  await log.append([list('ann', 'old'), list('bert', 'old')]);
  await log.append([list('ann', 'new'), list('bert', null)]);
  const complaintsWhen = async (served: Readonly<Record<string, string>>) => {
    const read = async (from: string, key: string) =>
      from === collection && served[key] !== undefined ? Buffer.from(served[key]) : null;
    return (await judge(log, new Ledger(1, 1), read, 0)).complaints;
  };
  assert.deepEqual(await complaintsWhen({ ann: 'new' }), []);
  for (const [served, who] of [
    [{ ann: 'old' }, 'ann'],
    [{}, 'ann'],
    [{ ann: 'new', bert: 'old' }, 'bert'],
  ] as const)
    assert.deepEqual(await complaintsWhen(served), [
      `recommendations of ${who} in the serving store differ from the log`,
    ]);
});
