// The best few of many, in order, without sorting the many.

export class Best {
  #heap = new Int32Array(0);
  #count = 0;
  #limit = 0;
  readonly #isBetter: (a: number, b: number) => boolean;

  /** `isBetter` must be a strict total order of what is offered, and must not change between `begin` and `take`. */
  constructor(isBetter: (a: number, b: number) => boolean) {
    this.#isBetter = isBetter;
  }

  get isFull(): boolean {
    return this.#count === this.#limit;
  }

  /** The worst of those kept so far. */
  get worst(): number {
    return this.#heap[0] as number;
  }

  begin(limit: number): void {
    if (this.#heap.length < limit) this.#heap = new Int32Array(limit);
    this.#limit = limit;
    this.#count = 0;
  }

  offer(one: number): void {
    if (this.#count < this.#limit) this.#rise(one);
    else if (this.#limit > 0 && this.#isBetter(one, this.#heap[0] as number)) this.#sink(one);
  }

  /** The best, best first. Valid until the next `begin`. */
  take(): Int32Array {
    return this.#heap.subarray(0, this.#count).sort((a, b) => (a === b ? 0 : this.#isBetter(a, b) ? -1 : 1));
  }

  #rise(one: number): void {
    const heap = this.#heap;
    let place = this.#count;
    this.#count += 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent] as number;
      if (!this.#isBetter(above, one)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = one;
  }

  #sink(one: number): void {
    const heap = this.#heap;
    const count = this.#count;
    let place = 0;
    for (let child = 1; child < count; child = 2 * place + 1) {
      if (child + 1 < count && this.#isBetter(heap[child] as number, heap[child + 1] as number)) child += 1;
      const below = heap[child] as number;
      if (!this.#isBetter(one, below)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = one;
  }
}
