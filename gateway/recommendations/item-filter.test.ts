import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastCheck from 'fast-check';
import { anItem } from '../testing/examples.ts';
import { FilterWrong, filterPattern, parseFilter } from './item-filter.ts';

const kettle = anItem({
  price: 39.9,
  brand: 'Acme, Inc.',
  categories: ['Kitchen', 'Tea'],
  tags: ['new'],
  attributes: { colour: 'red "ish"' },
});

function fits(filter: string, item = kettle): boolean {
  const parsed = parseFilter(filter);
  assert.ok(!(parsed instanceof FilterWrong), `${filter}: ${parsed instanceof FilterWrong ? parsed.detail : ''}`);
  return parsed(item);
}

test('an item fits when all conditions hold', () => {
  const expected: [string, boolean][] = [
    ['price<=39.9', true],
    ['price<39.9', false],
    ['price>39', true],
    ['price>=40', false],
    ['price:39.9', true],
    ['brand:"Acme, Inc."', true],
    ['brand:acme', false],
    ['brand!:acme', true],
    ['category:Tea|Coffee', true],
    ['category!:Coffee|Tea', false],
    ['tag:new,in_stock:true', true],
    ['tag:new,price<10', false],
    ['in_stock:false', false],
    ['attributes.colour:"red \\"ish\\""', true],
    ['attributes.size:xl', false],
    ['attributes.size!:xl', true],
    ['attributes.__proto__:x', false],
  ];
  for (const [filter, isFitting] of expected) assert.equal(fits(filter), isFitting, filter);
});

test('what is not known of an item fulfils no condition but that it is none of them', () => {
  const unknown = anItem({ price: null, brand: null, categories: [], tags: [] });
  for (const filter of ['price<1000', 'price>=0', 'brand:acme', 'category:Tea', 'tag:new'])
    assert.equal(fits(filter, unknown), false, filter);
  assert.equal(fits('brand!:acme,category!:Tea', unknown), true);
});

test('what is wrong is said with its place', () => {
  const expected: [string, RegExp][] = [
    ['', /^is wrong at character 1: a field is expected/],
    ['colour:red', /^is wrong at character 1: one of the fields is expected here: price, brand/],
    ['cost<5', /^is wrong at character 1: one of the fields/],
    ['attributes.:x', /^is wrong at character 1: one of the fields/],
    ['price<=50,brand', /^is wrong at character 16: one of : and !: is expected/],
    ['price~50', /^is wrong at character 6: one of <=, >=/],
    ['price<=cheap', /^is wrong at character 8: a number such as/],
    ['brand:acme,', /^is wrong at character 12: a field is expected/],
    ['brand:', /^is wrong at character 7: a value is expected/],
    ['brand:a|', /^is wrong at character 9: a value is expected/],
    ['brand:"acme', /^is wrong at character 7: these quotes are not closed/],
    ['brand:a"b', /^is wrong at character 8: a comma or the end is expected/],
    ['in_stock:yes', /^is wrong at character 10: true or false/],
    [Array.from({ length: 21 }, () => 'tag:a').join(','), /more than 20 conditions/],
    [`tag:${Array.from({ length: 51 }, (_, index) => index).join('|')}`, /more than 50 values/],
    [`tag:${'x'.repeat(1000)}`, /more than 1000 characters/],
  ];
  for (const [filter, detail] of expected) {
    const parsed = parseFilter(filter);
    assert.ok(parsed instanceof FilterWrong, filter.slice(0, 80));
    assert.match(parsed.detail, detail);
  }
});

test('any text is either a filter or wrong at a place', () => {
  const text = fastCheck.oneof(
    fastCheck.string({ unit: 'binary' }),
    fastCheck.stringMatching(/^(price|brand|tag|in_stock|[,|:!<>="\\a-z0-9.]){0,12}$/),
  );
  fastCheck.assert(
    fastCheck.property(text, (filter) => {
      const parsed = parseFilter(filter);
      if (parsed instanceof FilterWrong) return /^is wrong at character \d+: /.test(parsed.detail);
      return typeof parsed(kettle) === 'boolean';
    }),
  );
});

test('the pattern in the document allows what is a filter, and nothing else', () => {
  const names = ['price', 'brand', 'tag', 'in_stock', 'attributes.x', 'attributes.'];
  const signs = [':', '!:', '<=', '<', '>', ',', '|', '"', ' ', '\\', '.', '1', '2.5', 'true', 'false', '"a b"', 'é'];
  const start = fastCheck.constantFrom('price<1', 'price:2.5', 'brand:', 'in_stock:', 'tag!:"a b"', '');
  const rest = fastCheck.array(fastCheck.constantFrom(...names, ...signs), { maxLength: 6 });
  const pattern = new RegExp(filterPattern, 'u');
  fastCheck.assert(
    fastCheck.property(start, rest, (begun, parts) => {
      const filter = begun + parts.join('');
      assert.equal(pattern.test(filter), !(parseFilter(filter) instanceof FilterWrong), filter);
    }),
    { numRuns: 5000 },
  );
});
