// Items seen in the same sessions: item-kNN with cosine similarity (Sarwar et al., "Item-based collaborative filtering recommendation
// algorithms", WWW 2001, section 3.1) over sessions as sets. Old sessions can count less.
import { ItemPairsBuilder, type ItemPairs } from './item-pairs.ts';
import type { SessionSource } from './session-source.ts';
import type { SparseScores } from './sparse-scores.ts';

export interface CoVisitsOptions {
  /** Neighbours kept of each item. */
  readonly neighboursMax: number;
  /** Latest items of the current session that bring neighbours. */
  readonly windowItems: number;
  /** The share of all sessions after which one counts half; Infinity: all alike. */
  readonly halfLife: number;
}

/** Of a long session only the latest distinct items make pairs, so that one robot doesn't cost a million. */
const SESSION_ITEMS_MAX = 50;

export class CoVisits implements SessionSource {
  readonly name = 'item_knn';
  readonly #pairs: ItemPairs;
  readonly #windowItems: number;

  /** @param sessions oldest first. */
  constructor(sessions: readonly ArrayLike<number>[], items: number, options: CoVisitsOptions) {
    this.#windowItems = options.windowItems;
    this.#pairs = similarities(sessions, items, options);
  }

  get bytes(): number {
    return this.#pairs.bytes;
  }

  score(session: readonly number[], scores: SparseScores): void {
    this.#pairs.addLatest(session, this.#windowItems, scores);
  }
}

function similarities(
  sessions: readonly ArrayLike<number>[],
  items: number,
  { neighboursMax, halfLife }: CoVisitsOptions,
): ItemPairs {
  const builder = new ItemPairsBuilder(items);
  const norm = new Float64Array(items);
  for (const [at, session] of sessions.entries()) {
    const weight = 2 ** ((at + 1 - sessions.length) / (sessions.length * halfLife));
    const distinct = [...new Set(Array.from(session).reverse())].slice(0, SESSION_ITEMS_MAX);
    for (const item of distinct) {
      norm[item] = (norm[item] as number) + weight;
      for (const other of distinct) if (other !== item) builder.add(item, other, weight);
    }
  }
  return builder.build(
    neighboursMax,
    (one, other, sum) => sum / Math.sqrt((norm[one] as number) * (norm[other] as number)),
  );
}
