// The processor `segment`: keeps every customer's segment up to date.
//
// A customer is classified at each of their own events. One who stays away keeps the last segment until the next event: looking
// through a million customers at once would stop everybody else, and nobody is served a segment while away.
import { processor, type Event } from '../../streams/index.ts';
import type { Profile, Segment } from '../../schemas/types.ts';
import * as topics from '../../schemas/topics.ts';
import { rulesLookup } from '../lookups/rules.ts';
import { classify, type Classification } from './classify.ts';
import { thresholdsAt } from './thresholds.ts';

export const segment = processor({
  name: 'segment',
  reads: { profiles: topics.profiles },
  keeps: { segments: topics.segments },
  looksUp: { rules: rulesLookup },
  on: {
    profiles(event: Event<Profile>, { tables: { segments }, lookups: { rules } }) {
      const profile = event.value;
      // Who turned out to be a customer is counted as that customer.
      if (profile === null || !profile.consent || profile.links.length > 0) return segments.delete(event.key);
      const thresholds = thresholdsAt(rules, event.timeMs);
      const known = segments.get(event.key);
      const next = nextSegment(
        known,
        profile,
        classify(profile, thresholds, event.timeMs),
        thresholds.version,
        event.timeMs,
      );
      if (known === undefined || isWorthWriting(known, next)) segments.set(event.key, next);
    },
  },
});

/** `since` and `previous` change only with the segment itself. */
export function nextSegment(
  known: Segment | undefined,
  profile: Profile,
  now: Classification,
  thresholdsVersion: number,
  timeMs: number,
): Segment {
  const isSame = known?.segment === now.segment;
  return {
    customer_id: profile.customer_id,
    segment: now.segment,
    previous: isSame ? known.previous : (known?.segment ?? null),
    since: isSame ? known.since : timeMs,
    manual: now.isManual,
    recency_days: now.recencyDays,
    frequency: now.frequency,
    monetary: now.monetary,
    thresholds_version: thresholdsVersion,
    updated_at: timeMs,
  };
}

/** Recency alone changes with every event and decides nothing by itself. */
function isWorthWriting(known: Segment, next: Segment): boolean {
  return (
    known.segment !== next.segment ||
    known.manual !== next.manual ||
    known.frequency !== next.frequency ||
    known.monetary !== next.monetary ||
    known.thresholds_version !== next.thresholds_version
  );
}
