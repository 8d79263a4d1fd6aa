// What is read of a text and what the API's document says of it are one: whatever the schema allows is taken, but for a limit in bytes,
// and whatever it does not is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { parsePositionToken } from '../position.ts';
import { minPosition } from '../min-position.ts';
import type { JsonSchema } from './json-schema.ts';
import { text, word, type Kind } from './kinds.ts';
import { decimal, idInPath, idsParameter, type Parameter } from './parameters.ts';

const ajv = new Ajv2020({ strict: false, validateFormats: false });

/** Rich in what makes a difference: control characters, white space of all kinds, commas, characters of one to four bytes. */
const character = fc.oneof(
  fc.constantFrom(...'a9, \t\n\u0000\u001f\u007f\u0085\u009f\u00a0\u2028\u3000\ufeff\u200bé漢'.split(''), '🛒'),
  fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
);
const anyText = fc.string({ unit: character, maxLength: 12 });
const longText = fc
  .tuple(character, fc.integer({ min: 60, max: 300 }))
  .map(([one, count]) => one.repeat(count).slice(0, 300).toWellFormed());

function agrees(schema: JsonSchema, isTaken: (text: string) => boolean, bytesMax: number): void {
  const isAllowed = ajv.compile(schema);
  const property = fc.property(fc.oneof(anyText, longText), (given) => {
    // Of what takes two UTF-16 units there may be half as many; that and bytes are said in words.
    const isInBytes = Buffer.byteLength(given) <= bytesMax && given.length <= Number(schema['maxLength']);
    assert.equal(isTaken(given), isAllowed(given) && isInBytes, JSON.stringify(given));
  });
  fc.assert(property, { numRuns: 2_000 });
}

const takenBy =
  ({ read }: Parameter<unknown>) =>
  (given: string) => {
    const wrong: string[] = [];
    read([given], (detail) => void wrong.push(detail), []);
    return wrong.length === 0;
  };

const takenByKind =
  ({ read }: Kind<unknown>) =>
  (given: string) =>
    read(given, 'it', { pointer: '', wrong: [] }) !== undefined;

test('ids', () => {
  const parameter = idInPath('');
  agrees(parameter.schema, takenBy(parameter), 512);
});

test('ids in a list, where a comma parts them', () => {
  const { schema, read } = idsParameter('', 10);
  const isAllowed = ajv.compile(schema['items'] as JsonSchema);
  fc.assert(
    fc.property(anyText, (given) => {
      const wrong: string[] = [];
      const ids = read([given], (detail) => void wrong.push(detail), []);
      if (isAllowed(given)) assert.deepEqual([ids, wrong], [[given], []]);
      else assert.notDeepEqual(ids, [given]);
    }),
    { numRuns: 2_000 },
  );
});

test('short texts and long ones', () => {
  agrees(word.schema, takenByKind(word), 64);
  const long = text(8_192);
  agrees(long.schema, takenByKind(long), 8_192);
});

test('numbers, however a program writes them', () => {
  const { read } = decimal('', { byDefault: 0, min: 0, max: 1 });
  const readText = (given: string) => read([given], () => undefined, []);
  for (const given of ['0', '1', '0.25', '1.0', '1e-5', '1E-05', '-0', '0.30000000000000004', '5e-324'])
    assert.equal(readText(given), Number(given), given);
  for (const given of ['', '.5', '1.', '0x1', 'NaN', 'Infinity', '1e', '-1', '1.01', ' 1', '1e999'])
    assert.equal(readText(given), undefined, given);
});

test('positions: the pattern has just the partitions that there are', () => {
  for (const partitions of [1, 4, 12, 256]) {
    const parameter = minPosition(['interactions', 'customers'], { partitions });
    const isAllowed = ajv.compile(parameter.schema);
    const isTaken = takenBy(parameter);
    for (const place of [0, 1, 3, 4, 9, 11, 12, 255, 256, 1000, 9999]) {
      const tokens = [`${place}:7`, `customers/${place}:0`, `0:1,${place}:2`, `items/${place}:1`, `0${place}:1`];
      for (const token of tokens) assert.equal(isTaken(token), isAllowed(token), token);
      assert.equal(isAllowed(`${place}:7`), place < partitions);
    }
  }
  assert.equal(parsePositionToken('01:7'), undefined, 'nobody writes them so');
});
