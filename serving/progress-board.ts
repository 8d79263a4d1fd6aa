// What each stage's output in the serving store reflects of its inputs, and those who wait for it to reflect more.
import { type Clock, wallClock } from '../streams/clock.ts';
import type { Offset } from '../streams/log/log.ts';
import type { StageInput, StageOffset } from './serving-store.ts';

export interface ProgressBoardOptions {
  /** How many may wait at the same time; further ones are told 'no' at once. @default 10,000 */
  readonly waitersMax?: number;
  readonly clock?: Clock;
}

const WAITERS_MAX = 10_000;

interface Waiter {
  readonly offset: Offset;
  answer(reflected: boolean): void;
}

export class ProgressBoard {
  readonly #reached = new Map<string, StageOffset>();
  readonly #waiting = new Map<string, Set<Waiter>>();
  readonly #waitersMax: number;
  readonly #clock: Clock;
  #waiters = 0;
  #ended = false;

  constructor(options: ProgressBoardOptions = {}) {
    this.#waitersMax = options.waitersMax ?? WAITERS_MAX;
    this.#clock = options.clock ?? wallClock;
  }

  /** The offset after the last reflected record of an input. */
  of(input: StageInput): Offset {
    return this.#reached.get(inputName(input))?.offset ?? 0;
  }

  /** All that is known. */
  all(): StageOffset[] {
    return [...this.#reached.values()];
  }

  /** Moves forward what lies behind, and answers those who waited for it. */
  advance(progress: readonly StageOffset[]): void {
    for (const reached of progress) {
      if (reached.offset > this.of(reached)) this.#move(reached);
    }
  }

  /** Answers whether the record is reflected in time; see `ServingStore.waitForProgress`. */
  async wait(record: StageOffset, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.of(record) > record.offset) return true;
    if (this.#ended || timeoutMs <= 0 || signal?.aborted || this.#waiters >= this.#waitersMax) return false;
    const over = new AbortController();
    const answer = Promise.withResolvers<boolean>();
    const leave = this.#enter(inputName(record), { offset: record.offset, answer: answer.resolve });
    const giveUp = (): void => answer.resolve(false);
    signal?.addEventListener('abort', giveUp);
    void this.#clock.sleep(timeoutMs, over.signal).then(giveUp);
    try {
      return await answer.promise;
    } finally {
      leave();
      signal?.removeEventListener('abort', giveUp);
      over.abort('over'); // ends the sleep, which would keep the process alive; without a reason Node builds an error
    }
  }

  /** Forgets all progress; those who wait go on waiting. */
  reset(): void {
    this.#reached.clear();
  }

  /** Answers everybody 'no'. */
  end(): void {
    this.#ended = true;
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.answer(false);
  }

  #move(reached: StageOffset): void {
    const input = inputName(reached);
    this.#reached.set(input, reached);
    for (const waiter of this.#waiting.get(input) ?? []) if (reached.offset > waiter.offset) waiter.answer(true);
  }

  #enter(input: string, waiter: Waiter): () => void {
    const waiters = this.#waiting.get(input) ?? new Set<Waiter>();
    this.#waiting.set(input, waiters.add(waiter));
    this.#waiters += 1;
    return () => {
      waiters.delete(waiter);
      this.#waiters -= 1;
    };
  }
}

function inputName({ stage, topic, partition }: StageInput): string {
  return `${stage}\0${topic}\0${partition}`;
}
