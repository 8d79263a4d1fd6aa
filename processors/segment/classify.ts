// Which segment a customer belongs to, by recency, frequency and monetary value. A pure function of the profile, the thresholds
// and the time, so that whoever asks gets the same answer.
import type { Profile } from '../../schemas/types.ts';
import type { Thresholds } from './thresholds.ts';

const DAY_MS = 86_400_000;

/** The computed segments, from the best on. Others can be set by hand. */
export const SEGMENTS = ['VIP', 'Premium', 'Standard', 'New'] as const;
export type SegmentName = (typeof SEGMENTS)[number];
/** Of whom it is not known yet whether they are customers. */
export const NEWCOMERS: SegmentName = 'New';

export interface Classification {
  readonly segment: string;
  readonly isManual: boolean;
  /** Days since the last purchase; without one, since the first activity. */
  readonly recencyDays: number;
  /** Orders. */
  readonly frequency: number;
  /** Lifetime value, in the shop's currency. */
  readonly monetary: number;
}

export function classify(profile: Profile, thresholds: Thresholds, eventMs: number): Classification {
  const nowMs = Math.max(eventMs, profile.last_activity ?? 0); // a late event does not make anything more recent
  const recencyDays = daysSince(profile.last_purchase ?? profile.first_seen ?? nowMs, nowMs);
  const frequency = profile.orders;
  const monetary = profile.lifetime_value;
  const isManual = profile.manual_segment !== null;
  const segment = profile.manual_segment ?? computed();
  return { segment, isManual, recencyDays, frequency, monetary };

  function computed(): SegmentName {
    if (reaches(thresholds.vip_orders, thresholds.vip_value, thresholds.vip_recency_days)) return 'VIP';
    if (reaches(thresholds.premium_orders, thresholds.premium_value, thresholds.premium_recency_days)) return 'Premium';
    const ageDays = daysSince(profile.first_seen ?? nowMs, nowMs);
    return ageDays < thresholds.new_days && frequency < thresholds.new_orders ? 'New' : 'Standard';
  }

  function reaches(orders: number, value: number, recencyDaysMax: number): boolean {
    return frequency >= orders && monetary >= value && recencyDays <= recencyDaysMax;
  }
}

function daysSince(thenMs: number, nowMs: number): number {
  return Math.max(0, nowMs - thenMs) / DAY_MS;
}
