// Reads of one moment as one command: what a client does for each command costs several times what the server does for the read.
type Value = Buffer | null;

interface Waiting {
  /** How many of the names, in their order, are its own. */
  readonly count: number;
  /** @param from where its own begin. */
  readonly resolve: (values: readonly Value[], from: number) => void;
  readonly reject: (error: unknown) => void;
}

/** A server does nothing else meanwhile. */
const NAMES_MAX = 1_000;

/** One command is under way at a time; what is asked meanwhile goes into the next ones, as with a client's own pipelines. */
export class GatheredReads {
  readonly #read: (names: string[]) => Promise<readonly Value[]>;
  #names: string[] = [];
  #waiting: Waiting[] = [];
  #isBusy = false;

  /** @param read answers the values in the order of their names. */
  constructor(read: (names: string[]) => Promise<readonly Value[]>) {
    this.#read = read;
  }

  /** Fails as the command does that it goes with. */
  value(name: string): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#names.push(name);
      this.#ask({ count: 1, resolve: (values, from) => resolve(values[from] ?? null), reject });
    });
  }

  /** The values in the order of their names. Fails as the command does that it goes with. */
  values(names: readonly string[]): Promise<Value[]> {
    return new Promise((resolve, reject) => {
      for (const name of names) this.#names.push(name);
      this.#ask({
        count: names.length,
        resolve: (values, from) => resolve(values.slice(from, from + names.length)),
        reject,
      });
    });
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
    const names = this.#names.splice(
      0,
      waiting.reduce((sum, { count }) => sum + count, 0),
    );
    this.#read(names).then(
      (values) => {
        let from = 0;
        for (const { count, resolve } of waiting) {
          resolve(values, from);
          from += count;
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
    let names = 0;
    const end = this.#waiting.findIndex(({ count }, at) => (names += count) > NAMES_MAX && at > 0);
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }
}
