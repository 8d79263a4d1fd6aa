// A mapping says what is wrong with it before anything is read, and reads values as it says or rejects the line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomerUpdate, Interaction, Item } from '../../schemas/types.ts';
import { columnsRead, parseMapping } from './mapping.ts';
import { rowMapper } from './row-mapper.ts';

const facts = { importId: 'imp', modifiedMs: 1_700_000_000_000, latestMs: Date.UTC(2030, 0, 1) };

const minimal = `
target: interactions
format: { type: csv }
fields:
  customer_id: who
  event_type: { constant: search }
  timestamp: { column: at, unit: s }
`;

type Row = Readonly<Record<string, string>>;

function map(yaml: string, row: Row, line = 7) {
  const mapper = rowMapper<Row>(parseMapping(yaml, 'test.yaml'), (name) => (from) => from[name] || undefined, facts);
  return mapper(row, line);
}

const interaction = (yaml: string, row: Row) => map(yaml, { who: 'c', at: '1700000000', ...row })?.value as Interaction;

test('a short mapping is enough; what it leaves open has defaults', () => {
  const value = interaction(minimal, {});
  assert.deepEqual(
    [value.customer_id, value.event_type, value.timestamp, value.received_at, value.quantity, value.backfill],
    ['c', 'search', 1_700_000_000_000, 1_700_000_000_000, 1, true],
  );
  assert.equal(value.interaction_id, 'imp-7');
});

test('columns, constants, templates, defaults, value maps, context and key prefix', () => {
  const value = interaction(
    `
target: interactions
format: { type: csv }
key_prefix: x-
fields:
  customer_id: who
  timestamp: { column: at, unit: s }
  event_type: { column: kind, map: { buy: purchase, look: view }, unmapped: keep }
  item_id: item
  interaction_id: { template: '{basket}/{item}' }
  session_id: { template: 's-{missing}' }
  channel: { column: missing, default: web }
  value: { column: price, decimal: ',' }
  context: { shop: store, gone: missing }
`,
    { kind: 'buy', item: 'i1', basket: 'b1', price: '1,50', store: 'Berlin' },
  );
  assert.deepEqual(
    [value.customer_id, value.item_id, value.event_type, value.interaction_id, value.session_id, value.channel],
    ['x-c', 'x-i1', 'purchase', 'b1/i1', null, 'web'],
  );
  assert.equal(value.value, 1.5);
  assert.deepEqual(value.context, { shop: 'Berlin' });
});

test('`when` leaves lines out without rejecting them', () => {
  const yaml = `${minimal}when:\n  - { column: kind, in: [a, b] }\n  - { column: n, above: 0, below: 10 }\n`;
  const row = { who: 'c', at: '1700000000' };
  assert.notEqual(map(yaml, { ...row, kind: 'a', n: '5' }), null);
  for (const left of [{ kind: 'c', n: '5' }, { kind: 'a', n: '0' }, { kind: 'a', n: 'x' }, { kind: 'a' }]) {
    assert.equal(map(yaml, { ...row, ...left }), null);
  }
});

test('items: lists from one column or from several, flags, prices', () => {
  const item = map(
    `
target: items
format: { type: csv }
fields:
  item_id: id
  title: name
  categories: [top, sub]
  tags: { column: tags, separator: '|' }
  price: price
  in_stock: stock
  published_at: { column: since, format: dd.MM.yyyy, offset: '+02:00' }
`,
    { id: '1', name: 'Tea', top: 'Food', sub: '', tags: 'a| b |', price: '2.50', stock: 'no', since: '01.02.2024' },
  )?.value as Item;
  assert.deepEqual([item.categories, item.tags, item.price, item.in_stock], [['Food'], ['a', 'b'], 2.5, false]);
  assert.equal(item.published_at, Date.UTC(2024, 0, 31, 22));
  assert.equal(item.updated_at, facts.modifiedMs);
});

test('customers: ages by band, consent', () => {
  const customer = map(
    `
target: customers
format: { type: csv }
fields:
  customer_id: id
  age: { column: band, map: { 65+: 70 }, unmapped: none }
  consent: ok
`,
    { id: '1', band: '65+', ok: 'N' },
  )?.value as CustomerUpdate;
  assert.deepEqual([customer.age, customer.consent], [70, false]);
});

const times: [rule: string, text: string, expected: number | RegExp][] = [
  ['unit: ms', '1700000000123', 1_700_000_000_123],
  ['unit: us', '1700000000123456', 1_700_000_000_123],
  ['unit: s', '1483271606.5', 1_483_271_606_500],
  ['format: iso', '2024-02-29T10:00:00Z', Date.UTC(2024, 1, 29, 10)],
  ['format: iso', '2024-02-29 10:00', Date.UTC(2024, 1, 29, 10)],
  ["format: iso, offset: '+01:00'", '2024-02-29', Date.UTC(2024, 1, 28, 23)],
  ['format: yyyyMMdd HHmmss', '20240229 235959', Date.UTC(2024, 1, 29, 23, 59, 59)],
  ['format: iso', '2023-02-29', /no time that exists/],
  ['format: dd/MM/yyyy', '31/04/2024', /no time that exists/],
  ['format: dd/MM/yyyy', '2024-04-01', /no time of the form/],
  ['unit: s', 'yesterday', /no time in s/],
  ['format: iso', '1483271606', /no ISO time; give its unit/],
  ['unit: ms', '1483271606', /before 1980: is its unit right/],
  ['unit: s', '1483271606000', /future: is its unit right/],
];
for (const [rule, text, expected] of times) {
  test(`time ${text} by ${rule}`, () => {
    const yaml = minimal.replace('unit: s', rule);
    const read = () => interaction(yaml, { at: text }).timestamp;
    if (typeof expected === 'number') assert.equal(read(), expected);
    else assert.throws(read, { kind: 'LineRejected', message: expected });
  });
}

test('numbers are numbers or the line is rejected, naming the field', () => {
  const yaml = minimal.replace('fields:', 'fields:\n  value: price');
  for (const good of ['1', '-2.5', '.5', '1e3']) assert.equal(interaction(yaml, { price: good }).value, Number(good));
  for (const bad of ['1,5', '12 €', '0x10', 'NaN', 'Infinity', '1.2.3']) {
    assert.throws(() => interaction(yaml, { price: bad }), {
      kind: 'LineRejected',
      message: /^value: .* is no number$/,
    });
  }
});

test('what is required and missing rejects the line', () => {
  assert.throws(() => map(minimal, { at: '1700000000' }), { kind: 'LineRejected', message: 'customer_id is missing' });
});

test('the list that an interaction followed, and the place in it', () => {
  const yaml = minimal.replace('fields:', 'fields:\n  recommendation_id: list\n  position: rank');
  const { recommendation_id, position } = interaction(yaml, { list: 'r-1', rank: '3' });
  assert.deepEqual([recommendation_id, position], ['r-1', 3]);
  for (const rank of ['0', '1.5', '10001'])
    assert.throws(() => interaction(yaml, { rank }), { kind: 'LineRejected', message: /is no position in a list/ });
});

test('what was done to an item is rejected without one, as the API does; what needs none is not', () => {
  const yaml = minimal.replace('{ constant: search }', 'kind\n  item_id: item');
  for (const kind of ['view', 'click', 'add_to_cart', 'remove_from_cart', 'purchase', 'Purchase']) {
    assert.throws(() => interaction(yaml, { kind }), {
      kind: 'LineRejected',
      message: `item_id is missing: ${kind} needs an item`,
    });
    assert.equal(interaction(yaml, { kind, item: 'i' }).item_id, 'i');
  }
  assert.equal(interaction(yaml, { kind: 'search' }).item_id, null);
});

test('a mapping that can’t work says what to change', () => {
  const wrong: [yaml: string, message: RegExp][] = [
    ['target: [', /no valid YAML/],
    ['target: people', /target/],
    [minimal.replace('customer_id', 'custmer_id'), /custmer_id/],
    [minimal.replace('{ constant: search }', '{ constant: view, column: x }'), /exactly one of/],
    [minimal.replace('type: csv', 'type: csv, header: false'), /needs `columns`/],
    [minimal.replace('unit: s', 'unit: hours'), /timestamp/],
    [`${minimal}when: [{ column: a }]`, /give a test/],
  ];
  for (const [yaml, message] of wrong) {
    assert.throws(() => parseMapping(yaml, 'test.yaml'), { kind: 'ImportRefused', message });
  }
});

test('a mapping knows which columns it reads', () => {
  const yaml = `${minimal}  context: { a: b }\n  session_id: { template: '{x}-{y}' }\nwhen: [{ column: z, present: true }]\n`;
  assert.deepEqual([...columnsRead(parseMapping(yaml, 't'))].sort(), ['at', 'b', 'who', 'x', 'y', 'z']);
});

test('what no processor could use is rejected with its reason', () => {
  const yaml = `
target: interactions
format: { type: csv }
fields:
  customer_id: who
  event_type: { column: kind, default: purchase }
  item_id: item
  timestamp: { column: at, unit: s }
  value: price
  quantity: many
`;
  const rejected = (row: Row, reason: RegExp) => assert.throws(() => interaction(yaml, { item: 'i', ...row }), reason);
  rejected({ who: 'x'.repeat(257) }, /customer_id has 257 characters/);
  rejected({ who: ' ' }, /customer_id is empty/);
  rejected({ item: 'x'.repeat(257) }, /item_id has 257 characters/);
  rejected({ kind: '1st look' }, /event_type needs a letter first/);
  rejected({ price: '1e300' }, /value is 1e\+300/);
  rejected({ many: '0' }, /quantity is 0/);
  assert.equal(interaction(yaml, { item: 'i', many: '2' }).quantity, 2);
});
