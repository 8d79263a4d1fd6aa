// Who may run next where many busy tasks share the event loop: between two turns, requests and disks have theirs, so that none of the
// tasks holds these up for long.
//
// Stages that gather what comes for long (`lingerMs`) are in no hurry: those that are go first. Taken in the order of asking, the
// batches of several patient tasks, which are large, would stand between a hurried one and each of its slices.

/** A stage that gathers for longer is in no hurry. */
const HURRIED_LINGER_MS = 100;
/** After so many turns of hurried tasks a patient one that waits has its own: it gets on, however busy the others are. */
const HURRIED_IN_A_ROW_MAX = 4;

/** Who asks for a turn. */
export interface Asker {
  /** Of its stage. */
  readonly lingerMs: number;
  /** It has begun a batch, and goes before those that have not: all batches would end late if each waited for all others' slices. */
  readonly isInBatch: boolean;
}

export class StageTurns {
  readonly #soon: (callback: () => void) => void;
  readonly #hurried: (() => void)[] = [];
  readonly #patient: (() => void)[] = [];
  #hurriedInARow = 0;
  #scheduled = false;

  /** `soon` calls back once everything that is due now has run. */
  constructor(soon: (callback: () => void) => void) {
    this.#soon = soon;
  }

  /** Resolves when it is the asker's turn. */
  next({ lingerMs, isInBatch }: Asker): Promise<void> {
    const waiting = lingerMs > HURRIED_LINGER_MS ? this.#patient : this.#hurried;
    return new Promise((resolve) => {
      if (isInBatch) waiting.unshift(resolve);
      else waiting.push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#hurried.length + this.#patient.length === 0) return;
    this.#scheduled = true;
    this.#soon(() => {
      this.#scheduled = false;
      this.#take()?.();
      this.#schedule();
    });
  }

  #take(): (() => void) | undefined {
    const isPatientsTurn = this.#hurried.length === 0 || this.#hurriedInARow >= HURRIED_IN_A_ROW_MAX;
    if (isPatientsTurn && this.#patient.length > 0) {
      this.#hurriedInARow = 0;
      return this.#patient.shift();
    }
    this.#hurriedInARow += 1;
    return this.#hurried.shift();
  }
}
