import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fieldsOf } from './delimited-fields.ts';

test('fields are cut at the delimiter, unless it stands in quotes', () => {
  assert.deepEqual(fieldsOf('a,,b', ',', true), ['a', '', 'b']);
  assert.deepEqual(fieldsOf('"a,b","say ""hi""",', ',', true), ['a,b', 'say "hi"', '']);
  assert.deepEqual(fieldsOf('5" pipe;x', ';', true), ['5" pipe', 'x']);
  assert.deepEqual(fieldsOf('"a"\tb', '\t', false), ['"a"', 'b']);
});

test('letters after a closing quote are refused, not guessed at', () => {
  assert.throws(() => fieldsOf('"a"b,c', ',', true), { kind: 'LineRejected' });
  assert.throws(() => fieldsOf('"a', ',', true), { kind: 'LineRejected' });
});

test('what is written quoted is read as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
      const written = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',');
      assert.deepEqual(fieldsOf(written, ',', true), fields);
    }),
  );
});
