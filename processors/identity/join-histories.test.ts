// Proves that histories folded apart and joined are what one fold of all of it would be, up to what the profile forgets.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ItemAttributes } from '../../models/item-index.ts';
import type { Interaction, JoinedHistories, Profile } from '../../schemas/types.ts';
import { applyInteraction } from '../profile/apply-interaction.ts';
import { emptyProfile } from '../profile/empty-profile.ts';
import { limits } from '../profile/limits.ts';
import { at, interaction } from '../testing/given.ts';
import { joinHistories } from './join-histories.ts';

const goods = new Map<string, ItemAttributes>([
  ['pan', { categories: ['Home', 'Kitchen'], brand: 'Acme', price: 40 }],
  ['lamp', { categories: ['Home'], brand: 'Lux', price: 90 }],
  ['book', { categories: ['Books'], brand: null, price: 12 }],
]);

function historyOf(id: string, interactions: readonly Interaction[]): Profile {
  const profile = emptyProfile(id);
  for (const each of interactions) applyInteraction(profile, each, each.timestamp, goods.get(each.item_id ?? ''));
  return profile;
}

function joined(own: Profile | null, ...visitors: Profile[]): Profile {
  const histories: JoinedHistories = {
    customer_id: 'anna',
    own,
    visitors: visitors.map((history) => ({ anonymous_id: history.customer_id, history })),
  };
  return joinHistories(histories);
}

const things = fc.array(
  fc.record({
    type: fc.constantFrom('view', 'add_to_cart', 'purchase', 'refund', 'shown'),
    item: fc.constantFrom('pan', 'lamp', 'book', 'unknown'),
    minute: fc.integer({ min: 0, max: 10_000 }),
    channel: fc.constantFrom('web', 'app'),
    who: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: limits.recentMax },
);

const rounded = (number: number | undefined) => number?.toFixed(6);
const heats = (list: Profile['brands']) => new Map(list.map(({ name, heat }) => [name, rounded(heat)]));

describe('joined histories', () => {
  it('are what one fold of all of it is', () => {
    fc.assert(
      fc.property(things, (list) => {
        const done = list.map(({ type, item, minute, channel, who }) => ({
          who,
          interaction: interaction(type, item, at(minute), { channel, value: minute % 7 }),
        }));
        const by = (who: number) => done.filter((each) => each.who === who).map((each) => each.interaction);
        const join = joined(historyOf('anna', by(0)), historyOf('v1', by(1)), historyOf('v2', by(2)));
        const whole = historyOf('anna', [0, 1, 2].flatMap(by));
        for (const name of ['counts', 'channels', 'recent', 'first_seen', 'last_activity', 'last_purchase'] as const) {
          assert.deepEqual(join[name], whole[name], name);
        }
        assert.equal(rounded(join.lifetime_value), rounded(whole.lifetime_value));
        assert.equal(rounded(join.items_bought), rounded(whole.items_bought));
        assert.deepEqual(heats(join.categories), heats(whole.categories));
        assert.deepEqual(heats(join.brands), heats(whole.brands));
        assert.equal(rounded(join.price_taste?.mean), rounded(whole.price_taste?.mean));
        assert.equal(rounded(join.price_taste?.variance), rounded(whole.price_taste?.variance));
        // What was given back by another than who bought it stays bought.
        const didBuyAll = list.every(({ type }) => type !== 'refund');
        if (didBuyAll) assert.deepEqual(join.bought, whole.bought);
      }),
    );
  });

  it('go on with the session in which the visitor logged in', () => {
    const visitor = historyOf('v1', [interaction('view', 'pan', at(0)), interaction('view', 'lamp', at(2))]);
    const own = historyOf('anna', [interaction('view', 'book', at(10)), interaction('view', 'pan', at(11))]);
    const { session } = joined(own, visitor);
    assert.deepEqual(session?.items, ['lamp', 'book', 'pan']);
    assert.deepEqual(
      [session?.session_key, session?.started_at, session?.last_at, session?.events],
      ['anna~0', at(0), at(11), 4],
    );
  });

  it('leave a visit of the day before out of the session', () => {
    const visitor = historyOf('v1', [interaction('view', 'pan', at(-1440))]);
    const own = historyOf('anna', [interaction('view', 'book', at(10))]);
    assert.deepEqual(joined(own, visitor).session?.items, ['book']);
    assert.equal(joined(own, visitor).sessions, 2);
  });

  it('keep what only the customer can tell, and say who the visitors are', () => {
    const own = { ...historyOf('anna', []), age: 30, manual_segment: 'Staff', preferences: { size: 'm' } };
    const visitor = { ...historyOf('v1', [interaction('view', 'pan', at(0))]), age: 99, language: 'fr' };
    const { customer_id, age, manual_segment, preferences, language, anonymous_ids } = joined(own, visitor);
    assert.deepEqual(
      { customer_id, age, manual_segment, preferences, language, anonymous_ids },
      { customer_id: 'anna', age: 30, manual_segment: 'Staff', preferences: { size: 'm' }, language: 'fr', anonymous_ids: ['v1'] }, // prettier-ignore
    );
    assert.equal(joined(null, visitor).counts['view'], 1, 'a customer who did nothing yet');
  });

  it('share nothing with them that folding changes', () => {
    const own = historyOf('anna', [interaction('purchase', 'pan', at(0)), interaction('view', 'lamp', at(1))]);
    const visitor = historyOf('v1', [interaction('view', 'pan', at(2))]);
    const join = joined(own, visitor);
    const before = structuredClone(join);
    for (const history of [own, visitor]) {
      for (const type of ['purchase', 'refund', 'view']) {
        const more = interaction(type, 'pan', at(3), { context: { language: 'it' } });
        applyInteraction(history, more, more.timestamp, goods.get('pan'));
      }
    }
    assert.deepEqual(structuredClone(join), before);
  });

  it('stay within the bounds of a profile', () => {
    const many = (id: string) =>
      historyOf(
        id,
        Array.from({ length: 300 }, (_, n) => interaction('purchase', `${id}-${n}`, at(n), { value: 1 })),
      );
    const join = joined(many('anna'), many('v1'));
    assert.deepEqual([join.recent.length, join.bought.length], [limits.recentMax, limits.boughtItemsMax]);
    assert.deepEqual([join.lifetime_value, join.counts['purchase']], [600, 600]);
  });
});
