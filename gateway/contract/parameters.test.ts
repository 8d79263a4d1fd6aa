import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Wrong } from '../errors.ts';
import { decimal, flagParameter, idParameter, idsParameter, queryReader, wholeNumber } from './parameters.ts';

const read = queryReader({
  limit: wholeNumber('', { byDefault: 10, max: 100 }),
  channel: idParameter(''),
  exclude: idsParameter('', 3),
  diversity: decimal('', { byDefault: 0, min: 0, max: 1 }),
  strict: flagParameter(''),
});

function readText(text: string) {
  const wrong: Wrong[] = [];
  const values = read(new URLSearchParams(text), wrong);
  return { values, wrong: wrong.map((each) => ('parameter' in each ? `${each.parameter} ${each.detail}` : '')) };
}

test('what is left out is as declared, what is given is read', () => {
  assert.deepEqual({ ...readText('').values }, { limit: 10, channel: null, exclude: [], diversity: 0, strict: false });
  assert.deepEqual(
    { ...readText('limit=3&channel=web&exclude=a,,b&exclude=c&diversity=0.5&strict=true').values },
    { limit: 3, channel: 'web', exclude: ['a', 'b', 'c'], diversity: 0.5, strict: true },
  );
});

test('everything that is wrong is named at once', () => {
  const { wrong } = readText('limit=0&channel=a&channel=b&exclude=a,b,c,d&diversity=2&strict=1&limt=5');
  assert.deepEqual(wrong, [
    'limit must be a whole number from 1 to 100.',
    'channel must be given once.',
    'exclude must not hold more than 3 ids.',
    'diversity must be a number from 0 to 1, such as 0.5.',
    'strict must be true or false.',
    'limt is not known here: there are limit, channel, exclude, diversity, strict.',
  ]);
});

test('names that every object has are as unknown as others', () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const { values, wrong } = readText(`${name}=x`);
    assert.equal(wrong.length, 1);
    assert.equal(Object.getPrototypeOf(values), Object.prototype);
  }
});

test('many unknown names are not all repeated', () => {
  const { wrong } = readText(Array.from({ length: 500 }, (_, index) => `x${index}=1`).join('&'));
  assert.ok(wrong.length <= 101);
  assert.ok(readText(`${'x'.repeat(10_000)}=1`).wrong.every((each) => each.length < 300));
});
