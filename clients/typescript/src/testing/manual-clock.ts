// A clock that stands still until it is moved.
import type { Clock } from '../clock.ts';

export class ManualClock implements Clock {
  #nowMs = Date.UTC(2026, 10, 22);
  readonly #calls = new Set<{ readonly atMs: number; readonly call: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, call: () => void): () => void {
    const due = { atMs: this.#nowMs + ms, call };
    this.#calls.add(due);
    return () => void this.#calls.delete(due);
  }

  /** How long until each of the calls that are due. */
  get waits(): number[] {
    return [...this.#calls].map(({ atMs }) => atMs - this.#nowMs);
  }

  /** Calls what is due, one after the other, and lets all follow that follows. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await settled();
      const [next] = [...this.#calls].filter(({ atMs }) => atMs <= untilMs).sort((one, other) => one.atMs - other.atMs);
      if (next === undefined) break;
      this.#calls.delete(next);
      this.#nowMs = next.atMs;
      next.call();
    }
    this.#nowMs = untilMs;
    await settled();
  }
}

/** All that does not wait for time has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
