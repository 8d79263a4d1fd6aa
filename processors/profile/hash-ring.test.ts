import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addToRing, ringHas } from './hash-ring.ts';

test('a ring knows the latest texts, and none else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (texts, countMax) => {
      const ring = texts.reduce<Buffer>((known, text) => addToRing(known, text, countMax), Buffer.alloc(0));
      const latest = new Set(texts.slice(-countMax));
      for (const text of texts) assert.equal(ringHas(ring, text), latest.has(text));
      assert.equal(ring.length, 8 * latest.size);
    }),
  );
});

test('texts alike have different hashes', () => {
  const texts = Array.from(
    { length: 50_000 },
    (_, index) => `018f3c7e-1111-7000-8000-${String(index).padStart(12, '0')}`,
  );
  const hashes = new Set(texts.map((text) => addToRing(Buffer.alloc(0), text, 1).toString('hex')));
  assert.equal(hashes.size, texts.length);
});

test('a ring grows in memory of its own, wherever it stood before', () => {
  const pool = Buffer.alloc(64, 7);
  let ring: Buffer = pool.subarray(0, 8);
  for (const text of ['a', 'b', 'c']) ring = addToRing(ring, text, 8);
  assert.deepEqual(pool, Buffer.alloc(64, 7));
  assert.deepEqual(ring.subarray(0, 8), Buffer.alloc(8, 7));
  for (const text of ['a', 'b', 'c']) assert.ok(ringHas(ring, text));
});
