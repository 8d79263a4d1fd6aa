// How far the store is, as this process knows it: whoever writes tells all others by a message. Messages can get lost, so who waits
// longer than a moment asks the store itself.
import type { Clock } from '../../streams/clock.ts';
import { ProgressBoard, type ProgressBoardOptions } from '../progress-board.ts';
import type { StageOffset } from '../serving-store.ts';

/** Who waits that long asks; all who wait share the answer. */
const ASK_AFTER_MS = 50;

export class FollowedProgress {
  readonly board: ProgressBoard;
  readonly #ask: () => Promise<void>;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  #waiting = 0;
  #isAsking = false;

  /** `ask` reads the store's progress and tells it to the board. */
  constructor(ask: () => Promise<void>, options: ProgressBoardOptions & { readonly clock: Clock }) {
    this.board = new ProgressBoard(options);
    this.#ask = ask;
    this.#clock = options.clock;
  }

  async wait(record: StageOffset, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.board.of(record) > record.offset) return true;
    this.#waiting += 1;
    if (!this.#isAsking) void this.#askWhileSomebodyWaits();
    try {
      return await this.board.wait(record, timeoutMs, signal);
    } finally {
      this.#waiting -= 1;
    }
  }

  end(): void {
    this.board.end();
    this.#ended.abort('ended');
  }

  async #askWhileSomebodyWaits(): Promise<void> {
    this.#isAsking = true;
    await this.#clock.sleep(ASK_AFTER_MS, this.#ended.signal);
    while (this.#waiting > 0 && !this.#ended.signal.aborted) {
      await this.#ask().catch(() => undefined); // asked again in a moment
      await this.#clock.sleep(ASK_AFTER_MS, this.#ended.signal);
    }
    this.#isAsking = false;
  }
}
