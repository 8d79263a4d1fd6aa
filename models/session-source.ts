// What scores items for a session that is going on.
import type { SparseScores } from './sparse-scores.ts';

export interface SessionSource {
  readonly name: string;
  /** What its arrays take. */
  readonly bytes: number;
  /**
   * Adds what it thinks of items, positive numbers, to `scores`, which are empty.
   *
   * @param session item numbers, oldest first; negative ones are unknown.
   */
  score(session: readonly number[], scores: SparseScores): void;
}
