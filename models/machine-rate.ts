// Whether somebody clicks faster than people can: a program that reads the shop, whose clicks say nothing about tastes.

/** So many looks … */
export const MACHINE_LOOKS = 40;
/** … within so long: a hundred a minute. */
export const MACHINE_LOOKS_WITHIN_MS = 24_000;
/** For so long after such a burst nothing is learnt. */
export const QUARANTINE_MS = 24 * 3_600_000;

/** Whether the last of these looks ends a burst. `timesMs` rise. */
export function endsBurst(timesMs: ArrayLike<number>, end = timesMs.length): boolean {
  const first = timesMs[end - MACHINE_LOOKS];
  return first !== undefined && (timesMs[end - 1] as number) - first <= MACHINE_LOOKS_WITHIN_MS;
}

/** Whether there was a burst at any time. */
export function hasBurst(timesMs: ArrayLike<number>): boolean {
  for (let end = MACHINE_LOOKS; end <= timesMs.length; end += 1) if (endsBurst(timesMs, end)) return true;
  return false;
}
