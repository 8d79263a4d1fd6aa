// How good a model is on the cases of a split: lists made as they are served, against what customers came to have.
import type { BatchModel } from '../models/batch-model.ts';
import { SparseScores } from '../models/sparse-scores.ts';
import { hitAt, ndcgAt } from '../evaluation/metrics.ts';
import type { History } from './history.ts';
import { hadBefore, type Case, type Split } from './split.ts';

const CUT = 20;

export interface Quality {
  readonly ndcg: number;
  readonly hitRate: number;
}

/** @param items ids, by the numbers that the cases use; the model may number them otherwise, or not know them. */
export function measure(model: BatchModel, cases: readonly Case[], items: readonly string[]): Quality {
  const scores = new SparseScores(model.items);
  const numbers = items.map((id) => model.numberOf(id));
  const own = new Map(numbers.map((number, item) => [number, item]));
  return mean(cases, ({ history }) => {
    const known = history.map((item) => numbers[item] as number).filter((number) => number >= 0);
    model.suggest(known, (item, score) => scores.add(item, score));
    const had = new Set(known);
    const list = [...scores.best(CUT + known.length)].filter((item) => !had.has(item)).slice(0, CUT);
    scores.clear();
    return list.map((item) => own.get(item) ?? -1);
  });
}

/** The same of what most customers had, for everybody. */
export function measurePopular({ customers, items }: History, { atMs, cases }: Split): Quality {
  const counts = new Float64Array(items.length);
  for (const customer of customers)
    for (const item of hadBefore(customer, atMs)) counts[item] = (counts[item] as number) + 1;
  const order = [...counts.keys()].sort((one, other) => (counts[other] as number) - (counts[one] as number));
  return mean(cases, ({ history }) => {
    const had = new Set(history);
    const list: number[] = [];
    for (const item of order) {
      if (list.length === CUT) break;
      if (!had.has(item)) list.push(item);
    }
    return list;
  });
}

function mean(cases: readonly Case[], listOf: (one: Case) => readonly number[]): Quality {
  let [ndcg, hits] = [0, 0];
  for (const one of cases) {
    const right = new Set(one.wanted);
    const ranks = listOf(one).flatMap((item, place) => (right.has(item) ? [place + 1] : []));
    ndcg += ndcgAt(ranks, one.wanted.length, CUT);
    hits += hitAt(ranks, CUT);
  }
  const count = Math.max(1, cases.length);
  return { ndcg: ndcg / count, hitRate: hits / count };
}
