// The bytes are avsc's own, whatever the text and however much room there is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import avro from 'avsc';
import fc from 'fast-check';
import { compile } from './compile.ts';

const schema: avro.Schema = {
  type: 'record',
  name: 'Texts',
  fields: [
    { name: 'first', type: 'string' },
    { name: 'second', type: ['null', 'string'] },
    { name: 'rest', type: { type: 'array', items: 'string' } },
  ],
};

test('texts are written as avsc writes them', () => {
  const ours = compile(schema);
  const plain = avro.Type.forSchema(schema);
  const text = fc.oneof(fc.string({ maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 80 }));
  const fields = { first: text, second: fc.option(text), rest: fc.array(text, { maxLength: 5 }) };
  const value = fc.record(fields, { noNullPrototype: true });
  fc.assert(
    fc.property(value, fc.nat({ max: 400 }), (texts, room) => {
      const bytes = plain.toBuffer(texts);
      assert.deepEqual(ours.toBuffer(texts), bytes);
      assert.deepEqual(ours.fromBuffer(bytes), texts);
      const [one, other] = [Buffer.alloc(room), Buffer.alloc(room)];
      assert.equal(ours.encode(texts, one), plain.encode(texts, other));
    }),
  );
});

test('what is no text is refused', () => {
  assert.throws(() => compile('string').toBuffer(7));
});
