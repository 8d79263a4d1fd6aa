// A robot among people: what it clicks must not reach what others are offered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interactions, itemEvents, sessions } from '../../schemas/topics.ts';
import type { Interaction } from '../../schemas/types.ts';
import { physicalName } from '../../streams/index.ts';
import { BENCH_PREFIX, TestBench } from '../../streams/testing/test-bench.ts';
import { interaction, START_MS } from '../testing/given.ts';
import { stages } from '../topology.ts';
import { applyInteraction } from './apply-interaction.ts';
import { emptyProfile } from './empty-profile.ts';
import { limits } from './limits.ts';
import { isRobot } from './robots.ts';

const PER_MINUTE = 10_000;
const CLICKS = 1_000;

function clicks(customer_id: string, count: number, everyMs: number, rest: Partial<Interaction> = {}): Interaction[] {
  return Array.from({ length: count }, (_, at) => {
    const atMs = START_MS + Math.floor(at * everyMs);
    return interaction('view', `item-${at % 40}`, atMs, {
      interaction_id: `${customer_id}-${at}`,
      customer_id,
      ...rest,
    });
  });
}

function isRobotAfter(done: readonly Interaction[]): boolean {
  const profile = emptyProfile('ann');
  for (const each of done) applyInteraction(profile, each, each.timestamp, undefined);
  return isRobot(profile);
}

test('10,000 clicks a minute are a robot’s; people in a hurry, large baskets and old histories are not', () => {
  assert.ok(isRobotAfter(clicks('ann', limits.recentMax, 60_000 / PER_MINUTE)));
  assert.ok(!isRobotAfter(clicks('ann', limits.recentMax - 1, 1)), 'too few to say');
  assert.ok(!isRobotAfter(clicks('ann', 300, 600)), 'a hundred a minute');
  assert.ok(!isRobotAfter(clicks('ann', 300, 0, { event_type: 'purchase' })), 'a basket has one time');
  assert.ok(!isRobotAfter(clicks('ann', 300, 0, { event_type: 'rating' })));
});

test('a robot is counted, its session is taken back, and items hear nothing of it from then on', () => {
  const bench = new TestBench({ stages, partitions: 1 });
  for (const each of clicks('robot', CLICKS, 60_000 / PER_MINUTE))
    bench.send(interactions, 'robot', each, each.timestamp);
  bench.run();
  const records = (name: string) => bench.log.records(physicalName(BENCH_PREFIX, name), 0);
  assert.equal(bench.counted.get('robot'), CLICKS - limits.recentMax + 1);
  assert.equal(records(sessions.name).at(-1)?.value, null);
  const heard = records(itemEvents.name).filter(({ value }) => value !== null && itemEvents.codec.decode(value).kind === 'interaction'); // prettier-ignore
  assert.equal(heard.length, limits.recentMax - 1);
});
