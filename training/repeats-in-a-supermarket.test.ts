// On the purchases of real households (Complete Journey): categories that are learnt to be bought again are, in the months after, and
// those that are learnt not to be aren't.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { interaction } from '../processors/testing/given.ts';
import type { Interaction } from '../schemas/types.ts';
import { leftOut } from '../test/left-out.ts';
import { learnRepeats } from './repeats.ts';
import { historyOf } from './testing/given-history.ts';

const folder = new URL('../../shared/data/completejourney/', import.meta.url);
const DAY_MS = 86_400_000;
const SPLIT_MS = Date.UTC(2017, 8, 1);
/** Bought so long before the split, and asked for so long after it. */
const BEFORE_MS = 60 * DAY_MS;
const AFTER_MS = 90 * DAY_MS;
/** One household in so many. */
const HOUSEHOLDS_STEP = 8;

test('milk is bought again, and what was never bought again is not', (t) => {
  if (!existsSync(folder)) return leftOut('repeats: the data set completejourney is not here', { dataSet: true });
  const categories = new Map(rowsOf('products').map((row) => [row[0] ?? '', row[4] ?? '']));
  const purchases = rowsOf('transactions').flatMap(purchaseIn);
  const learnt = learnRepeats(historyOf(purchases.filter(({ timestamp }) => timestamp < SPLIT_MS)), (itemId) => [
    categories.get(itemId) ?? '',
  ]);
  const milk = learnt['FLUID MILK PRODUCTS'];
  assert.ok(milk !== undefined && milk.share > 0.3 && milk.days < 60, JSON.stringify(milk));

  const counts = { again: [0, 0], never: [0, 0] };
  const later = new Set(purchases.filter(({ timestamp }) => timestamp >= SPLIT_MS && timestamp < SPLIT_MS + AFTER_MS).map(pairOf)); // prettier-ignore
  const before = new Set(purchases.filter(({ timestamp }) => timestamp < SPLIT_MS && timestamp >= SPLIT_MS - BEFORE_MS).map(pairOf)); // prettier-ignore
  for (const pair of before) {
    const habit = learnt[categories.get(pair.split(' ')[1] ?? '') ?? ''];
    if (habit === undefined) continue;
    const group = habit.share >= 0.15 ? counts.again : habit.share < 0.02 ? counts.never : undefined;
    if (group === undefined) continue;
    group[0] = (group[0] ?? 0) + (later.has(pair) ? 1 : 0);
    group[1] = (group[1] ?? 0) + 1;
  }
  const share = ([repeated = 0, of = 0]: readonly number[]) => repeated / of;
  const told = `bought again within 90 days: ${share(counts.again).toFixed(3)} of ${counts.again[1]} where that is usual, ${share(counts.never).toFixed(3)} of ${counts.never[1]} where it never is`;
  assert.ok((counts.never[1] ?? 0) > 50 && share(counts.again) > 4 * share(counts.never), told);
  t.diagnostic(told);
});

function rowsOf(name: string): string[][] {
  const text = gunzipSync(readFileSync(new URL(`${name}.csv.gz`, folder))).toString('utf8');
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
}

function purchaseIn([seconds = '', household = '', , item = '']: readonly string[]): Interaction[] {
  if (item === '' || Number(household) % HOUSEHOLDS_STEP !== 0) return [];
  return [interaction('purchase', item, Number(seconds) * 1000, { customer_id: household })];
}

function pairOf({ customer_id: customer, item_id: item }: Interaction): string {
  return `${customer} ${item}`;
}
