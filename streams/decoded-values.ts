// What a process keeps decoded of its tasks' tables: one bound for all of them together, in bytes.
//
// Values differ a hundredfold in size, and tasks come and go: a number of entries for each table would bound no memory. There are two
// generations. What is used comes into the younger one, and when that has half of the bytes, the older one is dropped and the younger
// one takes its place: nearly the least recently used, without an order to keep.

/** @default of a process, and of the setting `STATE_CACHE_BYTES_MAX`: 128 MiB */
export const DECODED_BYTES_MAX = 128 * 1024 * 1024;
/** Roughly: what becomes of a byte of Avro as strings, numbers and objects. */
const DECODED_BYTES_PER_BYTE = 5;
/** Key, places in maps, and the objects around: as much for the smallest value as for the largest. */
const ENTRY_BYTES = 500;

/** What is kept under a key. */
export interface Decoded {
  /** How many bytes it is encoded. */
  readonly bytes: number;
}

/** All that a process keeps. */
export class DecodedValues {
  readonly #bytesMax: number;
  readonly #shares = new Set<DecodedShare<Decoded>>();
  #youngBytes = 0;

  constructor(bytesMax = DECODED_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** For one table of one task, until `close`. */
  open<T extends Decoded>(): DecodedShare<T> {
    const share = new DecodedShare<T>((bytes) => this.#grow(bytes));
    this.#shares.add(share);
    return share;
  }

  /** The task is gone, and with it what was kept for it. */
  close(share: DecodedShare<Decoded>): void {
    if (this.#shares.delete(share)) this.#youngBytes -= share.youngBytes;
  }

  /** What all of it takes, as estimated. */
  get bytes(): number {
    return [...this.#shares].reduce((sum, { youngBytes, oldBytes }) => sum + youngBytes + oldBytes, 0);
  }

  /** False when there is no room even for it alone. */
  #grow(bytes: number): boolean {
    const youngBytesMax = this.#bytesMax / 2;
    if (bytes > youngBytesMax) return false;
    if (this.#youngBytes + bytes > youngBytesMax) {
      for (const share of this.#shares) share.age();
      this.#youngBytes = 0;
    }
    this.#youngBytes += bytes;
    return true;
  }
}

/** What is kept of one table. */
export class DecodedShare<T extends Decoded> {
  youngBytes = 0;
  oldBytes = 0;
  readonly #grow: (bytes: number) => boolean;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  constructor(grow: (bytes: number) => boolean) {
    this.#grow = grow;
  }

  /** Takes it out: whoever changes it in place and then gives up must not leave that behind. Undefined when it is not kept. */
  take(key: string): T | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) {
      this.#young.delete(key);
      this.youngBytes -= decodedBytesOf(young);
      this.#grow(-decodedBytesOf(young));
      return young;
    }
    const old = this.#old.get(key);
    if (old !== undefined) {
      this.#old.delete(key);
      this.oldBytes -= decodedBytesOf(old);
    }
    return old;
  }

  /** Of a key that was taken, or is not kept. */
  keep(key: string, value: T): void {
    const bytes = decodedBytesOf(value);
    if (!this.#grow(bytes)) return;
    this.#young.set(key, value);
    this.youngBytes += bytes;
  }

  /** The younger generation becomes the older one, which goes. */
  age(): void {
    [this.#old, this.#young] = [this.#young, new Map()];
    [this.oldBytes, this.youngBytes] = [this.youngBytes, 0];
  }
}

function decodedBytesOf({ bytes }: Decoded): number {
  return bytes * DECODED_BYTES_PER_BYTE + ENTRY_BYTES;
}
