// Lets the nearest sessions vote for their items, and says of each of the best what brought it.
import { Best } from './best.ts';
import type { HeldSessions } from './held-sessions.ts';
import type { NearestSessions } from './nearest-sessions.ts';
import type { SessionIndexOptions } from './session-index-options.ts';
import { latestOf, WEIGHT_STEPS, type SessionWindow } from './session-window.ts';
import { FACTOR_STEPS, type VoteFactors } from './vote-factors.ts';

/** The answer to a query. Its arrays are used again by the next query. */
export interface SessionMatches {
  /** How many entries of the arrays count. */
  count: number;
  /** Best first; equal scores by smaller id. */
  readonly itemIds: string[];
  /** The index's own numbers of the items: the same number means the same item as long as `versionOf` is the same. */
  ids: Int32Array;
  /** Positive, falling. */
  scores: Float64Array;
  /** The items of the current session that were known and counted, latest first. */
  readonly window: readonly string[];
  /** By rank × windowItems + place in the window: which part of the score that item brought. Sums to 1 per rank. */
  shares: Float64Array;
}

const FIRST_TOUCHED = 1024;

export class SessionVotes {
  readonly matches: SessionMatches;
  readonly #held: HeldSessions;
  readonly #window: SessionWindow;
  readonly #nearest: NearestSessions;
  readonly #factors: VoteFactors;
  readonly #windowItems: number;
  readonly #best: Best;
  /** By item, whole numbers, all zero between queries; once the answers are chosen, −1 − rank for those. */
  #votes = new Float64Array(0);
  // Scratch whose content means nothing between queries.
  #touched = new Int32Array(FIRST_TOUCHED);
  /** By item. */
  #scores = new Float64Array(0);
  #votesOfRank = new Float64Array(0);

  constructor(
    held: HeldSessions,
    window: SessionWindow,
    nearest: NearestSessions,
    { windowItems }: SessionIndexOptions,
    factors: VoteFactors,
  ) {
    this.#held = held;
    this.#window = window;
    this.#nearest = nearest;
    this.#factors = factors;
    this.#windowItems = windowItems;
    this.#best = new Best((a, b) => held.items.nameOf(a) < held.items.nameOf(b));
    this.matches = {
      count: 0,
      itemIds: [],
      ids: new Int32Array(0),
      scores: new Float64Array(0),
      window: window.names,
      shares: new Float64Array(0),
    };
  }

  get bytes(): number {
    return this.#votes.byteLength + this.#scores.byteLength + this.#touched.byteLength;
  }

  /** Lets the first `count` neighbours vote; the best items are in `matches` then. */
  count(count: number, limit: number): void {
    this.#reachItems();
    const touched = this.#tally(count);
    const best = this.#choose(touched, limit);
    this.#answer(best);
    this.#explain(best, count);
    for (let at = 0; at < touched; at += 1) this.#votes[this.#touched[at] as number] = 0;
  }

  #reachItems(): void {
    const { end } = this.#held.lists;
    if (end === this.#votes.length) return;
    this.#votes = new Float64Array(end);
    this.#scores = new Float64Array(end);
  }

  #tally(count: number): number {
    const { words } = this.#held;
    const { block: blocks, shared, place: places } = this.#nearest;
    const { place: placeFactor, length: lengthFactor } = this.#factors;
    const { weight: weightOf } = this.#window;
    const votes = this.#votes;
    let touched = 0;
    for (let at = 0; at < count; at += 1) {
      const block = blocks[at] as number;
      const length = words[block] as number;
      const end = block + length;
      const weight = (weightOf[shared[at] as number] as number) * (lengthFactor[length] as number);
      const centre = places[at] as number;
      if (this.#touched.length < touched + length) this.#growTouched(touched + length);
      for (let place = block + 1; place <= end; place += 1) {
        const id = words[place] as number;
        const before = votes[id] as number;
        if (before === 0) this.#touched[touched++] = id;
        votes[id] = before + weight * (placeFactor[Math.abs(place - centre)] as number);
      }
    }
    return touched;
  }

  #growTouched(length: number): void {
    const touched = new Int32Array(2 * length);
    touched.set(this.#touched);
    this.#touched = touched;
  }

  #choose(touched: number, limit: number): Int32Array {
    const { items, postings } = this.#held;
    const lnPostings = Math.log(postings);
    const { unit: factorUnit, window } = this.#factors;
    const unit = factorUnit / (window === null ? WEIGHT_STEPS * this.#window.counted : FACTOR_STEPS);
    for (let at = 0; at < touched; at += 1) {
      const id = this.#touched[at] as number;
      // ln(all occurrences ÷ the item's): a rare item says more.
      const rarity = lnPostings - lnOf(items.usesOf(id));
      this.#scores[id] = (this.#votes[id] as number) * unit * (rarity > 0 ? rarity : 1);
    }
    return this.#best.choose(this.#touched, touched, this.#scores, limit);
  }

  #answer(best: Int32Array): void {
    const { matches } = this;
    matches.count = best.length;
    if (matches.scores.length < best.length) {
      matches.ids = new Int32Array(best.length);
      matches.scores = new Float64Array(best.length);
      matches.shares = new Float64Array(best.length * this.#windowItems);
      this.#votesOfRank = new Float64Array(best.length);
    }
    for (let rank = 0; rank < best.length; rank += 1) {
      const id = best[rank] as number;
      matches.ids[rank] = id;
      matches.itemIds[rank] = this.#held.items.nameOf(id);
      matches.scores[rank] = this.#scores[id] as number;
    }
  }

  /** Splits each answer's score among the items of the window, by the sessions through which they brought it. */
  #explain(best: Int32Array, count: number): void {
    this.#markRanks(best);
    const { shares } = this.matches;
    const { words } = this.#held;
    const { block: blocks, shared: sharedBy, place: places } = this.#nearest;
    const { place: placeFactor, length: lengthFactor } = this.#factors;
    const { weight: weightOf, similarity, weights } = this.#window;
    const votes = this.#votes;
    const stride = this.#windowItems;
    for (let at = 0; at < count; at += 1) {
      const shared = sharedBy[at] as number;
      const block = blocks[at] as number;
      const length = words[block] as number;
      const end = block + length;
      const weight = (weightOf[shared] as number) * (lengthFactor[length] as number);
      const perWeight = weight / (similarity[shared] as number);
      const centre = places[at] as number;
      for (let place = block + 1; place <= end; place += 1) {
        const rank = -1 - (votes[words[place] as number] as number);
        if (rank < 0) continue;
        const vote = perWeight * (placeFactor[Math.abs(place - centre)] as number);
        const share = vote / (this.#votesOfRank[rank] as number);
        for (let rest = shared; rest !== 0; rest &= rest - 1) {
          const item = latestOf(rest);
          const cell = rank * stride + item;
          shares[cell] = (shares[cell] as number) + share * (weights[item] as number);
        }
      }
    }
  }

  #markRanks(best: Int32Array): void {
    this.matches.shares.fill(0, 0, best.length * this.#windowItems);
    for (let rank = 0; rank < best.length; rank += 1) {
      const id = best[rank] as number;
      this.#votesOfRank[rank] = this.#votes[id] as number;
      this.#votes[id] = -1 - rank;
    }
  }
}

/** Logarithms of small whole numbers, which nearly all uses of items are. */
const LOGARITHMS = Float64Array.from({ length: 4096 }, (_, number) => Math.log(number));

function lnOf(number: number): number {
  return number < LOGARITHMS.length ? (LOGARITHMS[number] as number) : Math.log(number);
}
