import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodedOnce } from './decoded-once.ts';

const codec = { decode: (bytes: Buffer) => ({ text: bytes.toString() }) };
const bytes = (text: string) => Buffer.from(text);

test('what is asked for a second time is the same object from then on, until its bytes are others', () => {
  const values = new DecodedOnce(codec, { max: 2 });
  const first = values.decoded('anna', bytes('one'));
  assert.deepEqual(first, { text: 'one' });
  assert.equal(values.isKept('anna', first ?? { text: '' }), false);
  const second = values.decoded('anna', bytes('one'));
  assert.notEqual(second, first);
  assert.equal(values.decoded('anna', bytes('one')), second);
  assert.equal(values.isKept('anna', second ?? { text: '' }), true);
  assert.deepEqual(values.decoded('anna', bytes('two')), { text: 'two' });
  assert.equal(values.bytesOf('anna'), undefined, 'what has changed may change again');
});

test('who comes again only after too many others is not kept, and pushes nobody out', () => {
  const values = new DecodedOnce(codec, { max: 2 });
  values.decoded('anna', bytes('one'));
  const kept = values.decoded('anna', bytes('one'));
  for (let round = 0; round < 3; round += 1)
    for (const passer of ['ben', 'carl', 'dora']) values.decoded(passer, bytes(passer));
  assert.equal(values.bytesOf('ben'), undefined);
  assert.equal(values.decoded('anna', bytes('one')), kept);
});

test('nothing stays of what is gone', () => {
  const values = new DecodedOnce(codec, { max: 2 });
  for (let time = 0; time < 2; time += 1) values.decoded('anna', bytes('one'));
  assert.equal(values.decoded('anna', null), undefined);
  assert.equal(values.bytesOf('anna'), undefined);
  const again = values.decoded('anna', bytes('one'));
  assert.equal(values.isKept('anna', again ?? { text: '' }), false);
});
