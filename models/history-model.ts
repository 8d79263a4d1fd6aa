// What scores all items for somebody of whom the items they had are known: a customer who came a second ago is scored as well as
// one who was there when the model was trained.

export interface HistoryModel {
  /** What its arrays take. */
  readonly bytes: number;
  /**
   * Writes a score for each item: the higher, the better.
   *
   * @param history item numbers, each once.
   */
  score(history: Int32Array, scores: Float64Array): void;
  /** The same for up to `TOGETHER_MAX` histories, each with its array of scores: there when that takes less time than one after the other. */
  scoreTogether?(histories: readonly Int32Array[], scores: readonly Float64Array[]): void;
}

export const TOGETHER_MAX = 8;

/** @param histories up to `TOGETHER_MAX`. */
export function scoreTogether(
  model: HistoryModel,
  histories: readonly Int32Array[],
  scores: readonly Float64Array[],
): void {
  if (model.scoreTogether !== undefined) model.scoreTogether(histories, scores);
  else for (const [at, history] of histories.entries()) model.score(history, scores[at] as Float64Array);
}
