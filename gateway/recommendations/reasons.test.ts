import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cause } from './candidates.ts';
import { reasonsFor } from './reasons.ts';

const did = (event_type: string, item_id: string): Cause => ({
  interaction_id: `${event_type}-${item_id}`,
  item_id,
  event_type,
  timestamp: 0,
});

function words(algorithm: string, because: readonly Cause[], list?: string): string | undefined {
  const candidate = { item_id: 'x', score: 1, algorithm, because, ...(list !== undefined && { list }) };
  return reasonsFor(candidate, 'summary', (id) => (id === 'unknown-7' ? null : id.toUpperCase()))[0]?.text;
}

test('reasons in words name what the customer did, the same deeds together', () => {
  const expected: [string, Cause[], string][] = [
    ['bought_together', [did('purchase', 'mug')], 'You bought MUG: this is often bought with it.'],
    [
      'co_visitation',
      [did('view', 'mug'), did('view', 'tray')],
      'You looked at MUG and TRAY: others who did so looked at this too.',
    ],
    [
      'affinity',
      [did('click', 'mug'), did('add_to_cart', 'tray')],
      'You clicked on MUG and put TRAY into the cart: this fits your taste.',
    ],
    [
      'session_knn',
      [did('view', 'a'), did('view', 'a'), did('view', 'b')],
      'You looked at A: customers in a session like yours went on to this.',
    ],
    ['of_tomorrow', [did('add_to_wishlist', 'unknown-7')], 'You chose unknown-7 (add to wishlist): this goes with it.'],
    ['of_tomorrow', [], 'Chosen for you.'],
    ['affinity', [did('view', 'x'), did('view', 'mug')], 'You looked at MUG: this fits your taste.'],
    ['session_knn', [did('rating', 'a')], 'You rated A: customers in a session like yours went on to this.'],
    ['affinity', [did('view', 'x')], 'You looked at X: this fits your taste.'],
  ];
  for (const [algorithm, because, text] of expected) assert.equal(words(algorithm, because), text);
});

test('an item of a ranking says of which', () => {
  const expected: [string, string][] = [
    ['trending', 'Many customers look at it right now.'],
    ['popular', 'Popular with all customers.'],
    ['popular:category:Tea: green', 'Popular in Tea: green.'],
    ['popular:segment:VIP', 'Popular with VIP customers.'],
    ['popular:campaign:spring', 'Popular in the campaign spring.'],
    ['popular:location:Lyon', 'Popular in Lyon.'],
    ['popular:channel:app', 'Popular in the channel app.'],
  ];
  for (const [list, text] of expected) assert.equal(words('popular', [], list), text);
});
