// What is worth sending again, and when: later with each time, at random, so that clients that failed together do not return together.
import type { Random } from './clock.ts';
import { NetworkError, ProblemError, TimeoutError } from './errors.ts';

export interface RetryOptions {
  /** Attempts of a call, the first one included. Tracked events are tried until the client is closed. @default 4 */
  readonly attemptsMax?: number;
  /** The longest wait after the first attempt; it doubles with each. @default 200 */
  readonly firstDelayMs?: number;
  /** @default 10_000 */
  readonly delayMsMax?: number;
  /** A call to whom the server says to wait longer fails at once. @default 60_000 */
  readonly retryAfterMsMax?: number;
}

export const retryDefaults = { attemptsMax: 4, firstDelayMs: 200, delayMsMax: 10_000, retryAfterMsMax: 60_000 };

/** Too many requests, too much to do, or no answer at all. Whatever else is answered would be answered again. */
export function isWorthRepeating(error: unknown): error is ProblemError | NetworkError | TimeoutError {
  if (error instanceof ProblemError) return error.status === 429 || error.status === 503;
  return error instanceof NetworkError || error instanceof TimeoutError;
}

/** `attempt`: how many there were, from 1. Never sooner than the server wants. */
export function delayMs(
  attempt: number,
  error: unknown,
  { firstDelayMs, delayMsMax }: Required<RetryOptions>,
  random: Random,
): number {
  return retryAfterMs(error) + random() * Math.min(delayMsMax, firstDelayMs * 2 ** (attempt - 1));
}

export function retryAfterMs(error: unknown): number {
  return (error instanceof ProblemError ? error.retryAfterMs : null) ?? 0;
}

/** The header as milliseconds: it holds seconds or, by proxies, a time. */
export function readRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
