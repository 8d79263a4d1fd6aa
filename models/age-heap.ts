// Which of many slots is the oldest, while their times keep changing: a binary heap that knows where each slot stands.

export class AgeHeap {
  readonly #isOlder: (a: number, b: number) => boolean;
  readonly #heap: Int32Array;
  readonly #standing: Int32Array;
  #count = 0;

  /** `isOlder` must be a strict order of slots 0 … slotsMax − 1. */
  constructor(slotsMax: number, isOlder: (a: number, b: number) => boolean) {
    this.#heap = new Int32Array(slotsMax);
    this.#standing = new Int32Array(slotsMax);
    this.#isOlder = isOlder;
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#heap.byteLength + this.#standing.byteLength;
  }

  /** The oldest slot, or −1 when there is none. */
  oldest(): number {
    return this.#count === 0 ? -1 : (this.#heap[0] as number);
  }

  add(slot: number): void {
    this.#count += 1;
    this.#rise(this.#count - 1, slot);
  }

  /** To be called after the slot has become younger. */
  younger(slot: number): void {
    this.#sink(this.#standing[slot] as number, slot);
  }

  remove(slot: number): void {
    const place = this.#standing[slot] as number;
    this.#count -= 1;
    if (place === this.#count) return;
    const last = this.#heap[this.#count] as number;
    this.#sink(place, last);
    this.#rise(this.#standing[last] as number, last);
  }

  #rise(from: number, slot: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent] as number;
      if (!this.#isOlder(slot, above)) break;
      this.#put(place, above);
      place = parent;
    }
    this.#put(place, slot);
  }

  #sink(from: number, slot: number): void {
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#count) break;
      if (child + 1 < this.#count && this.#isOlder(this.#heap[child + 1] as number, this.#heap[child] as number))
        child += 1;
      const below = this.#heap[child] as number;
      if (!this.#isOlder(below, slot)) break;
      this.#put(place, below);
      place = child;
    }
    this.#put(place, slot);
  }

  #put(place: number, slot: number): void {
    this.#heap[place] = slot;
    this.#standing[slot] = place;
  }
}
