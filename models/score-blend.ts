// Scores of several models added up, each put on one scale first: so many standard deviations above its mean over all items.
import { scoreTogether, TOGETHER_MAX, type HistoryModel } from './history-model.ts';

export interface BlendPart {
  readonly model: HistoryModel;
  readonly weight: number;
}

export class ScoreBlend implements HistoryModel {
  readonly #parts: readonly BlendPart[];
  readonly #own: readonly Float64Array[];

  constructor(parts: readonly BlendPart[], items: number) {
    this.#parts = parts;
    this.#own = Array.from({ length: TOGETHER_MAX }, () => new Float64Array(items));
  }

  get bytes(): number {
    return this.#parts.reduce((sum, { model }) => sum + model.bytes, TOGETHER_MAX * (this.#own[0]?.byteLength ?? 0));
  }

  score(history: Int32Array, scores: Float64Array): void {
    this.scoreTogether([history], [scores]);
  }

  scoreTogether(histories: readonly Int32Array[], scores: readonly Float64Array[]): void {
    const own = this.#own.slice(0, histories.length);
    for (const sums of scores) sums.fill(0);
    for (const { model, weight } of this.#parts) {
      if (weight === 0) continue;
      scoreTogether(model, histories, own);
      for (const [at, sums] of scores.entries()) addStandardised(sums, weight, own[at] as Float64Array);
    }
  }
}

function addStandardised(sums: Float64Array, weight: number, scores: Float64Array): void {
  standardise(scores);
  for (let item = 0; item < sums.length; item += 1)
    sums[item] = (sums[item] as number) + weight * (scores[item] as number);
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
