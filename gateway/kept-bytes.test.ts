import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areSame, keepable } from './kept-bytes.ts';

test('a small part of much is kept by itself, and what stands alone as it is', () => {
  const part = Buffer.alloc(64 * 1024, 7).subarray(100, 200);
  const kept = keepable(part);
  assert.deepEqual(kept, part);
  assert.ok(kept.buffer.byteLength < 16 * 1024, `${kept.buffer.byteLength} bytes are kept`);
  const alone = Buffer.from('alone');
  assert.equal(keepable(alone), alone);
});

test('the same is what has the same bytes, or is missing both times', () => {
  assert.ok(areSame(null, null));
  assert.ok(areSame(Buffer.from('a'), Buffer.from('a')));
  assert.equal(areSame(Buffer.from('a'), Buffer.from('b')), false);
  assert.equal(areSame(null, Buffer.from('')), false);
});
