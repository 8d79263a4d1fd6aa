import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assign, type Claimant } from './assigner.ts';

const groups = fc
  .tuple(
    fc.nat({ max: 40 }),
    fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 }),
  )
  .chain(([partitions, names]) =>
    fc.record({
      partitions: fc.constant(partitions),
      members: fc.tuple(
        ...names.map((memberId) =>
          fc.record({ memberId: fc.constant(memberId), owned: fc.array(fc.nat({ max: 45 })) }),
        ),
      ),
    }),
  );

const all = (partitions: number) => Array.from({ length: partitions }, (_, partition) => partition);
const settled = (assignment: Map<string, number[]>): Claimant[] =>
  [...assignment].map(([memberId, owned]) => ({ memberId, owned }));

test('every partition has exactly one owner', () => {
  fc.assert(
    fc.property(groups, ({ partitions, members }) => {
      const given = [...assign(partitions, members).values()].flat();
      assert.deepEqual(
        given.toSorted((a, b) => a - b),
        all(partitions),
      );
    }),
  );
});

test('shares differ by at most one, and every member has one', () => {
  fc.assert(
    fc.property(groups, ({ partitions, members }) => {
      const sizes = [...assign(partitions, members).values()].map((owned) => owned.length);
      assert.equal(sizes.length, members.length);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }),
  );
});

test('the order in which members are named does not matter', () => {
  fc.assert(
    fc.property(groups, ({ partitions, members }) => {
      assert.deepEqual(assign(partitions, members), assign(partitions, members.toReversed()));
    }),
  );
});

test('a balanced group stays as it is', () => {
  fc.assert(
    fc.property(groups, ({ partitions, members }) => {
      const before = assign(partitions, members);
      assert.deepEqual(assign(partitions, settled(before)), before);
    }),
  );
});

test('one joining takes only its share, one leaving gives only what it had', () => {
  fc.assert(
    fc.property(groups, ({ partitions, members }) => {
      const before = assign(partitions, members);
      const joined = assign(partitions, [...settled(before), { memberId: 'newcomer-in-here', owned: [] }]);
      const newcomer = joined.get('newcomer-in-here') ?? [];
      assert.equal(moved(before, joined), newcomer.length);

      const [left, ...rest] = settled(before);
      const after = assign(partitions, rest);
      if (rest.length > 0) assert.equal(moved(before, after), left?.owned.length);
    }),
  );
});

test('without members nobody gets anything', () => assert.equal(assign(4, []).size, 0));

function moved(before: Map<string, number[]>, after: Map<string, number[]>): number {
  const formerOwner = new Map(
    [...before].flatMap(([memberId, owned]) => owned.map((partition) => [partition, memberId])),
  );
  return [...after].flatMap(([memberId, owned]) => owned.filter((partition) => formerOwner.get(partition) !== memberId))
    .length;
}
