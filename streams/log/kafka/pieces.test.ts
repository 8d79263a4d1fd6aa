import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlacedRecord } from './client.ts';
import { piecesOf } from './pieces.ts';
import { defaultKafkaLimits } from './settings.ts';

const limits = { ...defaultKafkaLimits, sendBytes: 1_000, sendRecords: 4 };
const record = (partition: number, bytes: number): PlacedRecord => ({
  topic: 't',
  partition,
  key: null,
  value: Buffer.alloc(bytes),
  timestampMs: 0,
});

function shape(records: readonly PlacedRecord[]): number[][] {
  return piecesOf(records, limits).map((piece) => piece.map(({ value }) => value?.length ?? 0));
}

test('a piece has no more records than may go at once, and keeps their order', () => {
  assert.deepEqual(shape([1, 2, 3, 4, 5].map((bytes) => record(0, bytes))), [[1, 2, 3, 4], [5]]);
  assert.deepEqual(shape([]), []);
});

test('what is too much for one partition is cut, what goes to several is not, and a large record goes alone', () => {
  assert.deepEqual(shape([record(0, 600), record(0, 601)]), [[600], [601]]);
  assert.deepEqual(shape([record(0, 600), record(1, 601)]), [[600, 601]]);
  assert.deepEqual(shape([record(0, 1), record(0, 5_000), record(0, 2)]), [[1], [5_000], [2]]);
});
