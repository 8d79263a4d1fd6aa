// What was shown is read from the log only for who asks for it.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { customers, erasures, impressions, interactions, items, models, rules } from '../schemas/topics.ts';
import { openEmbeddedLog } from '../streams/log/embedded/open.ts';
import { topicSpec } from '../streams/run.ts';
import { plainInteraction } from '../schemas/plain-interaction.ts';
import { readHistory } from './read-history.ts';
import { tableRecord } from './table-record.ts';
import { shown } from './testing/shown.ts';

test('outcomes of placements are read with impressions, and only then', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'freshet-history-'));
  context.after(() => rm(folder, { recursive: true }));
  const log = await openEmbeddedLog({ folder });
  context.after(() => log.close());
  const topics = [customers, erasures, impressions, interactions, items, models, rules];
  await log.ensureTopics(topics.map((topic) => topicSpec(topic, 'shop', 1)));
  const interaction = plainInteraction({ interaction_id: 'two', customer_id: 'ann', timestamp: 2_000, event_type: 'view', item_id: 'pot', recommendation_id: 'list-1' }); // prettier-ignore
  await log.append([
    tableRecord(impressions, { key: 'ann', value: shown('home', 1_000), timestampMs: 1_000 }, 'shop', 1),
    tableRecord(interactions, { key: 'ann', value: interaction, timestampMs: 2_000 }, 'shop', 1),
  ]);
  const taken = (placed: Awaited<ReturnType<typeof readHistory>>['placed']) =>
    placed.map(({ placement, rank, isTaken }) => [placement, rank, isTaken]);
  const expected = [
    ['home', 1, false],
    ['home', 2, true],
  ];
  assert.deepEqual(taken((await readHistory(log, 'shop', { withPlaced: true })).placed), expected);
  assert.deepEqual(taken((await readHistory(log, 'shop')).placed), []);
});
