// The sessions that the index holds: of each its latest items, of each item its latest sessions. All in typed arrays.
import { BlockArena, sizeClassOf } from './block-arena.ts';
import { CountedNames } from './counted-names.ts';
import type { SessionIndexOptions } from './session-index-options.ts';
import { SessionLists } from './session-lists.ts';
import { SessionSlots } from './session-slots.ts';

export class HeldSessions {
  readonly items = new CountedNames();
  readonly slots: SessionSlots;
  readonly lists: SessionLists;
  /** By session slot: where its items lie in `words`: their number, then their ids, oldest first. */
  readonly block: Int32Array;
  /** Items of all sessions together. */
  postings = 0;
  readonly #options: SessionIndexOptions;
  readonly #arena = new BlockArena();

  constructor(options: SessionIndexOptions) {
    this.#options = options;
    const slots = options.sessionsMax + 1; // a new session comes before the oldest goes
    this.slots = new SessionSlots(slots);
    this.lists = new SessionLists(this.#arena, this.slots, options.sampleMax);
    this.block = new Int32Array(slots);
  }

  /** What blocks and lists lie in. Replaced when it grows: read it again after every change. */
  get words(): Int32Array {
    return this.#arena.words;
  }

  get bytes(): number {
    return this.#arena.bytes + this.slots.bytes + this.block.byteLength + this.lists.bytes;
  }

  /** See `SessionIndex.upsert`. */
  upsert(key: string, items: readonly string[], lastMs: number): boolean {
    let slot = this.slots.find(key);
    if (slot >= 0 && lastMs < (this.slots.lastMs[slot] as number)) return false;
    if (items.length === 0) return slot >= 0 && this.remove(key);
    const ids = this.#useLatest(items);
    if (slot >= 0) {
      if (lastMs === this.slots.lastMs[slot] && this.#hasItems(slot, ids)) {
        for (const id of ids) this.#drop(id);
        return false;
      }
      this.#takeOut(slot);
      this.slots.renew(slot, lastMs);
    } else {
      slot = this.slots.add(key, lastMs);
    }
    this.#putIn(slot, ids);
    return this.slots.count <= this.#options.sessionsMax || this.#forgetOldest() !== slot;
  }

  /** See `SessionIndex.remove`. */
  remove(key: string): boolean {
    const slot = this.slots.find(key);
    if (slot < 0) return false;
    this.#forget(slot);
    return true;
  }

  /** Interns the session's latest distinct items, oldest first, each with a use that the caller gives back or hands to `#putIn`. */
  #useLatest(items: readonly string[]): number[] {
    const ids: number[] = [];
    for (let at = items.length - 1; at >= 0 && ids.length < this.#options.itemsPerSessionMax; at -= 1) {
      const id = this.items.use(items[at] as string);
      if (ids.includes(id)) this.items.drop(id);
      else ids.push(id);
    }
    this.lists.reach(this.items.end);
    return ids.reverse();
  }

  #hasItems(slot: number, ids: readonly number[]): boolean {
    const block = this.block[slot] as number;
    const words = this.#arena.words;
    return words[block] === ids.length && ids.every((id, place) => words[block + 1 + place] === id);
  }

  #forgetOldest(): number {
    const oldest = this.slots.oldest();
    this.#forget(oldest);
    return oldest;
  }

  #forget(slot: number): void {
    this.#takeOut(slot);
    this.slots.remove(slot);
  }

  #putIn(slot: number, ids: readonly number[]): void {
    const block = this.#arena.allocate(sizeClassOf(1 + ids.length));
    this.#arena.words[block] = ids.length;
    this.#arena.words.set(ids, block + 1);
    this.block[slot] = block;
    this.postings += ids.length;
    for (const id of ids) this.lists.add(id, slot);
  }

  /** Takes the session's items away, under the time they were put in with. */
  #takeOut(slot: number): void {
    const block = this.block[slot] as number;
    const length = this.#arena.words[block] as number;
    for (let place = block + 1; place <= block + length; place += 1) {
      const id = this.#arena.words[place] as number;
      this.lists.remove(id, slot);
      this.#drop(id);
    }
    this.#arena.release(block, sizeClassOf(1 + length));
    this.postings -= length;
  }

  #drop(id: number): void {
    if (this.items.drop(id)) this.lists.clear(id);
  }
}
