// Virtual time and the order of what runs: nothing moves on but what the seed chooses next.
import type { Clock } from '../../clock.ts';
import type { Dice } from './dice.ts';

interface Timer {
  readonly atMs: number;
  readonly wake: () => void;
}

const START_MS = 1_700_000_000_000;

export class Scheduler implements Clock {
  readonly #dice: Dice;
  #nowMs = START_MS;
  #waiting: (() => void)[] = [];
  #timers: Timer[] = [];

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const timer = { atMs: this.#nowMs + Math.max(0, ms), wake };
      const abort = () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
        wake();
      };
      signal?.addEventListener('abort', abort);
      this.#timers.push(timer);
    });
  }

  /** Resolves after what the seed lets go first. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets one of those that wait go on, and time pass when there is none. Answers false when nothing waits at all. */
  async step(): Promise<boolean> {
    await settled();
    const next = this.#takeWaiting() ?? this.#takeTimer();
    next?.();
    return next !== undefined;
  }

  #takeWaiting(): (() => void) | undefined {
    if (this.#waiting.length === 0) return undefined;
    const [next] = this.#waiting.splice(this.#dice.int(0, this.#waiting.length - 1), 1);
    return next;
  }

  #takeTimer(): (() => void) | undefined {
    if (this.#timers.length === 0) return undefined;
    let dueMs = Number.POSITIVE_INFINITY;
    for (const { atMs } of this.#timers) dueMs = Math.min(dueMs, atMs);
    const due = this.#timers.filter(({ atMs }) => atMs === dueMs);
    const timer = this.#dice.pick(due);
    this.#timers.splice(this.#timers.indexOf(timer), 1);
    this.#nowMs = Math.max(this.#nowMs, dueMs);
    return timer.wake;
  }
}

/** Resolves when all that can go on without waiting has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
