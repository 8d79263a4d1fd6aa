// Which slot belongs to a string key, without keeping the string: open addressing over 64-bit hashes, linear probing, deletion by
// shifting back (Knuth, TAOCP 3, 6.4, algorithm R). Two keys of one hash would share a slot: with a million keys one chance in 10⁷.

/** Share of the places that may be taken: beyond, looking for an absent key gets long. */
const FILL_MAX = 2 / 3;

export class KeyTable {
  /** By place: slot + 1, or 0. */
  #places: Int32Array;
  #mask: number;
  #bound = 0;
  /** By slot: the two halves of its key's hash. */
  #high: Uint32Array;
  #low: Uint32Array;
  #hashedHigh = 0;
  #hashedLow = 0;

  /** Grows past `slots` when need be. */
  constructor(slots = 16) {
    this.#places = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(slots, 2) / FILL_MAX)));
    this.#mask = this.#places.length - 1;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
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
    if (slot >= this.#low.length) this.#growSlots(slot);
    if (this.#bound >= this.#places.length * FILL_MAX) this.#growPlaces();
    this.#hash(key);
    this.#high[slot] = this.#hashedHigh;
    this.#low[slot] = this.#hashedLow;
    this.#put(slot);
    this.#bound += 1;
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
    this.#bound -= 1;
  }

  /** An order of keys that doesn't depend on when they came: below 0 when a's key comes first. */
  compare(a: number, b: number): number {
    return (this.#high[a] as number) - (this.#high[b] as number) || (this.#low[a] as number) - (this.#low[b] as number);
  }

  #put(slot: number): void {
    let place = (this.#low[slot] as number) & this.#mask;
    while (this.#places[place] !== 0) place = (place + 1) & this.#mask;
    this.#places[place] = slot + 1;
  }

  #growSlots(slot: number): void {
    const [high, low] = [this.#high, this.#low];
    const length = Math.max(16, 2 * slot);
    this.#high = new Uint32Array(length);
    this.#high.set(high);
    this.#low = new Uint32Array(length);
    this.#low.set(low);
  }

  #growPlaces(): void {
    const before = this.#places;
    this.#places = new Int32Array(2 * before.length);
    this.#mask = this.#places.length - 1;
    for (const bound of before) if (bound !== 0) this.#put(bound - 1);
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
