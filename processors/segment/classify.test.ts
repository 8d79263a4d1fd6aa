import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Profile } from '../../schemas/types.ts';
import { START_MS } from '../testing/given.ts';
import { emptyProfile } from '../profile/empty-profile.ts';
import { classify } from './classify.ts';
import { DEFAULT_THRESHOLDS } from './thresholds.ts';

const DAY_MS = 86_400_000;

/** Someone first seen and last buying so many days ago. */
function someone(orders: number, lifetime_value: number, seenDaysAgo: number, boughtDaysAgo: number | null): Profile {
  const daysAgo = (days: number) => START_MS - days * DAY_MS;
  const last_purchase = boughtDaysAgo === null ? null : daysAgo(boughtDaysAgo);
  return { ...emptyProfile('ann'), orders, lifetime_value, first_seen: daysAgo(seenDaysAgo), last_purchase };
}

const segmentOf = (profile: Profile) => classify(profile, DEFAULT_THRESHOLDS, START_MS).segment;

describe('a customer is', () => {
  it('New in the first month with fewer than two orders', () => {
    assert.equal(segmentOf(emptyProfile('ann')), 'New');
    assert.equal(segmentOf(someone(0, 0, 29, null)), 'New');
    assert.equal(segmentOf(someone(1, 40, 10, 10)), 'New');
  });

  it('Standard after that', () => {
    assert.equal(segmentOf(someone(0, 0, 30, null)), 'Standard');
    assert.equal(segmentOf(someone(2, 40, 10, 1)), 'Standard');
  });

  it('Premium with three orders and 300 of value, the last of them within half a year', () => {
    assert.equal(segmentOf(someone(3, 300, 300, 180)), 'Premium');
    assert.equal(segmentOf(someone(2, 300, 300, 1)), 'Standard');
    assert.equal(segmentOf(someone(3, 299, 300, 1)), 'Standard');
    assert.equal(segmentOf(someone(3, 300, 300, 181)), 'Standard');
  });

  it('VIP with ten orders and 1,000 of value, the last of them within three months', () => {
    assert.equal(segmentOf(someone(10, 1000, 300, 90)), 'VIP');
    assert.equal(segmentOf(someone(10, 1000, 300, 91)), 'Premium');
    assert.equal(segmentOf(someone(9, 5000, 300, 1)), 'Premium');
  });

  it('whatever was set by hand', () => {
    const classification = classify(
      { ...someone(10, 1000, 300, 1), manual_segment: 'Staff' },
      DEFAULT_THRESHOLDS,
      START_MS,
    );
    assert.deepEqual([classification.segment, classification.isManual], ['Staff', true]);
  });
});

describe('recency', () => {
  it('counts from the last purchase, without one from the first activity', () => {
    assert.equal(classify(someone(1, 10, 20, 5), DEFAULT_THRESHOLDS, START_MS).recencyDays, 5);
    assert.equal(classify(someone(0, 0, 20, null), DEFAULT_THRESHOLDS, START_MS).recencyDays, 20);
  });

  it('is not turned back by a late event', () => {
    const profile = { ...someone(1, 10, 20, 5), last_activity: START_MS };
    assert.equal(classify(profile, DEFAULT_THRESHOLDS, START_MS - 4 * DAY_MS).recencyDays, 5);
  });
});
