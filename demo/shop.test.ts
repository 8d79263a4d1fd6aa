import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customers as customersTopic, items as itemsTopic } from '../schemas/topics.ts';
import { createShop } from './shop.ts';

const shop = createShop(1);

test('the shop has as many items and customers as asked for, under ids of their own', () => {
  assert.equal(shop.items.length, 600);
  assert.equal(shop.customers.length, 3000);
  assert.equal(new Set(shop.items.map(({ item_id: id }) => id)).size, 600);
  assert.equal(new Set(shop.customers.map(({ customer_id: id }) => id)).size, 3000);
  const tiny = createShop(1, { items: 7, customers: 3 });
  assert.deepEqual([tiny.items.length, tiny.customers.length], [7, 3]);
});

test('all of it fits the schemas', () => {
  for (const item of shop.items) assert.deepEqual(itemsTopic.codec.decode(itemsTopic.codec.encode(item)), item);
  for (const customer of shop.customers) {
    const decoded = customersTopic.codec.decode(customersTopic.codec.encode(customer));
    assert.equal(decoded.customer_id, customer.customer_id);
  }
});

test('items are believable: two categories, a price above cost, titles that differ', () => {
  for (const item of shop.items) {
    assert.equal(item.categories.length, 2);
    assert.ok((item.price ?? 0) > (item.cost ?? 0) && (item.cost ?? 0) > 0, item.item_id);
  }
  assert.ok(new Set(shop.items.map(({ title }) => title)).size > 0.98 * shop.items.length);
});

test('some customers gave no consent, some are hardly known', () => {
  const share = (count: number) => count / shop.customers.length;
  const refused = share(shop.customers.filter(({ consent }) => !consent).length);
  const unknown = share(shop.customers.filter(({ age, location }) => age === null && location === null).length);
  assert.ok(refused > 0.01 && refused < 0.06);
  assert.ok(unknown > 0.06 && unknown < 0.2);
});
