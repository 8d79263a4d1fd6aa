// Which items follow two items in a row: a Markov chain of second order, as in Shani, Heckerman and Brafman, "An MDP-based recommender
// system" (JMLR 2005). Rarely knows anything, but what it knows is sharp.
import { ItemPairsBuilder, type ItemPairs } from './item-pairs.ts';
import type { SessionSource } from './session-source.ts';
import type { SparseScores } from './sparse-scores.ts';

export class PairFollowers implements SessionSource {
  readonly name = 'pair_followers';
  readonly #items: number;
  /** Rows by first item × items + second item. */
  readonly #rows = new Map<number, number>();
  readonly #pairs: ItemPairs;

  constructor(sessions: readonly ArrayLike<number>[], items: number, followersMax: number) {
    this.#items = items;
    for (const session of sessions) {
      for (let at = 2; at < session.length; at += 1) {
        const key = this.#keyAt(session, at);
        if (!this.#rows.has(key)) this.#rows.set(key, this.#rows.size);
      }
    }
    const builder = new ItemPairsBuilder(items, this.#rows.size);
    for (const session of sessions) {
      for (let at = 2; at < session.length; at += 1)
        builder.add(this.#rows.get(this.#keyAt(session, at)) as number, session[at] as number, 1);
    }
    this.#pairs = builder.build(followersMax);
  }

  /** A map takes some 40 bytes an entry. */
  get bytes(): number {
    return this.#pairs.bytes + 40 * this.#rows.size;
  }

  score(session: readonly number[], scores: SparseScores): void {
    const end = session.length;
    if (end < 2 || (session[end - 1] as number) < 0 || (session[end - 2] as number) < 0) return;
    const row = this.#rows.get(this.#keyAt(session, end));
    if (row !== undefined) this.#pairs.addRow(row, 1, scores);
  }

  /** Of the two items before a place. */
  #keyAt(session: ArrayLike<number>, at: number): number {
    return (session[at - 2] as number) * this.#items + (session[at - 1] as number);
  }
}
