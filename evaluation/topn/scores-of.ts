// A model's scores of all items for one history after the other; some are computed together where the model is faster so.
import { performance } from 'node:perf_hooks';
import type { HistoryModel } from '../../models/history-model.ts';

export interface Scores {
  /** By item. Valid until the next. */
  readonly scores: Float64Array;
  /** What they took; of those computed together an equal share. */
  readonly elapsedMs: number;
}

export function* scoresOf(
  model: HistoryModel,
  histories: readonly Int32Array[],
  items: number,
): Generator<Scores, void> {
  const together = model.together ?? 1;
  const arrays = Array.from({ length: together }, () => new Float64Array(items));
  for (let from = 0; from < histories.length; from += together) {
    const some = histories.slice(from, from + together);
    const startedMs = performance.now();
    if (together > 1) model.scoreTogether?.(some, arrays);
    else model.score(some[0] as Int32Array, arrays[0] as Float64Array);
    const elapsedMs = (performance.now() - startedMs) / some.length;
    for (const [at] of some.entries()) yield { scores: arrays[at] as Float64Array, elapsedMs };
  }
}
