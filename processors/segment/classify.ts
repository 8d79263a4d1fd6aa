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
  const { manual_segment: manual, orders: frequency, lifetime_value: monetary } = profile;
  const segment = manual ?? computed(profile, recencyDays, thresholds, nowMs);
  return { segment, isManual: manual !== null, recencyDays, frequency, monetary };
}

function computed(
  { orders, lifetime_value: value, first_seen }: Profile,
  recencyDays: number,
  thresholds: Thresholds,
  nowMs: number,
): SegmentName {
  const { vip_orders, vip_value, vip_recency_days } = thresholds;
  if (orders >= vip_orders && value >= vip_value && recencyDays <= vip_recency_days) return 'VIP';
  const { premium_orders, premium_value, premium_recency_days } = thresholds;
  if (orders >= premium_orders && value >= premium_value && recencyDays <= premium_recency_days) return 'Premium';
  const ageDays = daysSince(first_seen ?? nowMs, nowMs);
  return ageDays < thresholds.new_days && orders < thresholds.new_orders ? 'New' : 'Standard';
}

function daysSince(thenMs: number, nowMs: number): number {
  return Math.max(0, nowMs - thenMs) / DAY_MS;
}
