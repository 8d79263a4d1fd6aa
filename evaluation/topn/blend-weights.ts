// How much of each model a blend takes: from the best one alone, a model is added or weighed anew as long as lists get better (in the manner
// of Caruana et al., "Ensemble selection from libraries of models", ICML 2004).
import { Best } from '../../models/best.ts';
import { ndcgAt } from '../metrics.ts';
import type { TopScores } from './top-scores.ts';

/** Somebody whose list is looked at while models are chosen. */
export interface Asked {
  readonly history: Int32Array;
  readonly wanted: ReadonlySet<number>;
}

/** Of the best single model, which counts 1. */
const WEIGHTS = [0, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5];
const ROUNDS = 3;
/** A further model costs as much time as the first one: it has to make lists better by so much. */
const GAIN_MIN = 1.003;

/** @param lists by model, by place in `asked`. @param learnt the places that count. */
export function weighParts(
  lists: readonly (readonly TopScores[])[],
  asked: readonly Asked[],
  learnt: readonly number[],
  items: number,
  k: number,
): number[] {
  const blended = new BlendedLists(items, k);
  const qualityOf = (weights: readonly number[]) => {
    let sum = 0;
    for (const at of learnt) {
      const { wanted } = asked[at] as Asked;
      const ranks = [...blended.of(lists, weights, at)].flatMap((item, place) => (wanted.has(item) ? [place + 1] : []));
      sum += ndcgAt(ranks, wanted.size, k);
    }
    return sum;
  };
  const alone = lists.map((_, at) => lists.map((_other, place) => (place === at ? 1 : 0) as number));
  let best = alone
    .map((weights) => ({ weights, quality: qualityOf(weights) }))
    .reduce((most, one) => (one.quality > most.quality ? one : most));
  const leader = best.weights.indexOf(1);
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = best.quality;
    for (const part of lists.keys()) {
      if (part === leader) continue;
      const wanted = best.weights[part] === 0 ? best.quality * GAIN_MIN : best.quality;
      for (const weight of WEIGHTS) {
        const weights = best.weights.with(part, weight);
        const quality = qualityOf(weights);
        if (quality > Math.max(wanted, best.quality)) best = { weights, quality };
      }
    }
    if (best.quality === before) break;
  }
  return best.weights;
}

/** Lists of a blend, for those asked. */
export class BlendedLists {
  readonly #scores: Float64Array;
  readonly #limit: number;
  readonly #candidates: Int32Array;
  readonly #best = new Best((a, b) => a < b);

  constructor(items: number, limit: number) {
    this.#scores = new Float64Array(items);
    this.#candidates = new Int32Array(items);
    this.#limit = limit;
  }

  /** Valid until the next call. */
  of(lists: readonly (readonly TopScores[])[], weights: readonly number[], at: number): Int32Array {
    let count = 0;
    for (const [part, weight] of weights.entries()) {
      if (weight === 0) continue;
      const { items, scores } = (lists[part] as readonly TopScores[])[at] as TopScores;
      for (let place = 0; place < items.length; place += 1) {
        const item = items[place] as number;
        if (this.#scores[item] === 0) this.#candidates[count++] = item;
        // Above 0, so that an item is a candidate once.
        this.#scores[item] = (this.#scores[item] as number) + weight * (scores[place] as number) + Number.MIN_VALUE;
      }
    }
    const list = this.#best.choose(this.#candidates, count, this.#scores, this.#limit);
    for (let place = 0; place < count; place += 1) this.#scores[this.#candidates[place] as number] = 0;
    return list;
  }
}
