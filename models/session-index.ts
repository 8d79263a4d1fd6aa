// Which items fit the session a customer is in, learnt from other sessions that are seconds old: VMIS-kNN of Kersbergen, Sprangers
// and Schelter, "Serenade: Low-Latency Session-Based Recommendation in e-Commerce at Scale" (SIGMOD 2022, section 3 and listing 1),
// on an index that changes one session at a time instead of being built anew every day.
//
// The index holds the latest sessions and, per item, the latest sessions it occurs in (held-sessions.ts). A query looks at the
// current session's latest items (session-window.ts), finds the sessions most like it (nearest-sessions.ts) and lets them vote
// (session-votes.ts). All memory is in typed arrays, bounded by the options. What it answers depends on what it holds, not on the
// order in which that came (but see `remove`).
import { HeldSessions } from './held-sessions.ts';
import { NearestSessions } from './nearest-sessions.ts';
import { completeOptions, type SessionIndexOptions } from './session-index-options.ts';
import { SessionVotes, type SessionMatches } from './session-votes.ts';
import { SessionWindow } from './session-window.ts';
import { voteFactors } from './vote-factors.ts';

export class SessionIndex {
  readonly options: SessionIndexOptions;
  readonly #held: HeldSessions;
  readonly #window: SessionWindow;
  readonly #nearest: NearestSessions;
  readonly #votes: SessionVotes;

  /** @throws RangeError when an option is not a whole number in its range. */
  constructor(options: Partial<SessionIndexOptions> = {}) {
    this.options = completeOptions(options);
    const factors = voteFactors(this.options);
    this.#held = new HeldSessions(this.options);
    this.#window = new SessionWindow(this.#held.items, this.options, factors);
    this.#nearest = new NearestSessions(this.#held, this.options);
    this.#votes = new SessionVotes(this.#held, this.#window, this.#nearest, this.options, factors);
  }

  get sessions(): number {
    return this.#held.slots.count;
  }

  get items(): number {
    return this.#held.items.count;
  }

  /** Changes when a number in `SessionMatches.ids` comes to mean another item. */
  versionOf(id: number): number {
    return this.#held.items.versionOf(id);
  }

  /** What the typed arrays take (the names of items come on top). Pages never touched count too. */
  get bytes(): number {
    return this.#held.bytes + this.#nearest.bytes + this.#votes.bytes;
  }

  /**
   * Takes a session as it is now, new or grown. `items` are oldest first; of a repeated item the latest place counts. A session
   * without items is removed. A version older than the one held, or older than all sessions of a full index, is ignored.
   *
   * @returns whether the index changed.
   */
  upsert(key: string, items: readonly string[], lastMs: number): boolean {
    return this.#held.upsert(key, items, lastMs);
  }

  /**
   * Forgets a session. Lists of items that were cut at `sampleMax` don't get back what was cut, so they may be one short until
   * newer sessions come.
   *
   * @returns whether it was held.
   */
  remove(key: string): boolean {
    return this.#held.remove(key);
  }

  /**
   * The items that fit a session.
   *
   * @param current its items, oldest first; repeats are allowed. Items already seen can be among the answers.
   * @param limit answers wanted.
   * @param excludeKey a session that must not vote: the current one.
   */
  query(current: readonly string[], limit: number, excludeKey?: string): SessionMatches {
    const { matches } = this.#votes;
    matches.count = 0;
    if (!this.#window.look(current)) return matches;
    const excluded = excludeKey === undefined ? -1 : this.#held.slots.find(excludeKey);
    this.#votes.count(this.#nearest.find(this.#window, excluded), limit);
    return matches;
  }
}
