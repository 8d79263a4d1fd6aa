// Which items fit the session a customer is in, learnt from other sessions that are seconds old: VMIS-kNN of Kersbergen, Sprangers
// and Schelter, "Serenade: Low-Latency Session-Based Recommendation in e-Commerce at Scale" (SIGMOD 2022, section 3 and listing 1),
// on an index that changes one session at a time instead of being built anew every day.
//
// The index holds the latest sessions and, per item, the latest sessions it occurs in. All memory is in typed arrays, bounded by the
// options. What it answers depends on what it holds, not on the order in which that came (but see `remove`).
import { AgeHeap } from './age-heap.ts';
import { Best } from './best.ts';
import { BlockArena, NO_BLOCK, sizeClassOf } from './block-arena.ts';
import { CountedNames } from './counted-names.ts';
import { KeyTable } from './key-table.ts';
import { nthLargest } from './nth-largest.ts';

export interface SessionIndexOptions {
  /** Sessions held; past it the oldest goes. @default 1,000,000 */
  readonly sessionsMax: number;
  /** Latest distinct items kept of a session. @default 30 */
  readonly itemsPerSessionMax: number;
  /** The paper's m: latest sessions kept per item, and looked at per query. @default 1,000 */
  readonly sampleMax: number;
  /** The paper's k: most similar sessions that vote. @default 150 */
  readonly neighboursMax: number;
  /** Latest items of the current session that count; 1 to 8. @default 5 */
  readonly windowItems: number;
  /** @default SERENADE_WEIGHTING */
  readonly weighting: SessionWeighting;
}

/**
 * How the sessions that were chosen vote: the factors of STAN (Garg et al., "Sequence and Time Aware Neighborhood for Session-based
 * Recommendations", SIGIR 2019, section 3) and V-SkNN (Ludewig and Jannach, UMUAI 2018, section 3.3), each of which can be left out.
 */
export interface SessionWeighting {
  /** An item `n` steps back in the current session counts e^(−n ÷ this). Infinity: as in VMIS-kNN, falling by equal steps. */
  readonly windowReach: number;
  /** An item `n` places from the latest shared one, in the session that votes, gets e^(−n ÷ this) of its vote. Infinity: all of it. */
  readonly placeReach: number;
  /** A session of n items votes with n^(−this): ½ is the cosine, 0 lets long sessions count as much as short ones. */
  readonly lengthPower: number;
}

export const SERENADE_WEIGHTING: SessionWeighting = Object.freeze({
  windowReach: Infinity,
  placeReach: Infinity,
  lengthPower: 0,
});

export const SESSION_INDEX_DEFAULTS: SessionIndexOptions = Object.freeze({
  sessionsMax: 1_000_000,
  itemsPerSessionMax: 30,
  sampleMax: 1_000,
  neighboursMax: 150,
  windowItems: 5,
  weighting: SERENADE_WEIGHTING,
});

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
  readonly window: string[];
  /** By rank × windowItems + place in the window: which part of the score that item brought. Sums to 1 per rank. */
  shares: Float64Array;
}

/** One bit of a byte for each item of the window. */
const WINDOW_ITEMS_MAX = 8;

/**
 * A session whose latest shared item is the window's p-th latest weighs similarity × (1 − p/10), as in Serenade. Votes are counted in
 * tenths, over the number of items counted: whole numbers, so that sums are exact in any order.
 */
const WEIGHT_STEPS = 10;

/** What the factors of a weighting are rounded to, for the same reason. Products of three, a million times over, stay exact in a double. */
const FACTOR_STEPS = 1024;

export class SessionIndex {
  readonly options: SessionIndexOptions;
  readonly #items = new CountedNames();
  readonly #arena = new BlockArena();
  #postings = 0;

  // By session slot.
  readonly #keys: KeyTable;
  readonly #age: AgeHeap;
  readonly #lastMs: Float64Array;
  /** Where its items lie in the arena: their number, then their ids, oldest first. */
  readonly #block: Int32Array;
  #slotsEnd = 0;
  readonly #slotsFree: number[] = [];

  // By item: its sessions, oldest first, from `start` within the block.
  #listBlock = new Int32Array(0);
  #listClass = new Uint8Array(0);
  #listStart = new Int32Array(0);
  #listLength = new Int32Array(0);

  // Scratch of the running query; all zero between queries.
  /** By session slot: which items of the window it has, a bit each. */
  readonly #shared: Uint8Array;
  /** By item, whole numbers; once the answers are chosen, −1 − rank for those. */
  #votes = new Float64Array(0);

  // Scratch whose content means nothing between queries.
  #candidates = new Int32Array(1024);
  #times = new Float64Array(1024);
  #touched = new Int32Array(1024);
  /** By item. */
  #scores = new Float64Array(0);
  #votesOfRank = new Float64Array(0);
  /** By neighbour: its block, and which items of the window it has. */
  readonly #neighbourBlock: Int32Array;
  readonly #neighbourShared: Uint8Array;
  /** By neighbour: where its block has the latest item that it shares. */
  readonly #neighbourPlace: Int32Array;
  /** By distance in a session, and by length of one. */
  readonly #placeFactor: Int32Array;
  readonly #lengthFactor: Int32Array;
  /** By steps back in the current session; null when they fall by equal steps. */
  readonly #windowFactor: Int32Array | null;
  /** What one vote is worth, but for the window's part. */
  readonly #factorUnit: number;
  readonly #similarity = new Int32Array(1 << WINDOW_ITEMS_MAX);
  readonly #weight = new Int32Array(1 << WINDOW_ITEMS_MAX);
  readonly #bySimilarity = new Int32Array((WINDOW_ITEMS_MAX * (WINDOW_ITEMS_MAX + 1)) / 2 + 1);
  readonly #windowIds: number[] = [];
  #counted = 0;
  /** Weight of each item of the window: the latest has the number of items counted, the first 1. */
  readonly #windowWeights: number[] = [];
  /** How many known items came after each item of the window. */
  readonly #windowSteps: number[] = [];
  readonly #best = new Best((a, b) => this.#items.nameOf(a) < this.#items.nameOf(b));
  readonly #matches: SessionMatches;

  /** @throws RangeError when an option is not a whole number in its range. */
  constructor(options: Partial<SessionIndexOptions> = {}) {
    this.options = Object.freeze({ ...SESSION_INDEX_DEFAULTS, ...options });
    const { sessionsMax, itemsPerSessionMax, sampleMax, neighboursMax, windowItems } = this.options;
    requireWhole('sessionsMax', sessionsMax, 2 ** 28);
    requireWhole('itemsPerSessionMax', itemsPerSessionMax, 65_535);
    requireWhole('sampleMax', sampleMax, 2 ** 20);
    requireWhole('neighboursMax', neighboursMax, 2 ** 20);
    requireWhole('windowItems', windowItems, WINDOW_ITEMS_MAX);
    const { windowReach, placeReach, lengthPower } = this.options.weighting;
    requireReach('windowReach', windowReach);
    requireReach('placeReach', placeReach);
    if (!(lengthPower >= 0 && lengthPower <= 1)) throw new RangeError(`lengthPower is from 0 to 1, not ${lengthPower}`);
    this.#windowFactor = windowReach === Infinity ? null : steps(windowItems, (back) => Math.exp(-back / windowReach));
    this.#placeFactor = factors(itemsPerSessionMax, (places) => Math.exp(-places / placeReach));
    this.#lengthFactor = factors(itemsPerSessionMax + 1, (length) => Math.max(1, length) ** -lengthPower);
    this.#factorUnit = 1 / ((this.#placeFactor[0] as number) * (this.#lengthFactor[0] as number));
    const slots = sessionsMax + 1; // a new session comes before the oldest goes
    this.#keys = new KeyTable(slots);
    this.#age = new AgeHeap(slots, (a, b) => this.#isOlder(a, b));
    this.#lastMs = new Float64Array(slots);
    this.#block = new Int32Array(slots);
    this.#shared = new Uint8Array(slots);
    this.#neighbourBlock = new Int32Array(neighboursMax);
    this.#neighbourShared = new Uint8Array(neighboursMax);
    this.#neighbourPlace = new Int32Array(neighboursMax);
    this.#matches = {
      count: 0,
      itemIds: [],
      ids: new Int32Array(0),
      scores: new Float64Array(0),
      window: [],
      shares: new Float64Array(0),
    };
  }

  get sessions(): number {
    return this.#age.count;
  }

  get items(): number {
    return this.#items.count;
  }

  /** Changes when a number in `SessionMatches.ids` comes to mean another item. */
  versionOf(id: number): number {
    return this.#items.versionOf(id);
  }

  /** What the typed arrays take (the names of items come on top). Pages never touched count too. */
  get bytes(): number {
    const slots = this.#lastMs.byteLength + this.#block.byteLength;
    const lists = this.#listBlock.length * (4 + 1 + 4 + 4 + 8 + 8);
    const scratch =
      this.#shared.byteLength + this.#candidates.byteLength + this.#times.byteLength + this.#touched.byteLength;
    return this.#arena.bytes + this.#keys.bytes + this.#age.bytes + slots + lists + scratch;
  }

  /**
   * Takes a session as it is now, new or grown. `items` are oldest first; of a repeated item the latest place counts. A session
   * without items is removed. A version older than the one held, or older than all sessions of a full index, is ignored.
   *
   * @returns whether the index changed.
   */
  upsert(key: string, items: readonly string[], lastMs: number): boolean {
    let slot = this.#keys.find(key);
    if (slot >= 0 && lastMs < (this.#lastMs[slot] as number)) return false;
    if (items.length === 0) return slot >= 0 && this.remove(key);
    const ids = this.#useLatest(items);
    if (slot >= 0) {
      if (lastMs === this.#lastMs[slot] && this.#hasItems(slot, ids)) {
        for (const id of ids) this.#drop(id);
        return false;
      }
      this.#takeOut(slot);
      this.#lastMs[slot] = lastMs;
      this.#age.younger(slot);
    } else {
      slot = this.#add(key, lastMs);
    }
    this.#putIn(slot, ids);
    return this.sessions <= this.options.sessionsMax || this.#forgetOldest() !== slot;
  }

  /**
   * Forgets a session. Lists of items that were cut at `sampleMax` don't get back what was cut, so they may be one short until
   * newer sessions come.
   *
   * @returns whether it was held.
   */
  remove(key: string): boolean {
    const slot = this.#keys.find(key);
    if (slot < 0) return false;
    this.#forget(slot);
    return true;
  }

  /**
   * The items that fit a session.
   *
   * @param current its items, oldest first; repeats are allowed. Items already seen can be among the answers.
   * @param limit answers wanted.
   * @param excludeKey a session that must not vote: the current one.
   */
  query(current: readonly string[], limit: number, excludeKey?: string): SessionMatches {
    this.#look(current);
    this.#matches.count = 0;
    if (this.#windowIds.length === 0) return this.#matches;
    const excluded = excludeKey === undefined ? -1 : this.#keys.find(excludeKey);
    const sampled = this.#sample(excluded);
    const neighbours = this.#mostSimilar(sampled);
    this.#vote(neighbours, limit);
    return this.#matches;
  }

  // ---- what is held

  /** Interns the session's latest distinct items, oldest first, each with a use that the caller gives back or hands to `#putIn`. */
  #useLatest(items: readonly string[]): number[] {
    const ids: number[] = [];
    for (let at = items.length - 1; at >= 0 && ids.length < this.options.itemsPerSessionMax; at -= 1) {
      const id = this.#items.use(items[at] as string);
      if (ids.includes(id)) this.#items.drop(id);
      else ids.push(id);
    }
    if (this.#items.end > this.#listBlock.length) this.#growItems();
    return ids.reverse();
  }

  #hasItems(slot: number, ids: readonly number[]): boolean {
    const block = this.#block[slot] as number;
    const words = this.#arena.words;
    return words[block] === ids.length && ids.every((id, place) => words[block + 1 + place] === id);
  }

  #add(key: string, lastMs: number): number {
    const slot = this.#slotsFree.pop() ?? this.#slotsEnd++;
    this.#keys.insert(key, slot);
    this.#lastMs[slot] = lastMs;
    this.#age.add(slot);
    return slot;
  }

  #forgetOldest(): number {
    const oldest = this.#age.oldest();
    this.#forget(oldest);
    return oldest;
  }

  #forget(slot: number): void {
    this.#takeOut(slot);
    this.#age.remove(slot);
    this.#keys.remove(slot);
    this.#slotsFree.push(slot);
  }

  #putIn(slot: number, ids: readonly number[]): void {
    const block = this.#arena.allocate(sizeClassOf(1 + ids.length));
    this.#arena.words[block] = ids.length;
    this.#arena.words.set(ids, block + 1);
    this.#block[slot] = block;
    this.#postings += ids.length;
    for (const id of ids) this.#list(id, slot);
  }

  /** Takes the session's items away, under the time they were put in with. */
  #takeOut(slot: number): void {
    const block = this.#block[slot] as number;
    const length = this.#arena.words[block] as number;
    for (let place = block + 1; place <= block + length; place += 1) {
      const id = this.#arena.words[place] as number;
      this.#unlist(id, slot);
      this.#drop(id);
    }
    this.#arena.release(block, sizeClassOf(1 + length));
    this.#postings -= length;
  }

  #drop(id: number): void {
    if (!this.#items.drop(id)) return;
    if (this.#listBlock[id] !== NO_BLOCK)
      this.#arena.release(this.#listBlock[id] as number, this.#listClass[id] as number);
    this.#listBlock[id] = NO_BLOCK;
    this.#listStart[id] = 0;
    this.#listLength[id] = 0;
  }

  #isOlder(a: number, b: number): boolean {
    const difference = (this.#lastMs[a] as number) - (this.#lastMs[b] as number);
    return difference < 0 || (difference === 0 && this.#keys.compare(a, b) < 0);
  }

  /** The first place of the item's list whose session is not older than `slot`. */
  #placeIn(id: number, slot: number): number {
    const words = this.#arena.words;
    let low = (this.#listBlock[id] as number) + (this.#listStart[id] as number);
    let high = low + (this.#listLength[id] as number);
    if (high > low && this.#isOlder(words[high - 1] as number, slot)) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isOlder(words[middle] as number, slot)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #list(id: number, slot: number): void {
    if (this.#listLength[id] === this.options.sampleMax) {
      const oldest = this.#arena.words[(this.#listBlock[id] as number) + (this.#listStart[id] as number)] as number;
      if (this.#isOlder(slot, oldest)) return;
      this.#listStart[id] = (this.#listStart[id] as number) + 1;
      this.#listLength[id] = (this.#listLength[id] as number) - 1;
    }
    this.#makeRoom(id);
    const end = (this.#listBlock[id] as number) + (this.#listStart[id] as number) + (this.#listLength[id] as number);
    const place = this.#placeIn(id, slot);
    const words = this.#arena.words;
    if (place < end) words.copyWithin(place + 1, place, end);
    words[place] = slot;
    this.#listLength[id] = (this.#listLength[id] as number) + 1;
  }

  #unlist(id: number, slot: number): void {
    const place = this.#placeIn(id, slot);
    const begin = (this.#listBlock[id] as number) + (this.#listStart[id] as number);
    const end = begin + (this.#listLength[id] as number);
    const words = this.#arena.words;
    if (place === end || words[place] !== slot) return; // cut before
    this.#listLength[id] = (this.#listLength[id] as number) - 1;
    if (place === begin) this.#listStart[id] = (this.#listStart[id] as number) + 1;
    else words.copyWithin(place, place + 1, end);
    const sizeClass = this.#listClass[id] as number;
    if (sizeClass > 2 && (this.#listLength[id] as number) < 1 << (sizeClass - 2)) this.#move(id, sizeClass - 1);
  }

  /** Room for one more at the end of the item's list. */
  #makeRoom(id: number): void {
    const block = this.#listBlock[id] as number;
    const start = this.#listStart[id] as number;
    const length = this.#listLength[id] as number;
    if (block === NO_BLOCK) {
      this.#listClass[id] = sizeClassOf(1);
      this.#listBlock[id] = this.#arena.allocate(sizeClassOf(1));
    } else if (start + length === 1 << (this.#listClass[id] as number)) {
      if (start === 0) return this.#move(id, (this.#listClass[id] as number) + 1);
      this.#arena.words.copyWithin(block, block + start, block + start + length);
      this.#listStart[id] = 0;
    }
  }

  #move(id: number, sizeClass: number): void {
    const from = this.#listBlock[id] as number;
    const to = this.#arena.allocate(sizeClass);
    const begin = from + (this.#listStart[id] as number);
    this.#arena.words.copyWithin(to, begin, begin + (this.#listLength[id] as number));
    this.#arena.release(from, this.#listClass[id] as number);
    this.#listBlock[id] = to;
    this.#listClass[id] = sizeClass;
    this.#listStart[id] = 0;
  }

  #growItems(): void {
    const length = Math.max(1024, 2 * this.#items.end);
    this.#listBlock = copied(this.#listBlock, new Int32Array(length));
    this.#listClass = copied(this.#listClass, new Uint8Array(length));
    this.#listStart = copied(this.#listStart, new Int32Array(length));
    this.#listLength = copied(this.#listLength, new Int32Array(length));
    this.#votes = new Float64Array(length);
    this.#scores = new Float64Array(length);
  }

  // ---- the query

  /** Fills the window and what follows from its weights alone. */
  #look(current: readonly string[]): void {
    this.#windowIds.length = 0;
    this.#windowWeights.length = 0;
    this.#matches.window.length = 0;
    const first = Math.max(0, current.length - this.options.windowItems);
    let counted = 0;
    for (let at = first; at < current.length; at += 1) if (this.#items.idOf(current[at] as string) >= 0) counted += 1;
    let weight = counted;
    this.#windowSteps.length = 0;
    for (let at = current.length - 1; at >= first; at -= 1) {
      const id = this.#items.idOf(current[at] as string);
      if (id < 0) continue;
      if (!this.#windowIds.includes(id)) {
        this.#windowIds.push(id);
        this.#windowWeights.push(weight);
        this.#windowSteps.push(counted - weight);
        this.#matches.window.push(current[at] as string);
      }
      weight -= 1;
    }
    this.#counted = counted;
    this.#weigh();
  }

  /** By set of shared items: the similarity and the weight of a session's votes. */
  #weigh(): void {
    for (let shared = 1; shared < 1 << this.#windowIds.length; shared += 1) {
      const latest = 31 - Math.clz32(shared & -shared);
      const similarity = (this.#similarity[shared & (shared - 1)] as number) + (this.#windowWeights[latest] as number);
      this.#similarity[shared] = similarity;
      this.#weight[shared] =
        this.#windowFactor === null
          ? similarity * (WEIGHT_STEPS - 1 - latest)
          : (this.#weight[shared & (shared - 1)] as number) +
            (this.#windowFactor[this.#windowSteps[latest] as number] as number);
    }
  }

  /** The latest `sampleMax` sessions that share an item with the window; how many. */
  #sample(excluded: number): number {
    const shared = this.#shared;
    const words = this.#arena.words;
    let count = 0;
    for (let at = 0; at < this.#windowIds.length; at += 1) {
      const id = this.#windowIds[at] as number;
      const begin = (this.#listBlock[id] as number) + (this.#listStart[id] as number);
      const end = begin + (this.#listLength[id] as number);
      if (this.#candidates.length < count + end - begin) this.#growCandidates(count + end - begin);
      const candidates = this.#candidates;
      const bit = 1 << at;
      for (let place = begin; place < end; place += 1) {
        const slot = words[place] as number;
        const before = shared[slot] as number;
        shared[slot] = before | bit;
        if (before === 0) candidates[count++] = slot;
      }
    }
    return this.#newest(this.#without(excluded, count), this.options.sampleMax);
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
    const candidates = this.#candidates;
    for (let at = 0; at < count; at += 1) this.#times[at] = this.#lastMs[candidates[at] as number] as number;
    const limitMs = nthLargest(this.#times, count, keep);
    const ties: number[] = [];
    let newer = 0;
    for (let at = 0; at < count; at += 1) {
      const slot = candidates[at] as number;
      const lastMs = this.#lastMs[slot] as number;
      if (lastMs > limitMs) newer += 1;
      else if (lastMs === limitMs) ties.push(slot);
    }
    ties.sort((a, b) => this.#keys.compare(b, a)).length = keep - newer;
    const limit = ties.at(-1) as number; // the oldest to stay
    let kept = 0;
    for (let at = 0; at < count; at += 1) {
      const slot = candidates[at] as number;
      if (slot === limit || !this.#isOlder(slot, limit)) candidates[kept++] = slot;
      else this.#shared[slot] = 0;
    }
    return kept;
  }

  /** Leaves the most similar `neighboursMax` of the first `count` candidates, the newer of equal ones; how many. */
  #mostSimilar(count: number): number {
    const keep = this.options.neighboursMax;
    if (count <= keep) return count;
    const candidates = this.#candidates;
    const bySimilarity = this.#bySimilarity.fill(0);
    for (let at = 0; at < count; at += 1) {
      const similarity = this.#similarity[this.#shared[candidates[at] as number] as number] as number;
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
      const similarity = this.#similarity[this.#shared[slot] as number] as number;
      if (similarity > limit) ahead.push(slot);
      else if (similarity === limit) candidates[atLimit++] = slot;
      else this.#shared[slot] = 0;
    }
    const kept = this.#newest(atLimit, keep - better);
    candidates.set(ahead, kept);
    return kept + ahead.length;
  }

  /** Lets the first `count` candidates vote for their items, and answers the best of them. */
  #vote(count: number, limit: number): void {
    this.#gather(count);
    const touched = this.#tally(count);
    const best = this.#choose(touched, limit);
    this.#answer(best);
    this.#explain(best, count);
    for (let at = 0; at < touched; at += 1) this.#votes[this.#touched[at] as number] = 0;
  }

  /** Puts side by side what the passes below need of each neighbour, and unmarks it. */
  #gather(count: number): void {
    for (let at = 0; at < count; at += 1) {
      const slot = this.#candidates[at] as number;
      this.#neighbourBlock[at] = this.#block[slot] as number;
      const shared = this.#shared[slot] as number;
      this.#neighbourShared[at] = shared;
      this.#neighbourPlace[at] = this.#placeOf(this.#windowIds[31 - Math.clz32(shared & -shared)] as number, slot);
      this.#shared[slot] = 0;
    }
  }

  /** Where a session's block has an item that it holds. */
  #placeOf(id: number, slot: number): number {
    const words = this.#arena.words;
    let place = (this.#block[slot] as number) + 1;
    while (words[place] !== id) place += 1;
    return place;
  }

  #tally(count: number): number {
    const votes = this.#votes;
    const words = this.#arena.words;
    const placeFactor = this.#placeFactor;
    let touched = 0;
    for (let at = 0; at < count; at += 1) {
      const block = this.#neighbourBlock[at] as number;
      const length = words[block] as number;
      const end = block + length;
      const weight =
        (this.#weight[this.#neighbourShared[at] as number] as number) * (this.#lengthFactor[length] as number);
      const centre = this.#neighbourPlace[at] as number;
      if (this.#touched.length < touched + end - block) {
        this.#touched = copied(this.#touched, new Int32Array(2 * (touched + end - block)));
      }
      for (let place = block + 1; place <= end; place += 1) {
        const id = words[place] as number;
        const before = votes[id] as number;
        if (before === 0) this.#touched[touched++] = id;
        votes[id] = before + weight * (placeFactor[Math.abs(place - centre)] as number);
      }
    }
    return touched;
  }

  #choose(touched: number, limit: number): Int32Array {
    const lnPostings = Math.log(this.#postings);
    const unit = this.#factorUnit / (this.#windowFactor === null ? WEIGHT_STEPS * this.#counted : FACTOR_STEPS);
    for (let at = 0; at < touched; at += 1) {
      const id = this.#touched[at] as number;
      // ln(all occurrences ÷ the item's): a rare item says more.
      const rarity = lnPostings - lnOf(this.#items.usesOf(id));
      this.#scores[id] = (this.#votes[id] as number) * unit * (rarity > 0 ? rarity : 1);
    }
    return this.#best.choose(this.#touched, touched, this.#scores, limit);
  }

  #answer(best: Int32Array): void {
    const matches = this.#matches;
    matches.count = best.length;
    if (matches.scores.length < best.length) {
      matches.ids = new Int32Array(best.length);
      matches.scores = new Float64Array(best.length);
      matches.shares = new Float64Array(best.length * this.options.windowItems);
      this.#votesOfRank = new Float64Array(best.length);
    }
    for (let rank = 0; rank < best.length; rank += 1) {
      const id = best[rank] as number;
      matches.ids[rank] = id;
      matches.itemIds[rank] = this.#items.nameOf(id);
      matches.scores[rank] = this.#scores[id] as number;
    }
  }

  /** Splits each answer's score among the items of the window, by the sessions through which they brought it. */
  #explain(best: Int32Array, count: number): void {
    const { shares } = this.#matches;
    const words = this.#arena.words;
    const votes = this.#votes;
    const stride = this.options.windowItems;
    shares.fill(0, 0, best.length * stride);
    for (let rank = 0; rank < best.length; rank += 1) {
      const id = best[rank] as number;
      this.#votesOfRank[rank] = votes[id] as number;
      votes[id] = -1 - rank;
    }
    for (let at = 0; at < count; at += 1) {
      const shared = this.#neighbourShared[at] as number;
      const block = this.#neighbourBlock[at] as number;
      const length = words[block] as number;
      const end = block + length;
      const weight = (this.#weight[shared] as number) * (this.#lengthFactor[length] as number);
      const perWeight = weight / (this.#similarity[shared] as number);
      const centre = this.#neighbourPlace[at] as number;
      for (let place = block + 1; place <= end; place += 1) {
        const rank = -1 - (votes[words[place] as number] as number);
        if (rank < 0) continue;
        const vote = perWeight * (this.#placeFactor[Math.abs(place - centre)] as number);
        const share = vote / (this.#votesOfRank[rank] as number);
        for (let rest = shared; rest !== 0; rest &= rest - 1) {
          const item = 31 - Math.clz32(rest & -rest);
          const cell = rank * stride + item;
          shares[cell] = (shares[cell] as number) + share * (this.#windowWeights[item] as number);
        }
      }
    }
  }

  #growCandidates(length: number): void {
    this.#candidates = copied(this.#candidates, new Int32Array(2 * length));
    this.#times = new Float64Array(2 * length);
  }
}

/** All 1 when there is nothing to weigh. */
function factors(length: number, factorOf: (at: number) => number): Int32Array {
  const isFlat = Array.from({ length }, (_, at) => factorOf(at)).every((factor) => factor === 1);
  return isFlat ? new Int32Array(length).fill(1) : steps(length, factorOf);
}

function steps(length: number, factorOf: (at: number) => number): Int32Array {
  return Int32Array.from({ length }, (_, at) => Math.max(1, Math.round(FACTOR_STEPS * factorOf(at))));
}

function requireReach(name: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`${name} must be positive, not ${value}`);
}

function requireWhole(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new RangeError(`${name} must be a whole number from 1 to ${max}, not ${value}`);
  }
}

function copied<A extends Int32Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** Logarithms of small whole numbers, which nearly all uses of items are. */
const LOGARITHMS = Float64Array.from({ length: 4096 }, (_, number) => Math.log(number));

function lnOf(number: number): number {
  return number < LOGARITHMS.length ? (LOGARITHMS[number] as number) : Math.log(number);
}
