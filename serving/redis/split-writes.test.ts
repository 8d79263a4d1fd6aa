// Whatever is cut into pieces: written one after the other they are the whole, and each goes on from where the one before ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastCheck from 'fast-check';
import type { ServingBatch } from '../serving-store.ts';
import { keysOf } from './keys.ts';
import { PIECE_BYTES_MAX, splitWrites } from './split-writes.ts';

const sizes = fastCheck.array(
  fastCheck.record({
    isSameRecord: fastCheck.boolean(),
    bytes: fastCheck.constantFrom(0, 10, PIECE_BYTES_MAX / 3, PIECE_BYTES_MAX),
    key: fastCheck.nat(30),
  }),
  { maxLength: 30 },
);

function batchOf(drawn: readonly { isSameRecord: boolean; bytes: number; key: number }[], from: number): ServingBatch {
  let offset = from;
  const entries = drawn.map(({ isSameRecord, bytes, key }) => {
    if (!isSameRecord) offset += 2;
    return { collection: 'profiles', key: `k${key}`, value: Buffer.alloc(bytes), offset };
  });
  return { topic: 't', partition: 0, from, entries, nextOffset: offset + 5 };
}

for (const isCluster of [false, true]) {
  test(`pieces of ${isCluster ? 'many buckets' : 'one bucket'} are whole and in order`, () => {
    fastCheck.assert(
      fastCheck.property(sizes, fastCheck.nat(1_000), (drawn, from) => {
        const keys = keysOf('p', isCluster);
        const batch = batchOf(drawn, from);
        const split = splitWrites([batch], keys);
        assert.equal(split.size, keys.buckets.length);
        for (const [bucket, pieces] of split) {
          const parts = pieces.flat();
          const expected = batch.entries.filter(({ key }) => keys.bucketOf(key) === bucket);
          assert.deepEqual(
            parts.flatMap(({ entries }) => entries),
            expected,
          );
          let reached = from;
          for (const part of parts) {
            assert.equal(part.from, reached);
            for (const { offset } of part.entries) assert.ok(offset >= reached && offset < part.nextOffset);
            reached = part.nextOffset;
          }
          assert.equal(reached, batch.nextOffset);
        }
      }),
    );
  });
}

test('a piece is closed when it is large, but never within a record', () => {
  const keys = keysOf('p', false);
  const large = { isSameRecord: false, bytes: PIECE_BYTES_MAX, key: 1 };
  const [pieces = []] = splitWrites([batchOf([large, large, { ...large, isSameRecord: true }], 0)], keys).values();
  assert.deepEqual(
    pieces.map((piece) => piece.map(({ entries }) => entries.length)),
    [[1], [2]],
  );
});
