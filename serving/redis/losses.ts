// Notices that the store holds less than it did: it was emptied, a replica that was behind took over, or entries were evicted. Until
// everything this process has known is back, what is missing can't be told from what never was.
import type { Clock } from '../../streams/clock.ts';
import type { Offset } from '../../streams/log/log.ts';
import type { ProgressBoard } from '../progress-board.ts';
import type { StageOffset } from '../serving-store.ts';
import { inputField } from './keys.ts';

/** After so long it is believed that what is not back will not come: a topic that was made anew begins at 0. */
const REBUILD_MS_MAX = 10 * 60_000;

export class Losses {
  readonly #board: ProgressBoard;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  /** How far each source was when it was last looked at. */
  #positions: ReadonlyMap<string, Offset> = new Map();
  /** The progress to be reached again. */
  #former: readonly StageOffset[] = [];
  #lostAtMs = 0;

  constructor(board: ProgressBoard, clock: Clock) {
    this.#board = board;
    this.#clock = clock;
  }

  /** Some source that was there, and how far; null when there was none. */
  get known(): readonly [source: string, position: Offset] | null {
    let farthest: readonly [string, Offset] | null = null;
    for (const each of this.#positions) if (each[1] > (farthest?.[1] ?? 0)) farthest = each;
    return farthest;
  }

  /**
   * What the store says now, and the progress that was known before it was asked. Both only rise: what is lower than before means
   * that something is gone.
   */
  look(positions: ReadonlyMap<string, Offset>, former: readonly StageOffset[], progress: readonly StageOffset[]): void {
    const isLess = [...this.#positions].some(([source, position]) => (positions.get(source) ?? 0) < position);
    this.#positions = positions;
    if (isLess || !reaches(progress, former)) this.declare();
  }

  /** Something is gone. */
  declare(): void {
    if (!this.isRebuilding()) this.#former = this.#board.all();
    this.#lostAtMs = this.#clock.nowMs();
    this.#board.reset();
    for (const listener of this.#listeners) listener();
  }

  /** Emptied on purpose, by us. */
  forget(): void {
    this.#positions = new Map();
    this.#former = [];
    this.#board.reset();
  }

  /** Whether the store reflects less than this process has seen before. */
  isRebuilding(): boolean {
    if (this.#former.length === 0) return false;
    const isOver = reaches(this.#board.all(), this.#former) || this.#clock.nowMs() - this.#lostAtMs > REBUILD_MS_MAX;
    if (isOver) this.#former = [];
    return !isOver;
  }

  follow(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function reaches(progress: readonly StageOffset[], former: readonly StageOffset[]): boolean {
  const now = new Map(progress.map((reached) => [inputField(reached), reached.offset]));
  return former.every((reached) => (now.get(inputField(reached)) ?? 0) >= reached.offset);
}
