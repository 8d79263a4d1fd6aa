// The sessions that may vote in a query: of the latest that share an item with the window, the most similar.
import type { HeldSessions } from './held-sessions.ts';
import { nthLargest } from './nth-largest.ts';
import { WINDOW_ITEMS_MAX, type SessionIndexOptions } from './session-index-options.ts';
import { latestOf, type SessionWindow } from './session-window.ts';

const FIRST_CANDIDATES = 1024;

export class NearestSessions {
  /** By neighbour: where its items lie, as `HeldSessions.block` has it. */
  readonly block: Int32Array;
  /** By neighbour: which items of the window it has, a bit each. */
  readonly shared: Uint8Array;
  /** By neighbour: where its block has the latest item that it shares. */
  readonly place: Int32Array;
  readonly #held: HeldSessions;
  readonly #sampleMax: number;
  readonly #neighboursMax: number;
  /** By session slot: which items of the window it has. All zero between queries. */
  readonly #shared: Uint8Array;
  // Scratch whose content means nothing between queries.
  #candidates = new Int32Array(FIRST_CANDIDATES);
  #times = new Float64Array(FIRST_CANDIDATES);
  readonly #bySimilarity = new Int32Array((WINDOW_ITEMS_MAX * (WINDOW_ITEMS_MAX + 1)) / 2 + 1);

  constructor(held: HeldSessions, { sampleMax, neighboursMax }: SessionIndexOptions) {
    this.#held = held;
    this.#sampleMax = sampleMax;
    this.#neighboursMax = neighboursMax;
    this.#shared = new Uint8Array(held.block.length);
    this.block = new Int32Array(neighboursMax);
    this.shared = new Uint8Array(neighboursMax);
    this.place = new Int32Array(neighboursMax);
  }

  get bytes(): number {
    return this.#shared.byteLength + this.#candidates.byteLength + this.#times.byteLength;
  }

  /** How many there are. `excluded` is the slot of a session that must not vote, or −1. */
  find(window: SessionWindow, excluded: number): number {
    const found = this.#without(excluded, this.#mark(window));
    const count = this.#mostSimilar(this.#newest(found, this.#sampleMax), window.similarity);
    this.#gather(count, window);
    return count;
  }

  /** The sessions that share an item with the window; how many. */
  #mark({ ids }: SessionWindow): number {
    const { lists, words } = this.#held;
    const shared = this.#shared;
    let count = 0;
    for (let at = 0; at < ids.length; at += 1) {
      const begin = lists.beginOf(ids[at] as number);
      const end = begin + lists.lengthOf(ids[at] as number);
      if (this.#candidates.length < count + end - begin) this.#grow(count + end - begin);
      const candidates = this.#candidates;
      const bit = 1 << at;
      for (let place = begin; place < end; place += 1) {
        const slot = words[place] as number;
        const before = shared[slot] as number;
        shared[slot] = before | bit;
        if (before === 0) candidates[count++] = slot;
      }
    }
    return count;
  }

  #without(excluded: number, count: number): number {
    if (excluded < 0 || this.#shared[excluded] === 0) return count;
    this.#shared[excluded] = 0;
    const place = this.#candidates.subarray(0, count).indexOf(excluded);
    this.#candidates.copyWithin(place, place + 1, count);
    return count - 1;
  }

  /** Leaves the newest `keep` of the first `count` candidates, in their order, and unmarks the others. */
  #newest(count: number, keep: number): number {
    if (count <= keep) return count;
    const { slots } = this.#held;
    const { lastMs } = slots;
    const candidates = this.#candidates;
    for (let at = 0; at < count; at += 1) this.#times[at] = lastMs[candidates[at] as number] as number;
    const limitMs = nthLargest(this.#times, count, keep);
    const ties: number[] = [];
    let newer = 0;
    for (let at = 0; at < count; at += 1) {
      const slot = candidates[at] as number;
      const ms = lastMs[slot] as number;
      if (ms > limitMs) newer += 1;
      else if (ms === limitMs) ties.push(slot);
    }
    ties.sort((a, b) => slots.compareKeys(b, a)).length = keep - newer;
    const limit = ties.at(-1) as number; // the oldest to stay
    let kept = 0;
    for (let at = 0; at < count; at += 1) {
      const slot = candidates[at] as number;
      if (slot === limit || !slots.isOlder(slot, limit)) candidates[kept++] = slot;
      else this.#shared[slot] = 0;
    }
    return kept;
  }

  /** Leaves the most similar of the first `count` candidates, the newer of equal ones; how many. */
  #mostSimilar(count: number, similarityOf: Int32Array): number {
    const keep = this.#neighboursMax;
    if (count <= keep) return count;
    const candidates = this.#candidates;
    const bySimilarity = this.#bySimilarity.fill(0);
    for (let at = 0; at < count; at += 1) {
      const similarity = similarityOf[this.#shared[candidates[at] as number] as number] as number;
      bySimilarity[similarity] = (bySimilarity[similarity] as number) + 1;
    }
    let limit = bySimilarity.length - 1;
    let better = 0;
    while (better + (bySimilarity[limit] as number) < keep) better += bySimilarity[limit--] as number;
    // Those exactly at the limit go to the front, to be cut by age; the better ones wait behind them.
    let atLimit = 0;
    const ahead: number[] = [];
    for (let at = 0; at < count; at += 1) {
      const slot = candidates[at] as number;
      const similarity = similarityOf[this.#shared[slot] as number] as number;
      if (similarity > limit) ahead.push(slot);
      else if (similarity === limit) candidates[atLimit++] = slot;
      else this.#shared[slot] = 0;
    }
    const kept = this.#newest(atLimit, keep - better);
    candidates.set(ahead, kept);
    return kept + ahead.length;
  }

  /** Puts side by side what counting votes needs of each neighbour, and unmarks it. */
  #gather(count: number, { ids }: SessionWindow): void {
    const { words, block: blockOf } = this.#held;
    for (let at = 0; at < count; at += 1) {
      const slot = this.#candidates[at] as number;
      const block = blockOf[slot] as number;
      const shared = this.#shared[slot] as number;
      this.block[at] = block;
      this.shared[at] = shared;
      this.place[at] = placeOf(ids[latestOf(shared)] as number, block, words);
      this.#shared[slot] = 0;
    }
  }

  #grow(length: number): void {
    const candidates = new Int32Array(2 * length);
    candidates.set(this.#candidates);
    this.#candidates = candidates;
    this.#times = new Float64Array(2 * length);
  }
}

/** Where a session's block has an item that it holds. */
function placeOf(id: number, block: number, words: Int32Array): number {
  let place = block + 1;
  while (words[place] !== id) place += 1;
  return place;
}
