// The leader's plan: nobody gets a partition before its owner has let go, and rounds of it end in the assigner's shares.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planAssignments } from './plan.ts';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type Subscription,
} from './protocol.ts';

const member = (name: string, owned: readonly number[] = [], openedAtMs = 1, joins = 1): Subscription => ({
  topics: ['t'],
  name,
  owned,
  openedAtMs,
  joins,
});

test('a newcomer gets what is free at once, and what others have when they have let go of it', () => {
  const first = planAssignments(
    4,
    new Map([
      ['1', member('a', [0, 1, 2, 3])],
      ['2', member('b')],
    ]),
  );
  assert.deepEqual(first.get('1'), { partitions: [0, 1], hasMoreToCome: false, mustLetGo: true, isSuperseded: false });
  assert.deepEqual(first.get('2'), { partitions: [], hasMoreToCome: true, isSuperseded: false });
  const second = planAssignments(
    4,
    new Map([
      ['1', member('a', [0, 1])],
      ['2', member('b')],
    ]),
  );
  assert.deepEqual(second.get('1')?.partitions, [0, 1]);
  assert.deepEqual(second.get('2'), { partitions: [2, 3], hasMoreToCome: false, isSuperseded: false });
});

test('of two with one name the later one has it, and gets what the former had', () => {
  const plan = planAssignments(
    2,
    new Map([
      ['1', member('a', [0, 1], 1)],
      ['2', member('a', [], 2)],
    ]),
  );
  assert.deepEqual(plan.get('1'), { partitions: [], hasMoreToCome: false, isSuperseded: true });
  assert.deepEqual(plan.get('2'), { partitions: [0, 1], hasMoreToCome: false, isSuperseded: false });
});

test('one that lost its id goes on under the new one, whichever sorts first', () => {
  for (const [formerId, newId] of [
    ['1', '2'],
    ['2', '1'],
  ] as const) {
    const plan = planAssignments(
      2,
      new Map([
        [formerId, member('a', [0, 1], 1, 3)],
        [newId, member('a', [], 1, 4)],
      ]),
    );
    assert.deepEqual(plan.get(formerId), { partitions: [], hasMoreToCome: false, isSuperseded: true });
    assert.deepEqual(plan.get(newId), { partitions: [0, 1], hasMoreToCome: false, isSuperseded: false });
  }
});

test('from any possessions two rounds give every partition one owner, and none two at any time', () => {
  const possessions = fc.record({
    partitions: fc.integer({ min: 1, max: 12 }),
    owners: fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 12, maxLength: 12 }),
    members: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(possessions, ({ partitions, owners, members }) => {
      let owned = Array.from({ length: members }, (_, index) =>
        owners.slice(0, partitions).flatMap((owner, partition) => (owner === index ? [partition] : [])),
      );
      for (let round = 0; round < 2; round += 1) {
        const group = new Map(owned.map((has, index) => [`id-${index}`, member(`name-${index}`, has)]));
        const plan = planAssignments(partitions, group);
        const next = owned.map((_, index) => [...(plan.get(`id-${index}`)?.partitions ?? [])]);
        for (const [index, gets] of next.entries())
          for (const partition of gets)
            for (const [other, has] of owned.entries()) if (other !== index) assert.ok(!has.includes(partition));
        owned = next;
      }
      assert.deepEqual(
        owned.flat().toSorted((a, b) => a - b),
        Array.from({ length: partitions }, (_, partition) => partition),
      );
      const sizes = owned.map((has) => has.length);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }),
  );
});

test('what members tell each other comes across whole', () => {
  const subscription = { topics: ['one', 'größe'], name: 'shop@0', owned: [3, 1], openedAtMs: 17, joins: 2 };
  assert.deepEqual(decodeSubscription(encodeSubscription(subscription)), subscription);
  const assignment = { partitions: [0, 2], hasMoreToCome: true, isSuperseded: false };
  assert.deepEqual(decodeAssignment(encodeAssignment(subscription.topics, assignment)), assignment);
});
