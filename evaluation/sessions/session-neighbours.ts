// The live index of sessions, fed with item numbers. Names have equal lengths, so that names and numbers have one order.
import { SessionIndex } from '../../models/session-index.ts';
import type { SessionIndexOptions } from '../../models/session-index-options.ts';
import type { SessionMatches } from '../../models/session-votes.ts';
import type { SessionSource } from '../../models/session-source.ts';
import type { SparseScores } from '../../models/sparse-scores.ts';
import type { SessionData } from './session-data.ts';

/** Answers that count for a blend. */
const MATCHES_MAX = 200;

export class SessionNeighbours implements SessionSource {
  readonly name = 'neighbours';
  readonly #index: SessionIndex;
  readonly #names: readonly string[];
  /** By the index's own numbers. */
  readonly #numbers: number[] = [];

  constructor({ items, sessions }: SessionData, options: Partial<SessionIndexOptions>) {
    this.#names = items.ids.map((_, number) => String(number).padStart(9, '0'));
    this.#index = new SessionIndex({ sessionsMax: Math.max(1, sessions.length), ...options });
    for (const [at, session] of sessions.entries()) this.#index.upsert(`s${at}`, this.#named(session), at);
  }

  get bytes(): number {
    return this.#index.bytes;
  }

  score(session: readonly number[], scores: SparseScores): void {
    const matches = this.#index.query(this.#named(session), MATCHES_MAX);
    for (let rank = 0; rank < matches.count; rank += 1)
      scores.add(this.#numberAt(matches, rank), matches.scores[rank] as number);
  }

  recommend(session: readonly number[], limit: number): number[] {
    const matches = this.#index.query(this.#named(session), limit);
    return Array.from({ length: matches.count }, (_, rank) => this.#numberAt(matches, rank));
  }

  #named(session: ArrayLike<number>): string[] {
    return Array.from(session, (item) => this.#names[item] ?? '');
  }

  /** Nothing leaves the index here, so that its numbers keep their meaning. */
  #numberAt(matches: SessionMatches, rank: number): number {
    const id = matches.ids[rank] as number;
    return (this.#numbers[id] ??= Number(matches.itemIds[rank]));
  }
}
