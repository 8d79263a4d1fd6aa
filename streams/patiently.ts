// Waiting for what is away, where nothing can go on without it.
import { wallClock, type Clock } from './clock.ts';
import { DependencyUnavailable } from './errors.ts';

export interface Patience {
  readonly clock?: Clock;
  /** Ends the waiting: the reason of the signal is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Told each time why it is waited, and for how long. */
  readonly onWait?: (reason: string, waitMs: number) => void;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/** Answers what `act` does, which is tried again and again while it says DependencyUnavailable. Other errors are thrown. */
export async function patiently<T>(
  act: () => Promise<T>,
  { clock = wallClock, signal, onWait }: Patience = {},
): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    signal?.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof DependencyUnavailable)) throw error;
      onWait?.(error.message, waitMs);
      await clock.sleep(waitMs, signal);
    }
  }
}
