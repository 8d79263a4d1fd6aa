// Many small integer lists in one typed array: blocks of 2, 4, 8 … words, each size with its own free list. Freed blocks are
// used again for blocks of their size only, so the arena is never larger than the sum of what each size needed at its peak.

/** No block. Offset 0 is never handed out. */
export const NO_BLOCK = 0;

const SMALLEST_CLASS = 1;
const CLASSES = 31;

export class BlockArena {
  #words: Int32Array;
  #floats: Float32Array;
  #end = 2;
  /** By size class: the first free block; a free block's first word names the next. */
  readonly #free = new Int32Array(CLASSES);

  constructor(initialWords = 1024) {
    this.#words = new Int32Array(Math.max(initialWords, 4));
    this.#floats = new Float32Array(this.#words.buffer);
  }

  /** The words of all blocks. Replaced when the arena grows: read it again after every `allocate`. */
  get words(): Int32Array {
    return this.#words;
  }

  /** The same memory, for blocks that hold 32-bit floats beside integers. */
  get floats(): Float32Array {
    return this.#floats;
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  /**
   * A block of `2 ** sizeClass` words, its content undefined.
   *
   * @throws RangeError when the memory can't be had.
   */
  allocate(sizeClass: number): number {
    const free = this.#free[sizeClass] as number;
    if (free !== NO_BLOCK) {
      this.#free[sizeClass] = this.#words[free] as number;
      return free;
    }
    const offset = this.#end;
    this.#end += 1 << sizeClass;
    if (this.#end > this.#words.length) this.#grow();
    return offset;
  }

  release(offset: number, sizeClass: number): void {
    if (offset === NO_BLOCK) return;
    this.#words[offset] = this.#free[sizeClass] as number;
    this.#free[sizeClass] = offset;
  }

  #grow(): void {
    const words = new Int32Array(Math.max(this.#end, Math.ceil(this.#words.length * 1.5)));
    words.set(this.#words);
    this.#words = words;
    this.#floats = new Float32Array(words.buffer);
  }
}

/** The smallest size class that holds `words`. */
export function sizeClassOf(words: number): number {
  return words <= 2 ? SMALLEST_CLASS : 32 - Math.clz32(words - 1);
}
