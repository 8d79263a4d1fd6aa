// The upper end of a model's scores for somebody, which is all that a list is made of: what is kept while models are weighed against each
// other, since the scores of all items for all who are looked at would fill the memory.
import { scoreTogether, TOGETHER_MAX, type HistoryModel } from '../../models/history-model.ts';
import { standardise } from '../../models/score-blend.ts';
import { Ranking } from './ranking.ts';

export interface TopScores {
  /** Best first. */
  readonly items: Int32Array;
  /** How far each lies above the last one, in standard deviations of the scores of all items. */
  readonly scores: Float32Array;
}

const ITEMS_MAX = 500;

export class TopScorer {
  readonly #ranking: Ranking;
  readonly #scores: readonly Float64Array[];

  constructor(items: number) {
    this.#ranking = new Ranking(items, Math.min(items, ITEMS_MAX));
    this.#scores = Array.from({ length: TOGETHER_MAX }, () => new Float64Array(items));
  }

  /** @param histories up to `TOGETHER_MAX`. */
  of(model: HistoryModel, histories: readonly Int32Array[]): TopScores[] {
    const all = this.#scores.slice(0, histories.length);
    scoreTogether(model, histories, all);
    return all.map((scores, at) => this.#topOf(scores, histories[at] as Int32Array));
  }

  #topOf(scores: Float64Array, history: Int32Array): TopScores {
    standardise(scores);
    const items = this.#ranking.best(scores, history).slice();
    const least = items.length === 0 ? 0 : (scores[items.at(-1) as number] as number);
    return { items, scores: Float32Array.from(items, (item) => (scores[item] as number) - least) };
  }
}
