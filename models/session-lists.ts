// By item: the latest sessions that it occurs in, as slots, oldest first; no more than a query looks at.
import { type BlockArena, NO_BLOCK, sizeClassOf } from './block-arena.ts';
import type { SessionSlots } from './session-slots.ts';

const FIRST_ITEMS = 1024;

export class SessionLists {
  readonly #arena: BlockArena;
  readonly #slots: SessionSlots;
  readonly #lengthMax: number;
  /** By item: its block of the arena, and from `start` within the block its sessions. */
  #block = new Int32Array(0);
  #class = new Uint8Array(0);
  #start = new Int32Array(0);
  #length = new Int32Array(0);

  constructor(arena: BlockArena, slots: SessionSlots, lengthMax: number) {
    this.#arena = arena;
    this.#slots = slots;
    this.#lengthMax = lengthMax;
  }

  /** Without the blocks, which are the arena's. */
  get bytes(): number {
    return this.#block.byteLength + this.#class.byteLength + this.#start.byteLength + this.#length.byteLength;
  }

  /** Items below this have their place. */
  get end(): number {
    return this.#block.length;
  }

  /** Where the item's sessions begin in the arena's words. */
  beginOf(id: number): number {
    return (this.#block[id] as number) + (this.#start[id] as number);
  }

  lengthOf(id: number): number {
    return this.#length[id] as number;
  }

  /** Makes place for items below `end`. */
  reach(end: number): void {
    if (end <= this.#block.length) return;
    const length = Math.max(FIRST_ITEMS, 2 * end);
    this.#block = copied(this.#block, new Int32Array(length));
    this.#class = copied(this.#class, new Uint8Array(length));
    this.#start = copied(this.#start, new Int32Array(length));
    this.#length = copied(this.#length, new Int32Array(length));
  }

  /** Cuts off the oldest when the list is full, which may be this one. */
  add(id: number, slot: number): void {
    if (this.#length[id] === this.#lengthMax) {
      const oldest = this.#arena.words[this.beginOf(id)] as number;
      if (this.#slots.isOlder(slot, oldest)) return;
      this.#start[id] = (this.#start[id] as number) + 1;
      this.#length[id] = (this.#length[id] as number) - 1;
    }
    this.#makeRoom(id);
    const end = this.beginOf(id) + (this.#length[id] as number);
    const place = this.#placeOf(id, slot);
    const words = this.#arena.words;
    if (place < end) words.copyWithin(place + 1, place, end);
    words[place] = slot;
    this.#length[id] = (this.#length[id] as number) + 1;
  }

  /** Under the time that it was added with. One that was cut off is not there. */
  remove(id: number, slot: number): void {
    const place = this.#placeOf(id, slot);
    const begin = this.beginOf(id);
    const end = begin + (this.#length[id] as number);
    const words = this.#arena.words;
    if (place === end || words[place] !== slot) return;
    this.#length[id] = (this.#length[id] as number) - 1;
    if (place === begin) this.#start[id] = (this.#start[id] as number) + 1;
    else words.copyWithin(place, place + 1, end);
    const sizeClass = this.#class[id] as number;
    if (sizeClass > 2 && (this.#length[id] as number) < 1 << (sizeClass - 2)) this.#move(id, sizeClass - 1);
  }

  /** The number will mean another item. */
  clear(id: number): void {
    if (this.#block[id] !== NO_BLOCK) this.#arena.release(this.#block[id] as number, this.#class[id] as number);
    this.#block[id] = NO_BLOCK;
    this.#start[id] = 0;
    this.#length[id] = 0;
  }

  /** The first place of the item's list whose session is not older than `slot`. */
  #placeOf(id: number, slot: number): number {
    const words = this.#arena.words;
    let low = this.beginOf(id);
    let high = low + (this.#length[id] as number);
    if (high > low && this.#slots.isOlder(words[high - 1] as number, slot)) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#slots.isOlder(words[middle] as number, slot)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Room for one more at the end of the item's list. */
  #makeRoom(id: number): void {
    const block = this.#block[id] as number;
    const start = this.#start[id] as number;
    const length = this.#length[id] as number;
    if (block === NO_BLOCK) {
      this.#class[id] = sizeClassOf(1);
      this.#block[id] = this.#arena.allocate(sizeClassOf(1));
    } else if (start + length === 1 << (this.#class[id] as number)) {
      if (start === 0) return this.#move(id, (this.#class[id] as number) + 1);
      this.#arena.words.copyWithin(block, block + start, block + start + length);
      this.#start[id] = 0;
    }
  }

  #move(id: number, sizeClass: number): void {
    const from = this.#block[id] as number;
    const to = this.#arena.allocate(sizeClass);
    const begin = from + (this.#start[id] as number);
    this.#arena.words.copyWithin(to, begin, begin + (this.#length[id] as number));
    this.#arena.release(from, this.#class[id] as number);
    this.#block[id] = to;
    this.#class[id] = sizeClass;
    this.#start[id] = 0;
  }
}

function copied<A extends Int32Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
