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
}
