// A model's lists for histories: the best of what somebody has not had, spread over unlike items if asked for.
import type { HistoryModel } from '../../models/history-model.ts';
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
  readonly #options: ListsOptions;

  constructor(model: HistoryModel, items: number, options: ListsOptions) {
    this.#model = model;
    this.#options = options;
    this.#ranking = new Ranking(items, options.limit * (options.diversity > 0 ? POOL_PER_PLACE : 1));
  }

  /** Best first. Valid until the next call. */
  of(history: Int32Array): ArrayLike<number> {
    const { diversity, likeness, limit } = this.#options;
    const { scores } = this.#ranking;
    this.#model.score(history, scores);
    const best = this.#ranking.best(history);
    if (diversity === 0 || likeness === undefined) return best;
    const own = Float64Array.from(best, (item) => scores[item] as number);
    return spreadByRelevance(best, own, { diversity, limit, similarity: likeness });
  }
}
