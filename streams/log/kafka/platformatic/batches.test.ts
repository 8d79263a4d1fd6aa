// Our record batches are Kafka's: the client library reads what we write, and we read what it writes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecordsBatch, Reader, readRecordsBatch } from '@platformatic/kafka';
import fc from 'fast-check';
import type { NewRecord } from '../../log.ts';
import { decodeBatches } from './batch-decoder.ts';
import { encodeBatch, recordBytesMax } from './batch-encoder.ts';

const place = { topic: 'topic', partition: 3 };
const producer = { id: 7n, epoch: 2, sequence: 41, isTransactional: true };

const nullableBytes = fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)));
const newRecord: fc.Arbitrary<NewRecord> = fc.record(
  {
    topic: fc.constant('topic'),
    key: nullableBytes,
    value: nullableBytes,
    timestampMs: fc.integer({ min: 0, max: 8_000_000_000_000 }),
    headers: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), { noNullPrototype: true }),
  },
  { requiredKeys: ['topic', 'key', 'value', 'timestampMs'] },
);
const newRecords = fc.array(newRecord, { minLength: 1, maxLength: 200 });

test('what is written is read again, from any offset on', () => {
  fc.assert(
    fc.property(newRecords, fc.nat(), (records, skip) => {
      const from = skip % records.length;
      const decoded = decodeBatches(encodeBatch(records, producer), place, from, []);
      assert.equal(decoded.nextOffset, records.length);
      assert.deepEqual(
        decoded.records,
        records.map((record, offset) => ({ headers: {}, ...record, partition: 3, offset })).slice(from),
      );
    }),
  );
});

test('the client library reads the same', () => {
  fc.assert(
    fc.property(newRecords, (records) => {
      const batch = readRecordsBatch(Reader.from(encodeBatch(records, producer)));
      assert.deepEqual(
        [batch.producerId, batch.producerEpoch, batch.firstSequence, batch.lastOffsetDelta, batch.attributes],
        [7n, 2, 41, records.length - 1, 16],
      );
      assert.equal(batch.maxTimestamp, BigInt(Math.max(...records.map(({ timestampMs }) => timestampMs))));
      assert.deepEqual(
        batch.records.map(({ key, value, timestampDelta, headers }) => ({
          key,
          value,
          timestampMs: Number(batch.firstTimestamp + timestampDelta),
          headers: headers.map(([name, text]) => [name?.toString(), text?.toString()]),
        })),
        records.map(({ key, value, timestampMs, headers }) => ({
          key,
          value,
          timestampMs,
          headers: Object.entries(headers ?? {}),
        })),
      );
    }),
  );
});

test('no record takes more than it was counted for', () => {
  fc.assert(
    fc.property(newRecords, (records) => {
      const counted = records.reduce((sum, record) => sum + recordBytesMax(record), 0);
      assert.ok(encodeBatch(records, producer).length - 61 <= counted);
    }),
  );
});

for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`batches packed by ${compression} are read`, () => {
    const value = Buffer.from('freshet '.repeat(1000));
    const messages = [{ topic: 'topic', key: Buffer.from('k'), value, timestamp: 5n, headers: new Map() }];
    const { dynamicBuffer } = createRecordsBatch(messages, { compression });
    assert.ok(dynamicBuffer.length < 2000);
    const { records } = decodeBatches(dynamicBuffer.buffer, place, 0, []);
    assert.deepEqual(records, [{ ...place, offset: 0, key: Buffer.from('k'), value, timestampMs: 5, headers: {} }]);
  });
}

const text = (value: string): NewRecord => ({ topic: 'topic', key: null, value: Buffer.from(value), timestampMs: 1 });

function at(offset: number, batch: Buffer): Buffer {
  batch.writeBigInt64BE(BigInt(offset), 0);
  return batch;
}

test('aborted transactions and markers are skipped, up to where they end', () => {
  const by = (id: bigint, ...values: string[]) => encodeBatch(values.map(text), { ...producer, id });
  const marker = (id: bigint) => {
    const batch = by(id, 'marker');
    batch.writeInt16BE(0b110000, 21); // transactional, control; markers are not checked for damage, as they are not read
    return batch;
  };
  const bytes = Buffer.concat([
    at(10, by(1n, 'aborted a', 'aborted b')),
    at(12, by(2n, 'other')),
    at(13, marker(1n)),
    at(14, by(1n, 'committed after')),
    at(15, marker(2n)),
    at(16, marker(1n)),
  ]);
  const { records, nextOffset } = decodeBatches(bytes, place, 10, [{ producerId: 1n, firstOffset: 10n }]);
  assert.deepEqual(
    records.map(({ offset, value }) => `${offset} ${value?.toString()}`),
    ['12 other', '14 committed after'],
  );
  assert.equal(nextOffset, 17);
});

test('a part of a batch at the end is left for the next time', () => {
  const whole = at(5, encodeBatch([text('a')], producer));
  const cut = at(6, encodeBatch([text('b')], producer));
  const { records, nextOffset } = decodeBatches(Buffer.concat([whole, cut.subarray(0, -1)]), place, 5, []);
  assert.deepEqual([records.length, nextOffset], [1, 6]);
  assert.equal(decodeBatches(cut.subarray(0, -1), place, 6, []).nextOffset, 6);
});

test('damage is told', () => {
  const batch = encodeBatch([text('whole')], producer);
  batch.writeUInt8((batch.at(-2) ?? 0) ^ 1, batch.length - 2);
  assert.throws(() => decodeBatches(batch, place, 0, []), /offset 0 of topic\/3 is damaged/);
});
