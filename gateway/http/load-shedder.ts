// Turns requests away while there are more of them than the process can answer, before everybody waits for everybody.
//
// In one turn of the event loop everything is handled that has arrived meanwhile, so how late a timer is tells how long the
// queue is. When several turns in a row are too late, only so many requests are let in per turn as would have fitted: the
// wait of those who are let in stays bounded, and the others learn at once that they should come back later.
//
// Reads are turned away first. A page without its list shows another one; a click that is not accepted may be lost.

export interface ShedderOptions {
  /** A turn that takes so much longer than its work is worth is one too many. */
  readonly delayMsMax: number;
  /** Called when turning away begins and ends. */
  readonly onChange: (isShedding: boolean) => void;
}

/** What a turn brings when nobody waits, in milliseconds. */
const turnMs = 25;
/** One long batch or garbage collection is no overload. */
const lateTurnsMin = 2;
/** However late it is: if it is not the requests that take the time, turning them away helps nobody. */
const admittedPerTurnMin = 16;
const writesPerRead = 4;
/** How carefully more are let in again. */
const growth = 1.05;
const calmTurnsMin = 8;

export class LoadShedder {
  readonly #options: ShedderOptions;
  #arrived = 0;
  #admitted = 0;
  #admittedMax = Infinity;
  #lateTurns = 0;
  #calmTurns = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ShedderOptions) {
    this.#options = options;
  }

  /** Whether a request that has just arrived is to be answered. */
  admits(isRead: boolean): boolean {
    this.#arrived += 1;
    if (this.#admitted >= (isRead ? this.#admittedMax : this.#admittedMax * writesPerRead)) return false;
    this.#admitted += 1;
    return true;
  }

  watch(): void {
    let dueMs = performance.now() + turnMs;
    this.#timer ??= setInterval(() => {
      const nowMs = performance.now();
      this.turnEnded(nowMs - dueMs);
      dueMs = nowMs + turnMs;
    }, turnMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** `delayMs`: by how much the turn's end came too late. */
  turnEnded(delayMs: number): void {
    const { delayMsMax } = this.#options;
    this.#lateTurns = delayMs > delayMsMax ? this.#lateTurns + 1 : 0;
    if (this.#lateTurns >= lateTurnsMin) this.#admitOnly((this.#admitted * delayMsMax) / delayMs);
    else if (this.#admittedMax !== Infinity) this.#admitMore();
    this.#arrived = 0;
    this.#admitted = 0;
  }

  #admitOnly(requests: number): void {
    if (this.#admittedMax === Infinity && this.#admitted <= admittedPerTurnMin) return;
    if (this.#admittedMax === Infinity) this.#options.onChange(true);
    this.#admittedMax = Math.max(admittedPerTurnMin, Math.floor(requests));
    this.#calmTurns = 0;
  }

  #admitMore(): void {
    this.#calmTurns = this.#arrived <= this.#admittedMax ? this.#calmTurns + 1 : 0;
    this.#admittedMax *= growth;
    if (this.#calmTurns < calmTurnsMin) return;
    this.#admittedMax = Infinity;
    this.#options.onChange(false);
  }
}
