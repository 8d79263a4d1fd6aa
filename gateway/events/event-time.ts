// When an event happened: what its device says, corrected by how wrong its clock is, within bounds.
import type { Settings } from '../../config/settings.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * The time on our clock. What the device's clock showed when it sent is the same moment as when it came, give or take the way, so the
 * difference of the two is what its clock is wrong by.
 */
export function correctedTime(declaredMs: number, sentAtMs: number | null, receivedMs: number): number {
  return sentAtMs === null ? declaredMs : declaredMs + receivedMs - sentAtMs;
}

/** Why an event of this time can't be taken, or undefined. `backfill`: it may be of any past. */
export function timeProblem(
  timeMs: number,
  receivedMs: number,
  backfill: boolean,
  { eventLateMsMax, eventFutureMsMax }: Pick<Settings, 'eventLateMsMax' | 'eventFutureMsMax'>,
): string | undefined {
  if (timeMs < 0) return 'is before 1970 after correction by sent_at: is the device’s clock right?';
  if (!backfill && timeMs < receivedMs - eventLateMsMax)
    return `is more than ${inWords(eventLateMsMax)} ago: send it with backfill.`;
  if (timeMs > receivedMs + eventFutureMsMax)
    return `is more than ${inWords(eventFutureMsMax)} ahead: send sent_at as well, so that a wrong clock can be corrected.`;
  return undefined;
}

function inWords(ms: number): string {
  const [unitMs, unit] = ms >= DAY_MS ? [DAY_MS, 'days'] : ms >= HOUR_MS ? [HOUR_MS, 'hours'] : [60_000, 'minutes'];
  const count = Number((ms / unitMs).toFixed(1));
  return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
}
