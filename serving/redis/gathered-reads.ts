// Reads of one moment as one command: what a client does for each command costs several times what the server does for the read.

/** An entry's bytes. null: there never was one. undefined: there is none, and there may have been one. */
export type Found = Buffer | null | undefined;

interface Waiting {
  readonly names: readonly string[];
  /** @param values of its names, in their order. */
  readonly resolve: (values: Found[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A server does nothing else meanwhile. */
const NAMES_MAX = 1_000;

/** One command is under way at a time; what is asked meanwhile goes into the next ones, as with a client's own pipelines. */
export class GatheredReads {
  readonly #read: (names: string[]) => Promise<readonly Found[]>;
  #waiting: Waiting[] = [];
  #isBusy = false;

  /** @param read answers the values in the order of their names. */
  constructor(read: (names: string[]) => Promise<readonly Found[]>) {
    this.#read = read;
  }

  /** Fails as the command does that it goes with. */
  value(name: string): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.#ask({ names: [name], resolve: ([value]) => resolve(value), reject });
    });
  }

  /** The values in the order of their names. Fails as the command does that it goes with. */
  values(names: readonly string[]): Promise<Found[]> {
    return new Promise((resolve, reject) => this.#ask({ names, resolve, reject }));
  }

  #ask(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (this.#isBusy) return;
    this.#isBusy = true;
    setImmediate(this.#next); // what this turn still brings comes along
  }

  readonly #next = (): void => {
    const waiting = this.#take();
    this.#isBusy = waiting.length > 0;
    if (!this.#isBusy) return;
    this.#read(waiting.flatMap(({ names }) => names)).then(
      (values) => {
        let from = 0;
        for (const { names, resolve } of waiting) {
          resolve(values.slice(from, from + names.length));
          from += names.length;
        }
        this.#next();
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error);
        this.#next();
      },
    );
  };

  /** Whoever came first, at least one. */
  #take(): Waiting[] {
    let count = 0;
    const end = this.#waiting.findIndex(({ names }, at) => (count += names.length) > NAMES_MAX && at > 0);
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }
}
