// Proves that memory serves one tail after the other, and that whoever has read records keeps them as they were.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryDisk } from './memory-disk.ts';
import { openEmbeddedLog } from './open.ts';
import { Slabs } from './slabs.ts';

test('what was given back is used again, and nothing that was not', () => {
  const slabs = new Slabs(8_000);
  const first = slabs.take(600);
  const ofFirst = slabs.handOver();
  const second = slabs.take(600);
  assert.notEqual(second.buffer, first.buffer);
  slabs.giveBack(ofFirst);
  assert.equal(slabs.take(600).buffer, first.buffer, 'the second one’s has no room');
  assert.deepEqual(ofFirst.length, 1);
});

test('what does not fit is put where there is still room', () => {
  const slabs = new Slabs(8_000);
  const small = slabs.take(200);
  const large = slabs.take(900);
  const other = slabs.take(300);
  assert.equal(other.buffer, small.buffer);
  assert.notEqual(large.buffer, small.buffer);
  assert.equal(other.byteOffset, small.byteOffset + 200);
});

test('a frame that is larger than a piece has memory of its own, which does not come back', () => {
  const slabs = new Slabs(8_000);
  assert.equal(slabs.take(1_001).length, 1_001);
  assert.deepEqual(slabs.handOver(), []);
});

test('records that were read stay as they are while many tails after theirs are written and flushed', async (t) => {
  const log = await openEmbeddedLog({ folder: new MemoryDisk(), limits: { tailBytes: 4_000 } });
  t.after(() => log.close());
  await log.ensureTopics([{ name: 'words', partitions: 1, cleanup: 'delete' }]);
  const value = (number: number) => Buffer.alloc(100, number % 251);
  const reader = log.openReader([{ topic: 'words', partition: 0, offset: 0 }]);
  const kept: { offset: number; value: Buffer | null }[] = [];
  for (let number = 0; number < 500; number += 1) {
    await log.append([{ topic: 'words', key: Buffer.from(`k${number}`), value: value(number), timestampMs: 1 }]);
    kept.push(...(await reader.read(0)).flatMap(({ records }) => records));
  }
  await log.settled();
  assert.equal(kept.length, 500);
  for (const record of kept) assert.deepEqual(record.value, value(record.offset));
  await reader.close();
});
