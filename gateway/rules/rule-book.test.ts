// Rules that others have written hold for the first list that is read after them, however long nobody has asked for one.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { readSettings } from '../../config/settings.ts';
import { rules as topic } from '../../schemas/topics.ts';
import type { Rule } from '../../schemas/types.ts';
import { nowMs } from '../testing/examples.ts';
import { FakeLog } from '../testing/fake-log.ts';
import { RuleBook } from './rule-book.ts';

const launch: Rule = {
  rule_id: 'launch',
  version: 1,
  kind: 'recommend-order',
  updated_at: nowMs,
  active: true,
  starts_at: null,
  ends_at: null,
  numbers: {},
  words: { pin: ['kettle'] },
};

test('what another process has written is in force within a second, without anybody asking', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const log = new FakeLog();
  const physicalName = (name: string) => `freshet.${name}.v1`;
  const clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
  const book = new RuleBook({ log, physicalName, settings: readSettings({}).settings, clock });
  const pinned = () => book.ofLists().arrangement({ segment: null, placement: null }).pinned;
  book.watch();
  assert.deepEqual(pinned(), []);
  const value = topic.codec.encode(launch);
  await log.append([
    { topic: physicalName(topic.name), partition: 0, key: Buffer.from('launch'), value, timestampMs: nowMs },
  ]);
  t.mock.timers.tick(1000);
  for (let turn = 0; turn < 100 && pinned().length === 0; turn += 1) await setImmediate();
  assert.deepEqual(pinned(), ['kettle']);
  book.close();
});
