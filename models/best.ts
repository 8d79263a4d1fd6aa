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

  /** The best, best first. Ends the selection; valid until the next `begin`. */
  take(): Int32Array {
    const heap = this.#heap;
    const best = heap.subarray(0, this.#count);
    while (this.#count > 1) {
      const worst = heap[0] as number;
      this.#count -= 1;
      this.#sink(heap[this.#count] as number);
      heap[this.#count] = worst;
    }
    this.#count = 0;
    return best;
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

  /** In the place of the worst. */
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
