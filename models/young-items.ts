// The items of which too little is known to tell whether customers like them, to draw from at random.

export class YoungItems {
  readonly #ids: number[] = [];
  readonly #places = new Map<number, number>();

  get count(): number {
    return this.#ids.length;
  }

  at(place: number): number {
    return this.#ids[place] as number;
  }

  has(id: number): boolean {
    return this.#places.has(id);
  }

  set(id: number, isYoung: boolean): void {
    const place = this.#places.get(id);
    if (isYoung && place === undefined) this.#places.set(id, this.#ids.push(id) - 1);
    if (!isYoung && place !== undefined) this.#remove(id, place);
  }

  /** The last one takes its place. */
  #remove(id: number, place: number): void {
    this.#places.delete(id);
    const last = this.#ids.pop() as number;
    if (last === id) return;
    this.#ids[place] = last;
    this.#places.set(last, place);
  }
}
