// Time and chance as the client needs them. Tests bring their own.

export interface Clock {
  nowMs(): number;
  /** Calls once, after so long. What it answers takes the call back. */
  after(ms: number, call: () => void): () => void;
}

/** From 0 to below 1. */
export type Random = () => number;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** Ids are made of it, so it is the strong one. */
export const systemRandom: Random = () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;

/** Resolves after so long, or at once when `signal` is aborted. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = () => {
      takeBack();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const takeBack = clock.after(ms, done);
    signal?.addEventListener('abort', done);
  });
}
