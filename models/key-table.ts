// Which slot belongs to a string key, without keeping the string: open addressing over 64-bit hashes, linear probing, deletion by
// shifting back (Knuth, TAOCP 3, 6.4, algorithm R). Two keys of one hash would share a slot: with a million keys one chance in 10⁷.

export class KeyTable {
  /** By place: slot + 1, or 0. */
  readonly #places: Int32Array;
  readonly #mask: number;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  #hashedHigh = 0;
  #hashedLow = 0;

  /** Slots are 0 … slotsMax − 1. */
  constructor(slotsMax: number) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(slotsMax, 2) * 1.5));
    this.#places = new Int32Array(places);
    this.#mask = places - 1;
    this.#high = new Uint32Array(slotsMax);
    this.#low = new Uint32Array(slotsMax);
  }

  get bytes(): number {
    return this.#places.byteLength + this.#high.byteLength + this.#low.byteLength;
  }

  /** The key's slot, or −1. */
  find(key: string): number {
    this.#hash(key);
    const places = this.#places;
    for (let place = this.#hashedLow & this.#mask; ; place = (place + 1) & this.#mask) {
      const slot = (places[place] as number) - 1;
      if (slot < 0) return -1;
      if (this.#low[slot] === this.#hashedLow && this.#high[slot] === this.#hashedHigh) return slot;
    }
  }

  /** Binds a key, which must be absent, to a slot, which must be free. */
  insert(key: string, slot: number): void {
    this.#hash(key);
    this.#high[slot] = this.#hashedHigh;
    this.#low[slot] = this.#hashedLow;
    let place = this.#hashedLow & this.#mask;
    while (this.#places[place] !== 0) place = (place + 1) & this.#mask;
    this.#places[place] = slot + 1;
  }

  /** Unbinds the slot, which must be bound. */
  remove(slot: number): void {
    const places = this.#places;
    let gap = (this.#low[slot] as number) & this.#mask;
    while (places[gap] !== slot + 1) gap = (gap + 1) & this.#mask;
    for (let place = (gap + 1) & this.#mask; places[place] !== 0; place = (place + 1) & this.#mask) {
      const home = (this.#low[(places[place] as number) - 1] as number) & this.#mask;
      // What lies between its home and here may fill the gap, unless its home lies after the gap.
      if (((place - home) & this.#mask) >= ((place - gap) & this.#mask)) {
        places[gap] = places[place] as number;
        gap = place;
      }
    }
    places[gap] = 0;
  }

  /** An order of keys that doesn't depend on when they came: below 0 when a's key comes first. */
  compare(a: number, b: number): number {
    return (this.#high[a] as number) - (this.#high[b] as number) || (this.#low[a] as number) - (this.#low[b] as number);
  }

  /** Two lanes of multiply and rotate over the UTF-16 units, finished as in MurmurHash3. */
  #hash(key: string): void {
    let high = 0xdeadbeef;
    let low = 0x41c6ce57;
    for (let at = 0; at < key.length; at += 1) {
      const unit = key.charCodeAt(at);
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
      high = (high << 13) | (high >>> 19);
      low = (low << 15) | (low >>> 17);
    }
    this.#hashedHigh = finish(high ^ key.length, low);
    this.#hashedLow = finish(low ^ key.length, high);
  }
}

function finish(lane: number, other: number): number {
  let hash = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
