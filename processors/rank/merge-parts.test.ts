import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addHeat, EMPTY_HEAT } from '../../models/decay.ts';
import { at } from '../testing/given.ts';
import { DAY_HALF_LIFE_MS } from '../feature/limits.ts';
import { LIST_ITEMS_MAX, mergeParts } from './merge-parts.ts';

function part(number: number, views: Record<string, number>) {
  const entries = Object.entries(views).map(([item_id, count]) => ({ item_id, heat: addHeat(EMPTY_HEAT, count, at(0), DAY_HALF_LIFE_MS) })); // prettier-ignore
  return { list: 'popular', part: number, updated_at: at(0), entries: entries.sort((a, b) => b.heat - a.heat) };
}

const all = () => 'offered' as const;

test('the best of all parts come first, with what is left of their interest', () => {
  const items = mergeParts('popular', [part(0, { a: 10, b: 2 }), part(3, { c: 4 })], at(24 * 60), all);
  assert.deepEqual(
    items.map(({ item_id, score }) => [item_id, score.toFixed(4)]),
    [
      ['a', '5.0000'],
      ['c', '2.0000'],
      ['b', '1.0000'],
    ],
  );
});

test('an item that the catalogue does not know leaves its place to the next', () => {
  const many = Object.fromEntries(
    Array.from({ length: LIST_ITEMS_MAX }, (_, index) => [`item-${index}`, 1000 - index]),
  );
  const items = mergeParts('popular', [part(0, many), part(1, { next: 1 })], at(0), (itemId) =>
    itemId === 'item-0' ? 'unknown' : 'offered',
  );
  assert.equal(items.length, LIST_ITEMS_MAX);
  assert.equal(items[0]?.item_id, 'item-1');
  assert.equal(items.at(-1)?.item_id, 'next');
});

test('what is withheld keeps its place and takes none from others', () => {
  const many = Object.fromEntries(
    Array.from({ length: 3 * LIST_ITEMS_MAX }, (_, index) => [`item-${index}`, 1000 - index]),
  );
  const isOdd = (itemId: string) => Number(itemId.slice('item-'.length)) % 2 === 1;
  const halves = mergeParts('popular', [part(0, many)], at(0), (itemId) => (isOdd(itemId) ? 'offered' : 'withheld'));
  assert.deepEqual([halves.length, halves[0]?.item_id], [2 * LIST_ITEMS_MAX, 'item-0']);
  assert.equal(mergeParts('popular', [part(0, many)], at(0), () => 'withheld').length, LIST_ITEMS_MAX);
});

test('trending fades by the hour', () => {
  const heat = addHeat(EMPTY_HEAT, 8, at(0), DAY_HALF_LIFE_MS / 24);
  const hourly = { list: 'trending', part: 0, updated_at: at(0), entries: [{ item_id: 'a', heat }] };
  assert.equal(mergeParts('trending', [hourly], at(60), all)[0]?.score.toFixed(4), '4.0000');
});
