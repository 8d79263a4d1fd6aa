import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, customer, interaction } from '../processors/testing/given.ts';
import { HistoryCollector } from './history.ts';

const view = (customer_id: string, itemId: string, minute: number) =>
  interaction('view', itemId, at(minute), { customer_id });

describe('a history for training', () => {
  it('has what customers did in order of time, and what was sent twice once', () => {
    const collector = new HistoryCollector();
    for (const one of [view('ann', 'pot', 5), view('ann', 'pan', 1), view('ann', 'pot', 5)]) collector.interaction(one);
    collector.interaction(interaction('shown', 'lid', at(6), { customer_id: 'ann' }));
    const { customers, items, untilMs, interactions } = collector.collect();
    assert.deepEqual(
      customers[0]?.deeds.map(({ item }) => items[item]),
      ['pan', 'pot'],
    );
    assert.deepEqual([untilMs, interactions], [at(5), 2]);
  });

  it('has nobody who refused consent, and nothing from before a deletion', () => {
    const collector = new HistoryCollector();
    for (const id of ['ann', 'bob', 'cy'])
      for (const minute of [1, 9]) collector.interaction(view(id, `item-${minute}`, minute));
    collector.customer('ann', customer('ann', { consent: false }));
    collector.erasure('bob', { customer_id: 'bob', erased_at: at(5) });
    collector.customer('cy', customer('cy', { consent: false }));
    collector.customer('cy', customer('cy'));
    const { customers } = collector.collect();
    assert.deepEqual(
      customers.map(({ customerId, deeds }) => [customerId, deeds.length]),
      [
        ['bob', 1],
        ['cy', 2],
      ],
    );
  });

  it('leaves out who clicks as only a program can, and counts them', () => {
    const collector = new HistoryCollector();
    const burst = (customer_id: string, rest: object) => {
      for (let at10 = 0; at10 < 200; at10 += 1)
        collector.interaction(interaction('view', `item-${at10}`, at(0) + at10 * 6, { customer_id, ...rest }));
    };
    burst('bot', {});
    burst('imported', { backfill: true });
    collector.interaction(view('ann', 'pan', 1));
    const { customers, quarantined } = collector.collect();
    assert.deepEqual([customers.map(({ customerId }) => customerId), quarantined], [['ann', 'imported'], 1]);
  });
});
