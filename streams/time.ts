// Event time: what the client says, bounded by when we received it.

/** One device with a wrong clock must not push stream time ahead by more than this. */
export const FUTURE_TOLERANCE_MS = 5 * 60_000;

export interface BoundedTime {
  readonly timeMs: number;
  /** True when the client's time was too far ahead and was bounded. */
  readonly corrected: boolean;
}

/** Both arguments and the answer are milliseconds since 1970. */
export function boundEventTime(declaredMs: number, receivedMs: number): BoundedTime {
  const latestMs = receivedMs + FUTURE_TOLERANCE_MS;
  return declaredMs > latestMs ? { timeMs: latestMs, corrected: true } : { timeMs: declaredMs, corrected: false };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `2h` in milliseconds. */
export function intervalMs(interval: string): number {
  return Number(interval.slice(0, -1)) * (UNIT_MS[interval.slice(-1)] ?? Number.NaN);
}

/** True when a multiple of the interval lies in (from, to]. */
export function crosses(interval: number, fromMs: number, toMs: number): boolean {
  return Math.floor(toMs / interval) > Math.floor(fromMs / interval);
}
