import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FetchedBatch, LogRecord } from './log/log.ts';
import { RecordQueue } from './record-queue.ts';

function record(offset: number, bytes = 1): LogRecord {
  return { topic: 't', partition: 0, offset, key: null, value: Buffer.alloc(bytes), timestampMs: 0, headers: {} };
}

function batch(...records: LogRecord[]): FetchedBatch {
  return { topic: 't', partition: 0, records, nextOffset: (records.at(-1)?.offset ?? 0) + 1 };
}

test('full at the number of records, open again at half of it', () => {
  const queue = new RecordQueue({ recordsMax: 4, bytesMax: 1_000_000 });
  assert.equal(queue.push(batch(record(0), record(1), record(2))), false);
  assert.equal(queue.push(batch(record(3))), true, 'pause now');
  assert.equal(queue.push(batch(record(4))), false, 'it is paused already');
  assert.equal(queue.drop(2), false);
  assert.equal(queue.drop(1), true, 'go on');
  assert.equal(queue.isPaused, false);
});

test('full at the number of bytes, whatever the number of records', () => {
  const queue = new RecordQueue({ recordsMax: 100, bytesMax: 1_000 });
  assert.equal(queue.push(batch(record(0, 2_000))), true);
  assert.equal(queue.drop(1), true);
});

test('peeks without taking, and keeps the order over many takes', () => {
  const queue = new RecordQueue({ recordsMax: 10_000, bytesMax: 10_000_000 });
  queue.push(batch(...Array.from({ length: 3_000 }, (_, offset) => record(offset))));
  for (let offset = 0; offset < 3_000; offset += 1) {
    assert.equal(queue.peek(1)[0]?.offset, offset);
    queue.drop(1);
  }
  assert.equal(queue.length, 0);
});

test('cleared, it is empty and not paused', () => {
  const queue = new RecordQueue({ recordsMax: 1, bytesMax: 1_000 });
  queue.push(batch(record(0)));
  queue.clear();
  assert.deepEqual([queue.length, queue.isPaused, queue.peek(10)], [0, false, []]);
});
