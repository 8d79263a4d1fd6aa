// A model's lists for histories: the best of what somebody has not had, spread over unlike items if asked for.
import { scoreTogether, TOGETHER_MAX, type HistoryModel } from '../../models/history-model.ts';
import { spreadByRelevance } from '../../models/maximal-marginal-relevance.ts';
import type { Likeness } from '../tally.ts';
import { Ranking } from './ranking.ts';

export interface ListsOptions {
  readonly limit: number;
  /** From 0 to 1; needs to know which items are alike. */
  readonly diversity: number;
  readonly likeness: Likeness | undefined;
}

/** Items from which a spread list is chosen, for each of its places. */
const POOL_PER_PLACE = 5;

export class Lists {
  readonly #model: HistoryModel;
  readonly #ranking: Ranking;
  readonly #scores: readonly Float64Array[];
  readonly #options: ListsOptions;

  constructor(model: HistoryModel, items: number, options: ListsOptions) {
    this.#model = model;
    this.#options = options;
    this.#scores = Array.from({ length: this.together }, () => new Float64Array(items));
    this.#ranking = new Ranking(items, options.limit * (options.diversity > 0 ? POOL_PER_PLACE : 1));
  }

  /** For how many it is best to be asked at once. */
  get together(): number {
    return this.#model.scoreTogether === undefined ? 1 : TOGETHER_MAX;
  }

  /** Best first, for each of up to `together` histories. */
  of(histories: readonly Int32Array[]): ArrayLike<number>[] {
    const all = this.#scores.slice(0, histories.length);
    scoreTogether(this.#model, histories, all);
    return all.map((scores, at) => this.#listOf(scores, histories[at] as Int32Array));
  }

  #listOf(scores: Float64Array, history: Int32Array): ArrayLike<number> {
    const { diversity, likeness, limit } = this.#options;
    const best = this.#ranking.best(scores, history);
    if (diversity === 0 || likeness === undefined) return best.slice();
    const own = Float64Array.from(best, (item) => scores[item] as number);
    return spreadByRelevance(best, own, { diversity, limit, similarity: likeness });
  }
}
