import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interaction } from '../processors/testing/given.ts';
import { learnRepeats } from './repeats.ts';
import { BEGIN_MS, historyOf } from './testing/given-history.ts';

const DAY_MS = 86_400_000;

test('milk comes back after a week, a television does not, and of what is rare nothing is said', () => {
  const buy = (customer: number, itemId: string, day: number) =>
    interaction('purchase', itemId, BEGIN_MS + day * DAY_MS, { customer_id: `c${customer}` });
  const customers = Array.from({ length: 30 }, (_, at) => at);
  const history = historyOf([
    ...customers.flatMap((at) => [1, 8, 15, 22].map((day) => buy(at, 'milk-1', day + (at % 2)))),
    ...customers.map((at) => buy(at, 'tv-1', 2 + (at % 5))),
    buy(0, 'harp', 3),
    buy(1, 'milk-1', 60),
  ]);
  const categories: Record<string, string[]> = { 'milk-1': ['Food', 'Milk'], 'tv-1': ['TV'], harp: ['Harps'] };
  const repeats = learnRepeats(history, (itemId) => categories[itemId] ?? []);
  assert.equal(repeats['Milk']?.days, 7);
  assert.ok((repeats['Milk']?.share ?? 0) > 0.7, JSON.stringify(repeats));
  assert.equal(repeats['TV']?.share, 0);
  assert.equal(repeats['Harps'], undefined);
});
