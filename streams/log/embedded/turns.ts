// Shares the event loop with background work: between two slices of it, of whichever work, everything else that is due runs.

export class Turns {
  readonly #soon: (callback: () => void) => void;
  readonly #waiting: (() => void)[] = [];
  #scheduled = false;

  /** `soon` calls back once everything that is due now has run. */
  constructor(soon: (callback: () => void) => void) {
    this.#soon = soon;
  }

  /** Resolves when it is the caller's turn for one slice. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    this.#soon(() => {
      this.#scheduled = false;
      this.#waiting.shift()?.();
      this.#schedule();
    });
  }
}
