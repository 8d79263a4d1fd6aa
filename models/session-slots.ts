// Which slot each held session has, a small integer, and when the session was last active.
import { AgeHeap } from './age-heap.ts';
import { KeyTable } from './key-table.ts';

export class SessionSlots {
  /** By slot. */
  readonly lastMs: Float64Array;
  readonly #keys: KeyTable;
  readonly #age: AgeHeap;
  #end = 0;
  readonly #free: number[] = [];

  constructor(slotsMax: number) {
    this.lastMs = new Float64Array(slotsMax);
    this.#keys = new KeyTable(slotsMax);
    this.#age = new AgeHeap(slotsMax, (a, b) => this.isOlder(a, b));
  }

  get count(): number {
    return this.#age.count;
  }

  get bytes(): number {
    return this.lastMs.byteLength + this.#keys.bytes + this.#age.bytes;
  }

  /** The session's slot, or −1. */
  find(key: string): number {
    return this.#keys.find(key);
  }

  /** For a session that has none. */
  add(key: string, lastMs: number): number {
    const slot = this.#free.pop() ?? this.#end++;
    this.#keys.insert(key, slot);
    this.lastMs[slot] = lastMs;
    this.#age.add(slot);
    return slot;
  }

  /** The session was active again, at a time that is not before the one known. */
  renew(slot: number, lastMs: number): void {
    this.lastMs[slot] = lastMs;
    this.#age.younger(slot);
  }

  /** May then be another session's. */
  remove(slot: number): void {
    this.#age.remove(slot);
    this.#keys.remove(slot);
    this.#free.push(slot);
  }

  /** −1 when there is none. */
  oldest(): number {
    return this.#age.oldest();
  }

  /** A strict order, whatever came first: of the same time the smaller key is older. */
  isOlder(a: number, b: number): boolean {
    const difference = (this.lastMs[a] as number) - (this.lastMs[b] as number);
    return difference < 0 || (difference === 0 && this.#keys.compare(a, b) < 0);
  }

  /** Below 0 when a's key comes first. */
  compareKeys(a: number, b: number): number {
    return this.#keys.compare(a, b);
  }
}
