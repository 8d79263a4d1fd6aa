// Programs that look like customers: what they click must not lead anybody.
import { endsBurst, MACHINE_LOOKS, MACHINE_LOOKS_WITHIN_MS, QUARANTINE_MS } from '../../models/machine-rate.ts';
import type { Interaction, Profile } from '../../schemas/types.ts';
import { meaningOf } from './event-types.ts';

/** Whether the customer is in quarantine at `atMs`. */
export function isQuarantined({ quarantined_until: untilMs }: Profile, atMs: number): boolean {
  return untilMs !== null && atMs < untilMs;
}

/**
 * Changes `profile` when the interaction, which is the latest folded in, ends a burst; answers whether it began a quarantine. Imported
 * ones have times of whatever precision.
 */
export function noteBurst(profile: Profile, interaction: Interaction, atMs: number): boolean {
  if (interaction.backfill || meaningOf(interaction).kind !== 'view') return false;
  const first = profile.recent.at(-MACHINE_LOOKS);
  if (first === undefined || atMs - first.timestamp > MACHINE_LOOKS_WITHIN_MS) return false; // as nearly always
  const looks: number[] = [];
  for (const recent of profile.recent)
    if (recent.timestamp <= atMs && meaningOf(recent).kind === 'view') looks.push(recent.timestamp);
  if (!endsBurst(looks)) return false;
  const isNew = !isQuarantined(profile, atMs);
  profile.quarantined_until = atMs + QUARANTINE_MS;
  return isNew;
}
