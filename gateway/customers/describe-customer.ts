// A customer as the API shows them: the columns of the public table of profiles first, then what else was learnt.
import type { Affinity, Profile, RecentInteraction, Segment } from '../../schemas/types.ts';

const interestsMax = 10;
const recentMax = 20;
/** More than any currency has. */
const decimalsOfAmounts = 6;

/** `titleOf` an item of the latest interactions. */
export function describeCustomer(
  profile: Profile,
  segment: Segment | undefined,
  titleOf: (itemId: string) => string | null,
) {
  return {
    customer_id: profile.customer_id,
    age: profile.age,
    gender: profile.gender,
    location: profile.location,
    segment: segment?.segment ?? profile.manual_segment,
    preferences: profile.preferences,
    lifetime_value: asAmount(profile.lifetime_value),
    last_activity: asTime(profile.last_activity),
    language: profile.language,
    consent: profile.consent,
    first_seen: asTime(profile.first_seen),
    orders: profile.orders,
    items_bought: profile.items_bought,
    sessions: profile.sessions,
    events: profile.counts,
    channels: profile.channels,
    categories: interests(profile.categories),
    brands: interests(profile.brands),
    segment_details: segment === undefined ? null : describeSegment(segment),
    anonymous_ids: profile.anonymous_ids,
    belongs_to: profile.links.at(-1)?.customer_id ?? null,
    recent: recentOf(profile).map((each) => describeRecent(each, titleOf)),
  };
}

/** The latest interactions, latest first. */
export function recentOf({ recent }: Profile): RecentInteraction[] {
  return recent.slice(-recentMax).reverse();
}

function describeSegment(segment: Segment) {
  return {
    since: asTime(segment.since),
    previous: segment.previous,
    set_by_hand: segment.manual,
    recency_days: segment.recency_days,
    frequency: segment.frequency,
    monetary: asAmount(segment.monetary),
  };
}

/** Heats are logarithms and rise with time: only their ratios mean something, and those don't change with time. */
function interests(affinities: readonly Affinity[]): { name: string; share: number }[] {
  const sorted = affinities.toSorted((a, b) => b.heat - a.heat).slice(0, interestsMax);
  const hottest = sorted[0]?.heat ?? 0;
  const weights = sorted.map(({ heat }) => Math.exp(heat - hottest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return sorted.map(({ name }, index) => ({ name, share: Number(((weights[index] ?? 0) / total).toFixed(4)) }));
}

function describeRecent(
  { interaction_id, item_id, event_type, timestamp, value }: RecentInteraction,
  titleOf: (itemId: string) => string | null,
) {
  const title = item_id === null ? null : titleOf(item_id);
  return { interaction_id, item_id, title, event_type, timestamp: asTime(timestamp), value };
}

function asTime(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}

/** Without the trace that binary fractions leave in sums: 0.1 + 0.2 is 0.3. */
function asAmount(sum: number): number {
  return Number(sum.toFixed(decimalsOfAmounts));
}
