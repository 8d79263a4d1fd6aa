import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from './bodies.ts';
import { flag, id, number, oneOf, text, textMap, time, words } from './kinds.ts';
import { object, optional, required } from './object-kind.ts';

const kind = object(
  {
    name: required(id, 'is missing: give a name.'),
    count: optional(number({ min: 1, max: 9, whole: true }), 1),
    at: optional(time),
    colour: optional(oneOf('red', 'green')),
    tags: optional(words(2), []),
    notes: optional(textMap, {}),
    note: optional(text(4)),
    isNew: optional(flag),
  },
  {
    check: ({ count, isNew }, note) => {
      if (isNew === true && count !== 1) note(['notes', 'a/b'], 'must not be.');
    },
  },
);

function read(raw: unknown) {
  const parsed = parse(kind, raw, '/things/3');
  return parsed.ok ? parsed : parsed.errors.map((each) => `${'pointer' in each ? each.pointer : ''} ${each.detail}`);
}

test('what is left out, or null, is as declared', () => {
  const value = { name: '7', count: 1, at: null, colour: null, tags: [], notes: {}, note: null, isNew: null };
  assert.deepEqual(read({ name: 7 }), { ok: true, value, ignored: [] });
  assert.deepEqual(read({ ...value, count: null, tags: null }), { ok: true, value, ignored: [] });
});

test('all that is wrong is said at once, also what fields say together', () => {
  const wrong = {
    name: '',
    count: 1.5,
    at: 1_763_800_000,
    colour: 'blue',
    tags: ['a', 7],
    notes: { 'x~y': {} },
    note: 'ééé',
    isNew: true,
  };
  assert.deepEqual(read(wrong), [
    '/things/3/name must not be empty.',
    '/things/3/count must be a whole number from 1 to 9.',
    '/things/3/at looks like seconds: give milliseconds since 1970.',
    '/things/3/colour must be one of red, green.',
    '/things/3/tags/1 must be a text.',
    '/things/3/notes/x~0y must be a text, a number, true or false.',
    '/things/3/note must not be longer than 4 bytes.',
    '/things/3/notes/a~1b must not be.',
  ]);
  assert.deepEqual(read({}), ['/things/3/name is missing: give a name.']);
  assert.deepEqual(read([]), ['/things/3 must be an object.']);
});

test('fields that nobody reads are named, and `__proto__` is one of them', () => {
  const parsed = parse(kind, JSON.parse('{"name":"a","__proto__":{"count":5},"other":1}'), '');
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.ignored, ['/__proto__', '/other']);
  assert.equal(parsed.value.count, 1);
});

test('the schema asks for what must be there, and allows null where it counts as left out', () => {
  assert.deepEqual(kind.schema['required'], ['name']);
  const { count, colour } = kind.schema['properties'] as Record<string, unknown>;
  assert.deepEqual(count, { type: ['integer', 'null'], minimum: 1, maximum: 9, default: 1 });
  assert.deepEqual(colour, { type: ['string', 'null'], enum: ['red', 'green', null] });
});
