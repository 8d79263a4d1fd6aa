// The vectors are those of Java's own UtilsTest: agreeing with them is what places a key on the same partition everywhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, partitionOf } from './murmur2.ts';

const vectors: [Buffer, number][] = [
  [Buffer.from('21'), -973932308],
  [Buffer.from('foobar'), -790332482],
  [Buffer.from('a-little-bit-long-string'), -985981536],
  [Buffer.from('a-little-bit-longer-string'), -1486304829],
  [Buffer.from('lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8'), -58897971],
  [Buffer.from(['a', 'b', 'c'].map((letter) => letter.charCodeAt(0))), 479470107],
];

for (const [key, hash] of vectors) {
  test(`murmur2 of "${key.toString()}" is Java's`, () => assert.equal(murmur2(key), hash));
}

test('a negative hash still names a partition', () => {
  assert.equal(partitionOf(Buffer.from('21'), 7), (-973932308 & 0x7fffffff) % 7);
});
