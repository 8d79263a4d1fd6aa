// Notices that the store holds less than it did: it was emptied, a replica that was behind took over, or entries were evicted. Until
// everything this process has known is back, what is missing can't be told from what never was.
import type { Clock } from '../../streams/clock.ts';
import type { Offset } from '../../streams/log/log.ts';
import type { ProgressBoard } from '../progress-board.ts';
import type { StageOffset } from '../serving-store.ts';
import { inputField } from './keys.ts';

/** After so long it is believed that what is not back will not come: a topic that was made anew begins at 0. */
const REBUILD_MS_MAX = 10 * 60_000;

type Positions = ReadonlyMap<string, Offset>;

export class Losses {
  readonly #board: ProgressBoard;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  /** How far each source was when it was last looked at. */
  #positions: Positions = new Map();
  /** What is to be reached again; null when nothing is missing. */
  #former: { readonly positions: Positions; readonly progress: Positions; readonly lostAtMs: number } | null = null;

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

  /** Positions only rise: one that is lower than at the last look means that entries are gone. */
  areEntriesLost(positions: Positions): boolean {
    return !reaches(positions, this.#positions);
  }

  /** What was found, and whether it is less than before. */
  look(positions: Positions, isLost: boolean): void {
    if (isLost && !this.isRebuilding()) {
      const progress = progressOf(this.#board.all());
      this.#former = { positions: this.#positions, progress, lostAtMs: this.#clock.nowMs() };
    }
    this.#positions = positions;
    if (!isLost) return;
    this.#board.reset();
    for (const listener of this.#listeners) listener();
  }

  /** Emptied on purpose, by us. */
  forget(): void {
    this.#positions = new Map();
    this.#former = null;
    this.#board.reset();
  }

  /** Whether the store holds or reflects less than this process has seen before. */
  isRebuilding(): boolean {
    if (this.#former === null) return false;
    const { positions, progress, lostAtMs } = this.#former;
    const isBack = reaches(this.#positions, positions) && reaches(progressOf(this.#board.all()), progress);
    if (isBack || this.#clock.nowMs() - lostAtMs > REBUILD_MS_MAX) this.#former = null;
    return this.#former !== null;
  }

  /** Calls `listener` at each loss. Answers how to stop. */
  follow(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether somebody writes again what is lost. */
  get areFollowed(): boolean {
    return this.#listeners.size > 0;
  }
}

export function isProgressLost(progress: readonly StageOffset[], former: readonly StageOffset[]): boolean {
  return !reaches(progressOf(progress), progressOf(former));
}

function progressOf(progress: readonly StageOffset[]): Positions {
  return new Map(progress.map((reached) => [inputField(reached), reached.offset]));
}

function reaches(now: Positions, former: Positions): boolean {
  return [...former].every(([name, offset]) => (now.get(name) ?? 0) >= offset);
}
