// Memory for frames, cut from larger pieces that serve one tail after the other.
//
// A frame stays in memory until its tail is flushed: too long to be cheap garbage. V8 collects all of its heap each time that
// some 64 MiB of such memory have been left to it, which kept both cores busy for a tenth of a second every six seconds of 1,000 events.

/** Of a tail, so that little of the last piece is left over. */
const slabShare = 1 / 8;

interface Slab {
  readonly memory: Buffer;
  used: number;
}

export class Slabs {
  readonly #slabBytes: number;
  /** Given back, and free. There are never more than all tails needed at one time. */
  readonly #spare: Buffer[] = [];
  /** In use since the last `handOver`. */
  #slabs: Slab[] = [];

  constructor(tailBytes: number) {
    this.#slabBytes = Math.ceil(tailBytes * slabShare);
  }

  /** Not cleared. It stays the caller's until what `handOver` answers next is given back. */
  take(bytes: number): Buffer {
    if (bytes > this.#slabBytes) return Buffer.allocUnsafeSlow(bytes);
    const slab = this.#slabs.find(({ memory, used }) => used + bytes <= memory.length) ?? this.#add();
    slab.used += bytes;
    return slab.memory.subarray(slab.used - bytes, slab.used);
  }

  /** What was taken so far lies in these, and nothing that is taken later does. */
  handOver(): readonly Buffer[] {
    const slabs = this.#slabs;
    this.#slabs = [];
    return slabs.map(({ memory }) => memory);
  }

  /** Nobody looks at anything in these any more. */
  giveBack(slabs: readonly Buffer[]): void {
    this.#spare.push(...slabs);
  }

  #add(): Slab {
    const slab = { memory: this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#slabBytes), used: 0 };
    this.#slabs.push(slab);
    return slab;
  }
}
