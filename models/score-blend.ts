// Scores of several models added up, each put on one scale first: so many standard deviations above its mean over all items.
import type { HistoryModel } from './history-model.ts';

export interface BlendPart {
  readonly model: HistoryModel;
  readonly weight: number;
}

export class ScoreBlend implements HistoryModel {
  readonly #parts: readonly BlendPart[];
  readonly #own: Float64Array;

  constructor(parts: readonly BlendPart[], items: number) {
    this.#parts = parts;
    this.#own = new Float64Array(items);
  }

  get bytes(): number {
    return this.#parts.reduce((sum, { model }) => sum + model.bytes, this.#own.byteLength);
  }

  score(history: Int32Array, scores: Float64Array): void {
    scores.fill(0);
    for (const { model, weight } of this.#parts) {
      if (weight === 0) continue;
      model.score(history, this.#own);
      standardise(this.#own);
      for (let item = 0; item < scores.length; item += 1)
        scores[item] = (scores[item] as number) + weight * (this.#own[item] as number);
    }
  }
}

/** To mean 0 and deviation 1; all 0 when all are alike. */
export function standardise(scores: Float64Array): void {
  let sum = 0;
  for (const score of scores) sum += score;
  const mean = sum / scores.length;
  let squares = 0;
  for (const score of scores) squares += (score - mean) ** 2;
  const deviation = Math.sqrt(squares / scores.length);
  for (let item = 0; item < scores.length; item += 1)
    scores[item] = deviation === 0 ? 0 : ((scores[item] as number) - mean) / deviation;
}
