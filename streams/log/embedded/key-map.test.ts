import assert from 'node:assert/strict';
import { test } from 'node:test';
import { halfSipHash, KeyMap } from './key-map.ts';

// Vectors of the reference implementation (github.com/veorq/SipHash, vectors.h): key 00 01 … 07, input 00 01 … n-1.
const reference = [
  '21 8d 1f 59 b9 b8 3c c8',
  'be 55 24 12 f8 38 73 15',
  '06 4f 39 ef 7c 50 eb 57',
  'ce 0f 1a 45 f7 06 06 79',
];

for (const [length, expected] of reference.entries()) {
  test(`HalfSipHash of ${length} bytes is the reference's`, () => {
    const secret = Uint32Array.of(0x03020100, 0x07060504);
    const into = new Uint32Array(2);
    halfSipHash(
      Uint8Array.from({ length }, (_, index) => index),
      0,
      length,
      secret,
      0,
      into,
    );
    assert.equal(Buffer.from(into.buffer).toString('hex'), expected.replaceAll(' ', ''));
  });
}

test('keeps the latest offset of every key until it is full', () => {
  const map = new KeyMap(1000);
  for (let round = 0; round < 3; round += 1) {
    for (let number = 0; number < 1000; number += 1) assert.ok(set(map, `key ${number}`, round * 1000 + number));
  }
  assert.equal(set(map, 'one more', 9999), false);
  assert.equal(set(map, 'key 7', 9999), true);
  assert.equal(get(map, 'key 7'), 9999);
  assert.equal(get(map, 'key 8'), 2008);
  assert.equal(get(map, 'unknown'), -1);
  assert.equal(get(map, ''), -1);
});

const set = (map: KeyMap, key: string, offset: number) =>
  map.set(Buffer.from(`..${key}..`), 2, Buffer.byteLength(key), offset);
const get = (map: KeyMap, key: string) => map.get(Buffer.from(key), 0, Buffer.byteLength(key));
